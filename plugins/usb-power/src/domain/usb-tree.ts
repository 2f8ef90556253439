/** How a hub says it switches power. Some lie: only a lamp shows whether the voltage really drops. */
export type PowerSwitching = 'per-port' | 'ganged' | 'none';

export interface UsbDevice {
  /** The socket it hangs on, as the kernel names it: `1-1.4`; a root hub is `usb1`. */
  id: string;
  /** Four hexadecimal digits each. */
  vendor: string;
  product: string;
  serial?: string;
  /** What it calls itself. */
  name: string;
  isHub: boolean;
  /** Whether the kernel has configured it: false after an unbind. */
  isBound: boolean;
  /** Block devices on it: sda. */
  storage: readonly string[];
  /** Network interfaces on it: eth0. */
  network: readonly string[];
  /** Of a hub, where it is known. */
  switching?: PowerSwitching;
}

export interface UsbPort {
  /** The id that a device in this socket has or would have. */
  id: string;
  hub: string;
  number: number;
  /** Absent: this kernel offers no switch for it. */
  isOn?: boolean;
  /** The same socket's USB 2 or USB 3 twin. */
  peer?: string;
}

export interface UsbTree {
  /** The model of the board, where the firmware tells it. */
  model?: string;
  devices: readonly UsbDevice[];
  ports: readonly UsbPort[];
}

/** `SanDisk Ultra (0781:5581, 1-1.3)` */
export function describeDevice({ name, vendor, product, id }: UsbDevice): string {
  return `${name} (${vendor}:${product}, ${id})`;
}

/** Whether the device hangs on this port, directly or below a hub. */
export function isBelow(device: string, port: string): boolean {
  return device === port || device.startsWith(`${port}.`);
}
