const portId = /^(\d+)-(\d+(?:\.\d+)*)$/;
const rootHub = /^usb(\d+)$/;
const portName = /^(usb\d+|\d+-\d+(?:\.\d+)*)-port(\d+)$/;

/** The hub that a port belongs to and its number there: `1-1.4` is port 4 of `1-1`, `2-1` is port 1 of `usb2`. */
export function splitPort(id: string): { hub: string; number: number } | undefined {
  const [, bus, path] = portId.exec(id) ?? [];
  if (bus === undefined || path === undefined) return undefined;
  const numbers = path.split('.');
  const number = Number(numbers.pop());
  return { hub: numbers.length === 0 ? `usb${bus}` : `${bus}-${numbers.join('.')}`, number };
}

/** The id of a hub's port: port 4 of `1-1` is `1-1.4`, port 1 of `usb2` is `2-1`. */
export function joinPort(hub: string, number: number): string {
  const root = rootHub.exec(hub)?.[1];
  return root === undefined ? `${hub}.${number}` : `${root}-${number}`;
}

/** What the kernel calls a port's folder: `1-1-port4`, `usb2-port1`. Undefined for any other text. */
export function parsePortName(name: string): { hub: string; number: number } | undefined {
  const [, hub, number] = portName.exec(name) ?? [];
  return hub === undefined ? undefined : { hub, number: Number(number) };
}

/** Whether a text names a device or root hub; nothing else may become part of a path. */
export function isDeviceId(text: string): boolean {
  return portId.test(text) || rootHub.test(text);
}
