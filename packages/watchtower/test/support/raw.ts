import { once } from 'node:events';
import { connect, type Socket } from 'node:net';

/** Sends raw bytes to a loopback port; gives all that comes back once the other side has closed. */
export async function exchange(
  port: number,
  bytes: string | Buffer,
  onOpen?: (socket: Socket) => void,
): Promise<string> {
  const socket = connect(port, '127.0.0.1');
  let text = '';
  socket.on('data', (part) => (text += part.toString('latin1')));
  socket.on('error', () => undefined);
  await once(socket, 'connect');
  socket.write(bytes);
  onOpen?.(socket);
  await once(socket, 'close');
  return text;
}

/** What a sender says to open a WebSocket. */
export function upgradeHead(bearer: string, path = '/beat'): string {
  return [
    `GET ${path} HTTP/1.1`,
    'Host: tower',
    'Connection: Upgrade',
    'Upgrade: websocket',
    'Sec-WebSocket-Version: 13',
    'Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==',
    `Authorization: Bearer ${bearer}`,
    '\r\n',
  ].join('\r\n');
}

/** The beginning of a masked text frame that says to be so long. */
export function frameHead(bytes: number): Buffer {
  const head = Buffer.from([0x81, 0xff, 0, 0, 0, 0, 0, 0, 0, 0, 1, 2, 3, 4]);
  head.writeUInt32BE(bytes, 6);
  return head;
}
