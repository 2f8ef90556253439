import { existsSync, mkdirSync, readdirSync, readFileSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { dirname, join, relative } from 'node:path';
import { placeOf, type DeviceSpec, type HubSpec } from './spec.ts';
import type { World } from './world.ts';

export interface TreeOptions {
  /** Kernels before 6.0 have no `disable`. */
  hasPortSwitch: boolean;
}

interface Attributes extends Pick<DeviceSpec, 'vendor' | 'product' | 'name' | 'manufacturer' | 'serial'> {
  bDeviceClass: string;
  maxchild: string;
  speed: string;
}

const busFolder = 'bus/usb/devices';
const driverFolder = 'bus/usb/drivers/usb';
const home = 'devices/pci0000:00';

/** The folder that looks like sysfs: real attribute files, and links where the kernel has links. */
export class Tree {
  readonly #root: string;
  readonly #options: TreeOptions;
  /** What each `disable` was made to say; other text in it was written by another process. */
  readonly #shown = new Map<string, string>();

  constructor(root: string, options: TreeOptions) {
    this.#root = root;
    this.#options = options;
    for (const folder of [busFolder, driverFolder, home]) mkdirSync(join(root, folder), { recursive: true });
    for (const file of ['bind', 'unbind']) this.#file(`${driverFolder}/${file}`, '');
  }

  /** Makes the folder say what is true. */
  sync(world: World): void {
    const { model } = world.board;
    if (model !== undefined) this.#file('firmware/devicetree/base/model', `${model}\0`);
    const hubs = world.presentHubs;
    const devices = world.enumerated;
    const wanted = new Set([...hubs.map(({ id }) => id), ...devices.map(([id]) => id)]);
    for (const id of this.ids()) if (!wanted.has(id)) this.#remove(id);
    for (const hub of hubs) this.#addHub(hub);
    for (const [id, device] of devices) this.#addDevice(id, device);
    for (const id of wanted) this.#setBound(id, world.isBound(id));
    for (const port of world.ports) this.#syncPort(port, world);
  }

  ids(): string[] {
    return readdirSync(join(this.#root, busFolder)).filter((name) => !name.includes(':'));
  }

  switchPath(port: string): string {
    const { hub, number } = placeOf(port);
    return `${busFolder}/${interfaceOf(hub)}/${hub}-port${number}/disable`;
  }

  /** What another process has written into a port's switch since it was last made to say something. */
  requestOf(port: string): string | undefined {
    const shown = this.#shown.get(port);
    const path = join(this.#root, this.switchPath(port));
    if (shown === undefined || !existsSync(path)) return undefined;
    const text = readFileSync(path, 'utf8').trim();
    // Empty is a file that is just being written.
    return text === '' || text === shown ? undefined : text;
  }

  /** Makes a port's switch say what is true, over whatever was written into it. */
  showSwitch(port: string, isOn: boolean): void {
    const value = isOn ? '0' : '1';
    this.#shown.set(port, value);
    this.#file(this.switchPath(port), `${value}\n`);
  }

  #syncPort(port: string, world: World): void {
    const { hub, number } = placeOf(port);
    const folder = `${home}/${hub}/${interfaceOf(hub)}/${hub}-port${number}`;
    this.#file(`${folder}/connect_type`, 'hotplug\n');
    const isOn = world.isPortOn(port);
    const isNews = this.#shown.get(port) !== (isOn ? '0' : '1') || !existsSync(join(this.#root, folder, 'disable'));
    if (this.#options.hasPortSwitch && isNews) this.showSwitch(port, isOn);
    const twin = world.board.twins.find((both) => both.includes(port))?.find((one) => one !== port);
    if (twin === undefined || !world.ports.includes(twin)) return this.#unlink(`${folder}/peer`);
    const place = placeOf(twin);
    this.#link(`${folder}/peer`, `${home}/${place.hub}/${interfaceOf(place.hub)}/${place.hub}-port${place.number}`);
  }

  #addHub({ id, ports, isUsb3, says: _says, isHonest: _isHonest, ...spec }: HubSpec): void {
    this.#attributes(id, { ...spec, bDeviceClass: '09', maxchild: String(ports), speed: isUsb3 ? '5000' : '480' });
    this.#interface(id);
  }

  #addDevice(id: string, { disk, network, ...spec }: DeviceSpec): void {
    this.#attributes(id, { ...spec, bDeviceClass: '00', maxchild: '0', speed: '480' });
    this.#interface(id);
    const folder = `${home}/${id}/${interfaceOf(id)}`;
    if (disk !== undefined) this.#folder(`${folder}/host0/target0:0:0/0:0:0:0/block/${disk}`);
    if (network !== undefined) this.#folder(`${folder}/net/${network}`);
  }

  #attributes(id: string, { vendor, product, name, ...more }: Attributes): void {
    for (const [key, value] of Object.entries({ idVendor: vendor, idProduct: product, product: name, ...more })) {
      if (value !== undefined) this.#file(`${home}/${id}/${key}`, `${value}\n`);
    }
    this.#link(`${busFolder}/${id}`, `${home}/${id}`);
  }

  #interface(id: string): void {
    const name = interfaceOf(id);
    this.#file(`${home}/${id}/${name}/bInterfaceNumber`, '00\n');
    this.#link(`${busFolder}/${name}`, `${home}/${id}/${name}`);
  }

  #setBound(id: string, isBound: boolean): void {
    if (isBound) {
      this.#link(`${home}/${id}/driver`, driverFolder);
      return this.#link(`${driverFolder}/${id}`, `${home}/${id}`);
    }
    this.#unlink(`${home}/${id}/driver`);
    this.#unlink(`${driverFolder}/${id}`);
  }

  #remove(id: string): void {
    for (const path of [`${busFolder}/${id}`, `${busFolder}/${interfaceOf(id)}`, `${driverFolder}/${id}`]) {
      this.#unlink(path);
    }
    rmSync(join(this.#root, home, id), { recursive: true, force: true });
  }

  #file(path: string, text: string): void {
    const whole = join(this.#root, path);
    if (existsSync(whole) && readFileSync(whole, 'utf8') === text) return;
    mkdirSync(dirname(whole), { recursive: true });
    writeFileSync(whole, text);
  }

  #folder(path: string): void {
    mkdirSync(join(this.#root, path), { recursive: true });
  }

  #link(path: string, target: string): void {
    const whole = join(this.#root, path);
    if (existsSync(whole)) return;
    rmSync(whole, { force: true });
    mkdirSync(dirname(whole), { recursive: true });
    symlinkSync(relative(dirname(whole), join(this.#root, target)), whole);
  }

  #unlink(path: string): void {
    rmSync(join(this.#root, path), { force: true });
  }
}

/** A root hub's interface is `1-0:1.0`. */
function interfaceOf(id: string): string {
  return id.startsWith('usb') ? `${id.slice(3)}-0:1.0` : `${id}:1.0`;
}
