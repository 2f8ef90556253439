/** Something with a USB chip that can be plugged in. */
export interface DeviceSpec {
  vendor: string;
  product: string;
  name: string;
  manufacturer?: string;
  serial?: string;
  /** Makes it a disk: sda. */
  disk?: string;
  /** Makes it a network adapter: eth0. */
  network?: string;
}

export interface HubSpec {
  /** `usb1` for a root hub, `1-1` for one in port 1 of it. */
  id: string;
  vendor: string;
  product: string;
  name: string;
  serial?: string;
  ports: number;
  /** What its descriptor says, in uhubctl's words. */
  says: 'ppps' | 'ganged' | 'nops';
  /** Whether the voltage really drops; not every hub that says so does it. */
  isHonest: boolean;
  isUsb3: boolean;
}

export interface Board {
  /** The firmware's name of the machine; absent on a PC. */
  model?: string;
  hubs: readonly HubSpec[];
  /** Ports that are one socket: USB 2 and USB 3. */
  twins: readonly (readonly [string, string])[];
  /** Sockets with one power switch between them: dark only when all of `switches` are off. */
  gang?: { switches: readonly string[]; sockets: readonly string[] };
}

/** How a port of a hub is called as a device id. */
export function portOf(hub: string, number: number): string {
  return hub.startsWith('usb') ? `${hub.slice(3)}-${number}` : `${hub}.${number}`;
}

/** The hub and the number of a port. */
export function placeOf(port: string): { hub: string; number: number } {
  const [bus = '', path = ''] = port.split('-');
  const numbers = path.split('.');
  const number = Number(numbers.pop());
  return { hub: numbers.length === 0 ? `usb${bus}` : `${bus}-${numbers.join('.')}`, number };
}
