import { traceCircuit } from './circuit.ts';
import type { UsbDevice, UsbPort, UsbTree } from './usb-tree.ts';

/** A port as an owner chooses it. */
export interface PortChoice {
  /** What goes into the setting `port`. */
  id: string;
  hub: string;
  /** What hangs there now, or nothing. */
  device?: string;
  /** `vendor:product[:serial]` of it, for the setting `port`. */
  identity?: string;
  isHub: boolean;
  carriesData: boolean;
  isOn?: boolean;
  /** Whether power can be switched, for people. */
  power: string;
  /** The same socket's other side, USB 2 or USB 3. */
  twin?: string;
  /** The sockets that go with it, itself left out. */
  together: readonly string[];
}

/** Every port, hub by hub. */
export function listPorts(tree: UsbTree): PortChoice[] {
  return tree.ports.map((port) => describePort(tree, port));
}

/** The same for a terminal. */
export function renderPorts(tree: UsbTree): string[] {
  const hubs = tree.devices.filter(({ isHub }) => isHub);
  const choices = listPorts(tree);
  return hubs.flatMap((hub) => [
    `hub ${hub.id}  ${hub.name} (${identityOf(hub)})`,
    ...choices.filter((port) => port.hub === hub.id).map(renderPort),
  ]);
}

function renderPort({ id, device, identity, power, together, isOn }: PortChoice): string {
  const what = device === undefined ? 'nothing that the computer can see' : [device, `(${identity})`].join(' ');
  const state = isOn === undefined ? '' : isOn ? 'on, ' : 'off, ';
  const others = together.length > 0 ? `, together with ${together.join(' ')}` : '';
  return `  ${id.padEnd(10)} ${what}: ${state}${power}${others}`;
}

function describePort(tree: UsbTree, { id, hub, isOn, peer }: UsbPort): PortChoice {
  const device = tree.devices.find((one) => one.id === id);
  const { affected } = traceCircuit(tree, id);
  const switching = tree.devices.find((one) => one.id === hub)?.switching;
  return {
    id,
    hub,
    isHub: device?.isHub ?? false,
    carriesData: device !== undefined && device.storage.length + device.network.length > 0,
    ...(device && { device: device.name, identity: identityOf(device) }),
    ...(isOn !== undefined && { isOn }),
    ...(peer !== undefined && { twin: peer }),
    power: describePower(isOn !== undefined, switching),
    together: affected.filter((other) => other !== id),
  };
}

function describePower(hasSwitch: boolean, switching: UsbDevice['switching']): string {
  if (switching === 'none') return 'the hub cannot switch power';
  if (switching !== undefined) return 'power can be switched';
  return hasSwitch ? 'power may be switched (try it with a lamp)' : 'no switch';
}

function identityOf({ vendor, product, serial }: UsbDevice): string {
  return [vendor, product, ...(serial === undefined ? [] : [serial])].join(':');
}
