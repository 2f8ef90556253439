import { joinPort, splitPort } from './port-id.ts';
import type { Selector } from './selector.ts';
import { describeDevice, type UsbDevice, type UsbTree } from './usb-tree.ts';

export type FoundPort = { port: string } | { problem: string; isAmbiguous: boolean };

/**
 * The port that is meant. `remembered` is where a device was seen last: with its power off it is not there to be
 * found, and yet it must be possible to switch it on again.
 */
export function findPort(tree: UsbTree, selector: Selector, remembered?: string): FoundPort {
  if (selector.type === 'port') return findByPath(tree, selector.port);
  const matches = tree.devices.filter((device) => isMeant(device, selector));
  const [first, second] = matches;
  if (first && second) {
    const names = matches.map(describeDevice).join(', ');
    return { problem: `Several devices match: ${names}. Add the serial number, or name the port.`, isAmbiguous: true };
  }
  if (selector.type === 'hub-port') {
    if (!first) return missing(`No hub ${identity(selector)} is connected.`);
    return findByPath(tree, joinPort(first.id, selector.number));
  }
  if (first) {
    return splitPort(first.id) ? { port: first.id } : missing(`${describeDevice(first)} is a root hub, not a lamp.`);
  }
  if (remembered !== undefined && !tree.devices.some(({ id }) => id === remembered)) {
    const found = findByPath(tree, remembered);
    if ('port' in found) return found;
  }
  return missing(`No device ${identity(selector)} is connected.`);
}

function findByPath(tree: UsbTree, port: string): FoundPort {
  const isThere = tree.ports.some(({ id }) => id === port) || tree.devices.some(({ id }) => id === port);
  if (isThere && splitPort(port)) return { port };
  return missing(`There is no USB port ${port}. "porchlight usb list" shows those that there are.`);
}

function isMeant(device: UsbDevice, selector: Exclude<Selector, { type: 'port' }>): boolean {
  if (selector.type === 'hub-port' && !device.isHub) return false;
  const { vendor, product, serial } = selector;
  return device.vendor === vendor && device.product === product && (serial ?? device.serial) === device.serial;
}

function identity({ vendor, product, serial }: Exclude<Selector, { type: 'port' }>): string {
  return [vendor, product, ...(serial === undefined ? [] : [serial])].join(':');
}

function missing(problem: string): FoundPort {
  return { problem, isAmbiguous: false };
}
