import { describeDevice, isBelow, type UsbDevice } from './usb-tree.ts';

export interface SafetyQuestion {
  /** What hangs on the power that would go. */
  devices: readonly UsbDevice[];
  /** The port of the lamp, when the owner named the lamp itself by its identity: that device is the lamp. */
  lamp?: string;
}

/** Devices that would lose power and are not the lamp. A disk or a network adapter is never taken for a lamp. */
export function listVictims({ devices, lamp }: SafetyQuestion): UsbDevice[] {
  return devices.filter((device) => device.id !== lamp || device.isHub || carriesData(device));
}

/** One sentence that names what would lose power and how to allow it. */
export function describeRefusal(victims: readonly UsbDevice[]): string {
  const names = victims.map((device) => `${describeDevice(device)}${describeRole(device)}`).join(', ');
  const isOne = victims.length === 1;
  return (
    `Not switched off: ${names} ${isOne ? 'hangs' : 'hang'} on the same power. ` +
    `Move ${isOne ? 'it' : 'them'} elsewhere, or allow it with "switchOthers".`
  );
}

/** Those of the devices that hang on one of the ports, directly or below a hub. */
export function listOnPorts(devices: readonly UsbDevice[], ports: readonly string[]): UsbDevice[] {
  return devices.filter(({ id }) => ports.some((port) => isBelow(id, port)));
}

function carriesData({ storage, network }: UsbDevice): boolean {
  return storage.length > 0 || network.length > 0;
}

function describeRole({ storage, network, isHub }: UsbDevice): string {
  if (storage.length > 0) return ` with the disk ${storage.join(' and ')}`;
  if (network.length > 0) return ` with the network ${network.join(' and ')}`;
  return isHub ? ', a hub' : '';
}
