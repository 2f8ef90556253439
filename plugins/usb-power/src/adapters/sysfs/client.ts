import { isDeviceId, joinPort, parsePortName } from '../../domain/port-id.ts';
import { listOnPorts } from '../../domain/safety.ts';
import type { UsbDevice, UsbPort, UsbTree } from '../../domain/usb-tree.ts';
import type { Access, SysfsFiles } from './files.ts';
import { toDevice } from './map.ts';
import { attributeNames, attributesSchema } from './schema.ts';

const devicesFolder = 'bus/usb/devices';
/** How deep a disk lies below its interface: host0/target0:0:0/0:0:0:0/block. */
const maxDepth = 5;

/** What the kernel tells about USB. */
export class Sysfs {
  readonly files: SysfsFiles;

  constructor(files: SysfsFiles) {
    this.files = files;
  }

  /** Whether this machine has USB at all. */
  async isPresent(): Promise<boolean> {
    return (await this.files.list(devicesFolder)).length > 0;
  }

  /** `Raspberry Pi 4 Model B Rev 1.4`, where the firmware tells it. */
  model(): Promise<string | undefined> {
    return this.files.read('firmware/devicetree/base/model');
  }

  async survey(): Promise<UsbTree> {
    const names = await this.files.list(devicesFolder);
    const devices = await this.#readDevices(names, names.filter(isDeviceId));
    const hubs = devices.filter(({ isHub }) => isHub);
    const ports = (await Promise.all(hubs.map(({ id }) => this.#readPorts(names, id)))).flat();
    const model = await this.model();
    return { devices, ports, ...(model !== undefined && { model }) };
  }

  /** What hangs on some ports at this moment; cheap enough to be asked before each switching. */
  async devicesOn(ports: readonly string[]): Promise<UsbDevice[]> {
    const names = await this.files.list(devicesFolder);
    const ids = listOnPorts(
      names.filter(isDeviceId).map((id) => ({ id }) as UsbDevice),
      ports,
    ).map(({ id }) => id);
    return this.#readDevices(names, ids);
  }

  /** The kernel's switch of a port; undefined when the hub has gone. */
  async switchPath({ hub, number }: { hub: string; number: number }): Promise<string | undefined> {
    const names = await this.files.list(devicesFolder);
    const name = `${hub}-port${number}`;
    for (const part of interfacesOf(names, hub)) {
      const inside = await this.files.list(`${devicesFolder}/${part}`);
      if (inside.includes(name)) return `${devicesFolder}/${part}/${name}/disable`;
    }
    return undefined;
  }

  async switchAccess(port: { hub: string; number: number }): Promise<Access> {
    const path = await this.switchPath(port);
    return path === undefined ? 'missing' : this.files.access(path);
  }

  /** Whether the kernel has configured the device; undefined when it is not connected. */
  async isBound(id: string): Promise<boolean | undefined> {
    if ((await this.files.read(`${devicesFolder}/${id}/idVendor`)) === undefined) return undefined;
    return (await this.files.follow(`${devicesFolder}/${id}/driver`)) !== undefined;
  }

  async #readDevices(names: readonly string[], ids: readonly string[]): Promise<UsbDevice[]> {
    const devices = await Promise.all(ids.map((id) => this.#readDevice(names, id)));
    return devices.filter((device) => device !== undefined);
  }

  async #readDevice(names: readonly string[], id: string): Promise<UsbDevice | undefined> {
    const folder = `${devicesFolder}/${id}`;
    const values = await Promise.all(
      attributeNames.map(async (name) => [name, await this.files.read(`${folder}/${name}`)] as const),
    );
    // One that leaves while it is read is one that is not there.
    const attributes = attributesSchema.safeParse(Object.fromEntries(values));
    if (!attributes.success) return undefined;
    const inside = await Promise.all(
      interfacesOf(names, id).map((part) => this.#findContents(`${devicesFolder}/${part}`, maxDepth)),
    );
    return toDevice(id, attributes.data, {
      isBound: (await this.files.follow(`${folder}/driver`)) !== undefined,
      storage: inside.flatMap(({ storage }) => storage),
      network: inside.flatMap(({ network }) => network),
    });
  }

  /** Disks and network interfaces below a folder; ports of a hub and links are not followed. */
  async #findContents(folder: string, depth: number): Promise<{ storage: string[]; network: string[] }> {
    const names = (await this.files.list(folder)).filter((name) => !name.includes('-port'));
    const storage = names.includes('block') ? await this.files.list(`${folder}/block`) : [];
    const network = names.includes('net') ? await this.files.list(`${folder}/net`) : [];
    if (depth === 0) return { storage, network };
    const deeper = names.filter((name) => /^(host\d|target\d|\d+:\d)/.test(name));
    const inside = await Promise.all(deeper.map((name) => this.#findContents(`${folder}/${name}`, depth - 1)));
    return {
      storage: [...storage, ...inside.flatMap((one) => one.storage)],
      network: [...network, ...inside.flatMap((one) => one.network)],
    };
  }

  async #readPorts(names: readonly string[], hub: string): Promise<UsbPort[]> {
    const parts = interfacesOf(names, hub);
    const ports = await Promise.all(
      parts.map(async (part) => {
        const inside = await this.files.list(`${devicesFolder}/${part}`);
        return Promise.all(inside.map((name) => this.#readPort(`${devicesFolder}/${part}`, name)));
      }),
    );
    return ports
      .flat()
      .filter((port) => port !== undefined)
      .toSorted((a, b) => a.number - b.number);
  }

  async #readPort(folder: string, name: string): Promise<UsbPort | undefined> {
    const place = parsePortName(name);
    if (!place) return undefined;
    const disable = await this.files.read(`${folder}/${name}/disable`);
    const twin = parsePortName((await this.files.follow(`${folder}/${name}/peer`)) ?? '');
    return {
      ...place,
      id: joinPort(place.hub, place.number),
      ...(disable !== undefined && { isOn: disable === '0' }),
      ...(twin && { peer: joinPort(twin.hub, twin.number) }),
    };
  }
}

/** `1-1:1.0` belongs to `1-1`, and `2-0:1.0` to the root hub `usb2`. */
function interfacesOf(names: readonly string[], id: string): string[] {
  const owner = id.startsWith('usb') ? `${id.slice(3)}-0` : id;
  return names.filter((name) => name.startsWith(`${owner}:`));
}
