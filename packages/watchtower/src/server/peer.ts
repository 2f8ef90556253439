import type { IncomingMessage } from 'node:http';
import { isIPv6 } from 'node:net';

/** Who is at the other end, for limits: an IPv4 address or the /64 of an IPv6 one. */
export function peerAddress(request: IncomingMessage, isBehindProxy: boolean): string {
  const direct = request.socket.remoteAddress ?? '';
  if (!isBehindProxy) return toNetwork(direct);
  const forwarded = request.headers['x-forwarded-for'];
  const text = Array.isArray(forwarded) ? forwarded.join(',') : (forwarded ?? '');
  // The last one is what our own proxy saw; the others are what the peer claims.
  return toNetwork(text.split(',').at(-1)?.trim().slice(0, 45) || direct);
}

/** Whether the request comes from this machine and not through a proxy. */
export function isLocal(request: IncomingMessage): boolean {
  const address = toNetwork(request.socket.remoteAddress ?? '');
  return (address.startsWith('127.') || address === '::1') && request.headers['x-forwarded-for'] === undefined;
}

function toNetwork(address: string): string {
  const plain = address.startsWith('::ffff:') ? address.slice(7) : address;
  if (!isIPv6(plain) || plain === '::1') return plain;
  const [head = '', tail = ''] = plain.split('::');
  const groups = head.split(':');
  const missing = plain.includes('::') ? 8 - groups.length - tail.split(':').filter(Boolean).length : 0;
  return [...groups, ...Array.from({ length: missing }, () => '0')].slice(0, 4).join(':');
}
