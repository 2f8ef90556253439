/** The default route with the lowest metric of Linux's /proc/net/route; undefined when there is none. */
export function parseRoutes(table: string): { device: string; gateway: string } | undefined {
  const routes = table
    .split('\n')
    .slice(1)
    .flatMap((line) => {
      const [device = '', destination, gateway = '', flags = '0', , , metric = '0', mask] = line.split('\t');
      const isDefault = destination === '00000000' && mask === '00000000';
      // Flag 1: up. A rejecting route has none of it.
      const isUp = (Number.parseInt(flags, 16) & 1) === 1;
      return isDefault && isUp ? [{ device, gateway: toAddress(gateway), metric: Number(metric) }] : [];
    });
  return routes.toSorted((a, b) => a.metric - b.metric)[0];
}

/** `0101A8C0` is 192.168.1.1: hexadecimal, last byte first. */
function toAddress(hex: string): string {
  const bytes = hex.match(/../g) ?? [];
  return bytes
    .toReversed()
    .map((byte) => Number.parseInt(byte, 16))
    .join('.');
}
