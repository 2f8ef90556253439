/** How an owner names a port: the socket itself, the device in it, or a numbered port of a hub. */
export type Selector =
  | { type: 'port'; port: string }
  | { type: 'device'; vendor: string; product: string; serial?: string }
  | { type: 'hub-port'; vendor: string; product: string; serial?: string; number: number };

const byIdentity = /^([0-9a-f]{4}):([0-9a-f]{4})(?::([^#]+))?(?:#(\d+))?$/i;

/** Reads `1-1.4`, `1a86:7523`, `1a86:7523:SERIAL` or `05e3:0610:SERIAL#4`. */
export function parseSelector(text: string): Selector {
  const [, vendor, product, serial, number] = byIdentity.exec(text) ?? [];
  if (vendor === undefined || product === undefined) return { type: 'port', port: text };
  const identity = {
    vendor: vendor.toLowerCase(),
    product: product.toLowerCase(),
    ...(serial !== undefined && { serial }),
  };
  return number === undefined
    ? { type: 'device', ...identity }
    : { type: 'hub-port', ...identity, number: Number(number) };
}
