import { afterEach, beforeEach, expect, test } from '@jest/globals';
import { until } from '@porchlight/core/testing';
import { once } from 'node:events';
import { request } from 'node:http';
import type { Socket } from 'node:net';
import { WebSocket } from 'ws';
import { createToken } from '../src/token.ts';
import { exchange, frameHead, upgradeHead } from './support/raw.ts';
import { buildTower, connect, type TestTower } from './support/tower.ts';

let house: TestTower;
let token: string;

beforeEach(async () => {
  house = await buildTower();
  token = await house.add('sea');
  await house.check();
});
afterEach(() => house.stop());

const refused = () => house.tower.counters.refused;
const warnings = (): string[] => house.log.lines.filter((line) => line.startsWith('warn'));
const beat = (seq: number) => ({ type: 'beat', seq });

const raw = (bytes: string | Buffer, onOpen?: (socket: Socket) => void): Promise<string> =>
  exchange(house.tower.port, bytes, onOpen);

test.each([
  'hello',
  '{',
  '{}',
  '[]',
  'null',
  '""',
  '{"type":"beat"}',
  '{"type":"beat","seq":0}',
  '{"type":"beat","seq":-1}',
  '{"type":"beat","seq":1.5}',
  '{"type":"beat","seq":"1"}',
  '{"type":"beat","seq":1e300}',
  '{"type":"beat","seq":1,"state":"<script>"}',
  `{"type":"beat","seq":1,"state":"${'x'.repeat(33)}"}`,
  '{"type":"beat","seq":1,"uptimeSeconds":-5}',
  '{"type":"rebooting","seq":1}',
  '{"type":"rebooting","seq":1,"backInSeconds":1e9}',
  '{"type":"__proto__","seq":1}',
  'I am alive and well',
  '\u0000\u0000\u0000',
])('a malformed beat is no sign of life: %s', async (body) => {
  const response = await house.post(token, body);
  expect(response.status).toBe(400);
  expect(house.tower.counters.beats).toBe(0);
});

test('three malformed frames in a row end the connection; the log says so once', async () => {
  const client = await house.connect(token);
  await client.send('nonsense');
  await client.send(beat(1));
  await client.send('nonsense');
  client.socket.send(Buffer.from([1, 2, 3]));
  client.socket.send('more nonsense');
  await expect(client.closed).resolves.toBe(4000);
  expect(refused().malformed).toBe(4);
  expect(warnings()).toEqual(['warn: A malformed beat was refused (sea).']);
});

test('frames that break the protocol end the connection', async () => {
  // Not masked, which a client must do.
  const text = await raw(Buffer.concat([Buffer.from(upgradeHead(token)), Buffer.from([0x81, 0x02, 0x68, 0x69])]));
  expect(text).toMatch(/^HTTP\/1.1 101/);
  expect(refused().malformed).toBe(1);
});

test.each([
  ['a forged token', () => createToken()],
  ['a token with one letter changed', () => `${token.slice(0, -1)}${token.endsWith('A') ? 'B' : 'A'}`],
  ['no token', () => ''],
  ['a token that is too long', () => 'x'.repeat(4_000)],
  ['an id instead of a token', () => 'sea'],
])('%s gets 401 and nothing else', async (_name, forge) => {
  const response = await house.post(forge(), JSON.stringify(beat(1)));
  expect({ status: response.status, body: await response.text() }).toEqual({ status: 401, body: '' });
  const answer = await raw(upgradeHead(forge()));
  expect(answer).toBe('HTTP/1.1 401 Unauthorized\r\nConnection: close\r\nContent-Length: 0\r\n\r\n');
  expect(house.tower.counters.beats).toBe(0);
  expect(warnings()).toHaveLength(1);
  expect(house.log.lines.join()).not.toContain(forge() || token);
});

test('who goes on guessing gets no answer at all; a home at the same address is let in', async () => {
  for (let attempt = 0; attempt < 20; attempt += 1) await raw(upgradeHead(createToken()));
  expect(await raw(upgradeHead(createToken()))).toBe('');
  await expect(house.post(createToken(), '{}')).rejects.toThrow();
  const client = await house.connect(token);
  await client.send(beat(1));
  expect(house.tower.counters.beats).toBe(1);
  expect(warnings()).toHaveLength(1);
  await house.clock.advance(61_000);
  expect(await raw(upgradeHead(createToken()))).toMatch(/401/);
});

test.each(['/', '/beat/', '/beat?token=x', '/../beat', '/admin'])('there is no other way in: %s', async (path) => {
  expect(await raw(upgradeHead(token, path))).toMatch(/^HTTP\/1.1 404/);
  expect((await fetch(`${house.url}${path}x`)).status).toBe(404);
});

test('a replayed sequence ends the connection, is refused by POST, and after a restart too', async () => {
  const client = await house.connect(token);
  await client.send(beat(41));
  await client.send(beat(41));
  await expect(client.closed).resolves.toBe(4002);
  const again = await house.connect(token);
  expect(again.welcome.seq).toBe(41);
  for (const seq of [1, 40, 41]) {
    const response = await house.post(token, JSON.stringify(beat(seq)));
    expect({ status: response.status, body: await response.json() }).toEqual({
      status: 409,
      body: { error: 'replayed', seq: 41 },
    });
  }
  await house.restart();
  expect((await house.post(token, JSON.stringify(beat(41)))).status).toBe(409);
  expect((await house.post(token, JSON.stringify(beat(42)))).status).toBe(204);
});

