import { once } from 'node:events';
import { connect, type TLSSocket } from 'node:tls';
import { afterEach, beforeEach, expect, test } from '@jest/globals';
import { type Blink, startBlink } from '../../src/blink/index.ts';
import { type Client, type Json, signedIn } from './support/client.ts';

let blink: Blink;
let client: Client;
const sockets: TLSSocket[] = [];

beforeEach(async () => {
  blink = await startBlink({ now: Date.now, streams: true });
  client = await signedIn(blink);
});

afterEach(async () => {
  for (const socket of sockets.splice(0)) socket.destroy();
  await blink.close();
});

const open = (): Promise<Json> => client.send('/api/v2/accounts/1001/networks/2001/owls/5001/liveview', {});

function headerFor(view: Json, changes: { serial?: string; token?: string; connection?: string } = {}): Buffer {
  const {
    serial = 'G8S5001',
    token = '',
    connection = new URL(view.server).pathname.slice(1).split('__')[0] ?? '',
  } = changes;
  const header = Buffer.alloc(122);
  header.writeUInt32BE(0x28, 0);
  header.writeUInt32BE(16, 4);
  header.write(serial, 8);
  header.writeUInt32BE(1201, 24);
  header.writeUInt16BE(0x0108, 28);
  header.writeUInt32BE(64, 30);
  header.write(token, 34);
  header.writeUInt32BE(16, 98);
  header.write(connection, 102);
  header.writeUInt32BE(1, 118);
  return header;
}

async function join(view: Json, header: Buffer): Promise<TLSSocket> {
  const { hostname, port } = new URL(view.server);
  const socket = connect({ host: hostname, port: Number(port), rejectUnauthorized: false });
  sockets.push(socket);
  socket.on('error', () => {});
  await once(socket, 'secureConnect');
  socket.write(header);
  return socket;
}

/** Reads whole messages until there are as many as asked for. */
async function read(socket: TLSSocket, count: number): Promise<{ type: number; payload: Buffer }[]> {
  let rest = Buffer.alloc(0);
  const messages: { type: number; payload: Buffer }[] = [];
  for await (const chunk of socket as AsyncIterable<Buffer>) {
    rest = Buffer.concat([rest, chunk]);
    while (rest.length >= 9 && rest.length >= 9 + rest.readUInt32BE(5)) {
      const end = 9 + rest.readUInt32BE(5);
      messages.push({ type: rest[0] ?? -1, payload: rest.subarray(9, end) });
      rest = rest.subarray(end);
    }
    if (messages.length >= count) break;
  }
  return messages;
}

test('streams MPEG-TS in messages, and counts what the viewer says', async () => {
  const view = await open();
  const socket = await join(view, headerFor(view));
  socket.write(Buffer.from('0a0000000100000000', 'hex'));
  socket.write(Buffer.from(`12000003e800000018${'00'.repeat(24)}`, 'hex'));
  const messages = await read(socket, 4);
  expect(messages[0]).toMatchObject({ type: 0 });
  const bytes = Buffer.concat(messages.map(({ payload }) => payload));
  for (let at = 0; at < 4512; at += 188) expect(bytes[at]).toBe(0x47);
  expect(blink.streams?.visits).toMatchObject([{ keepAlives: 1, latencyReports: 1, view: { camera: { id: 5001 } } }]);
});

test('lets packets straddle messages', async () => {
  blink.streams!.messageBytes = 1000;
  const view = await open();
  const [, second] = await read(await join(view, headerFor(view)), 2);
  expect(second?.payload[0]).not.toBe(0x47);
});

test.each([
  [{ serial: 'G8S4001' }, 'wrong serial'],
  [{ connection: '0123456789abcdef' }, 'unknown connection'],
  [{ token: 'other' }, 'wrong token'],
])('lets nobody in with %p', async (changes, reason) => {
  blink.streams!.wantsToken = true;
  const view = await open();
  const socket = await join(view, headerFor(view, changes));
  await once(socket, 'close');
  expect(blink.streams?.refusals).toEqual([reason]);
});

test('lets in who shows the token', async () => {
  blink.streams!.wantsToken = true;
  const view = await open();
  const socket = await join(view, headerFor(view, { token: view.liveview_token }));
  expect(await read(socket, 1)).toHaveLength(1);
});

test('refuses a header of another shape', async () => {
  const view = await open();
  await once(await join(view, Buffer.alloc(122)), 'close');
  expect(blink.streams?.refusals).toEqual(['malformed header']);
});

test('ends with the live view, and for who says nothing', async () => {
  const view = await open();
  const socket = await join(view, headerFor(view));
  socket.resume();
  await client.send(`/network/2001/command/${view.command_id}/done/`);
  await once(socket, 'end');
  blink.streams!.keepAliveMs = 50;
  const [next] = [await open()];
  const mute = await join(next, headerFor(next).subarray(0, 50));
  await once(mute, 'close');
  expect(blink.streams?.visits).toHaveLength(1);
});