test('a frame of 100 MB is refused at its first bytes', async () => {
  const part = Buffer.alloc(64 * 1024, 120);
  let sent = 0;
  const pump = (socket: Socket): void => {
    while (!socket.destroyed && sent < 100 * 1024 * 1024) {
      sent += part.length;
      if (!socket.write(part)) return void socket.once('drain', () => pump(socket));
    }
  };
  const frame = Buffer.concat([Buffer.from(upgradeHead(token)), frameHead(100 * 1024 * 1024)]);
  expect(await raw(frame, pump)).toMatch(/^HTTP\/1.1 101/);
  expect(refused().size).toBe(1);
  expect(sent).toBeLessThan(20 * 1024 * 1024);
});

test('a message that never ends is refused when it is longer than a beat', async () => {
  const client = await house.connect(token);
  client.socket.on('error', () => undefined);
  for (let part = 0; part < 100 && client.socket.readyState === WebSocket.OPEN; part += 1) {
    client.socket.send('x'.repeat(1_000), { fin: false });
  }
  await client.closed;
  expect(refused().size).toBe(1);
});

test.each([
  ['announced', { 'Content-Length': String(100 * 1024 * 1024) }],
  ['in chunks', {}],
])('a body of 100 MB, %s, is refused', async (_name, headers) => {
  const post = request(`${house.url}/beat`, {
    method: 'POST',
    headers: { ...headers, Authorization: `Bearer ${token}` },
  });
  post.on('error', () => undefined);
  const answered = once(post, 'response');
  let sent = 0;
  const part = Buffer.alloc(64 * 1024, 120);
  const pump = (): void => {
    while (!post.destroyed && sent < 100 * 1024 * 1024) {
      sent += part.length;
      if (!post.write(part)) return void post.once('drain', pump);
    }
  };
  pump();
  const [response] = (await answered) as [{ statusCode: number }];
  expect(response.statusCode).toBe(413);
  post.destroy();
  expect(sent).toBeLessThan(20 * 1024 * 1024);
});

test('who dawdles over a request is cut off, known or not', async () => {
  await house.stop();
  house = await buildTower({}, { patience: { headersMs: 500, requestMs: 1_000, lookMs: 100 } });
  token = await house.add('sea');
  await house.check();
  const trickle = (socket: Socket): void => {
    const timer = setInterval(() => socket.write('X-Slow: 1\r\n'), 100);
    socket.on('close', () => clearInterval(timer));
  };
  const slow = await Promise.all([
    raw(''),
    raw('GET /health HTTP/1.1\r\n'),
    raw('GET /beat HTTP/1.1\r\nHost: x\r\n', trickle),
    raw(`POST /beat HTTP/1.1\r\nHost: x\r\nAuthorization: Bearer ${token}\r\nContent-Length: 500\r\n\r\nx`),
  ]);
  expect(slow.join('')).not.toMatch(/ 20\d /);
});

test('a home that holds a connection and says nothing, or half a frame, is cut off after its grace', async () => {
  const client = await house.connect(token);
  const half = Buffer.from([0x81, 0x85, 1, 2, 3, 4, 5]);
  (client.socket as unknown as { _socket: Socket })._socket.write(half);
  for (let round = 0; round < 10; round += 1) await house.check();
  await expect(client.closed).resolves.toBe(1006);
});

test('more than thirty messages in thirty seconds end the connection; pings count', async () => {
  const chatty = await house.connect(token);
  for (let seq = 1; seq <= 31; seq += 1) chatty.socket.send(JSON.stringify(beat(seq)));
  await expect(chatty.closed).resolves.toBe(4008);
  expect(house.tower.counters.beats).toBe(30);
  const pinging = await house.connect(token);
  for (let count = 0; count < 40; count += 1) pinging.socket.ping();
  expect([4008, 1006]).toContain(await pinging.closed);
  for (let count = 0; count < 30; count += 1) await house.post(token, 'I am alive');
  const { status, headers } = await house.post(token, 'I am alive');
  expect([status, headers.get('retry-after')]).toEqual([429, '30']);
  expect(warnings()).toHaveLength(1);
});

test('the newest connection of a home takes over', async () => {
  const first = await house.connect(token);
  const second = await house.connect(token);
  await expect(first.closed).resolves.toBe(4003);
  await second.send(beat(1));
  expect(house.tower.counters).toMatchObject({ beats: 1, connections: 1 });
});

test('beyond maxConnections nobody new is let in, and who is known may still replace his own', async () => {
  await house.stop();
  house = await buildTower({ maxConnections: 1 });
  const [sea, hill] = [await house.add('sea'), await house.add('hill')];
  await house.check();
  const first = await house.connect(sea);
  await expect(connect(house.tower.port, hill)).rejects.toThrow(/503/);
  await house.connect(sea);
  await expect(first.closed).resolves.toBe(4003);
});

test('a thousand peers without a token leave nothing behind', async () => {
  const before = house.tower.counters.connections;
  for (let round = 0; round < 10; round += 1) {
    await Promise.all(Array.from({ length: 100 }, () => raw(upgradeHead(createToken()))));
  }
  expect(house.tower.counters.connections).toBe(before);
  await until(() => refused().token === 1_000);
  expect(warnings()).toHaveLength(1);
});
