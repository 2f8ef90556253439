import { afterEach, expect, test } from '@jest/globals';
import { buildContext, until, type FakeContext } from '@porchlight/core/testing';
import type { RhombusOptions, Rhombus } from '@porchlight/simulators';
import { once } from 'node:events';
import { createServer } from 'node:net';
import type { AddressInfo } from 'node:net';
import { WebSocketServer, type WebSocket } from 'ws';
import { ChangeStream, type StreamSettings } from '../../src/adapters/stream/client.ts';
import { readFrames, readHeartBeat } from '../../src/adapters/stream/stomp.ts';
import type { Sighting } from '../../src/domain/sighting.ts';
import { startOrganisation } from '../support/organisation.ts';

const open: (() => unknown)[] = [];
afterEach(async () => {
  for (const close of open.splice(0).toReversed()) await close();
});

const credentials = {
  headers: { 'x-auth-scheme': 'api-token', 'x-auth-apikey': 'simulated-api-token' },
  tls: {},
  canStream: true,
};

interface Listening {
  context: FakeContext;
  states: (string | true)[];
  sightings: Sighting[];
  stream: ChangeStream;
  /** Goes on in small steps, so that real sockets keep up, until it is so. */
  waitFor(isSo: () => boolean): Promise<void>;
}

function listen(settings: Partial<StreamSettings> & { url: string }): Listening {
  const context = buildContext();
  const all = { credentials, organisation: () => Promise.resolve('no-org'), ...settings };
  const stream = new ChangeStream(all, context);
  const states: (string | true)[] = [];
  const sightings: Sighting[] = [];
  stream.start({
    onSighting: (sighting) => void sightings.push(sighting),
    onPart: () => undefined,
    onDevices: () => undefined,
    onState: (isRunning, problem = '') => void states.push(isRunning || problem),
  });
  open.push(() => stream.stop());
  const waitFor = (isSo: () => boolean): Promise<void> =>
    until(async () => {
      await context.clock.advance(500);
      return isSo();
    });
  return { context, states, sightings, stream, waitFor };
}

async function connect(options: Partial<RhombusOptions> = {}): Promise<Listening & { cloud: Rhombus }> {
  const cloud = await startOrganisation(buildContext(), options);
  open.push(() => cloud.close());
  const listening = listen({ url: cloud.wsUrl, organisation: () => Promise.resolve(cloud.org.uuid) });
  await until(() => listening.states.length === 1);
  expect(listening.states).toEqual([true]);
  expect(cloud.stream.subscribers).toBe(1);
  return { ...listening, cloud };
}

test('a stream that dies without a word is noticed within two and a half beats, and opened again', async () => {
  const { cloud, context, states, sightings, waitFor } = await connect();
  cloud.stream.silence();
  await context.clock.advance(24_999);
  expect(states).toEqual([true]);
  await context.clock.advance(1);
  await until(() => states.length === 2);
  expect(states[1]).toBe('nothing was heard for a while');
  await waitFor(() => cloud.stream.subscribers === 1);
  await until(() => states.length === 3);
  await cloud.scenario.raiseAlert();
  await until(() => sightings.length === 1);
});

test('a broker that is mute in the handshake is given up after ten seconds, and tried again', async () => {
  const cloud = await startOrganisation(buildContext());
  open.push(() => cloud.close());
  cloud.stream.stayMute();
  const { context, states, waitFor } = listen({ url: cloud.wsUrl, organisation: async () => cloud.org.uuid });
  await until(() => cloud.stream.handshakes === 1);
  await context.clock.advance(10_000);
  await until(() => states.length === 1);
  expect(states).toEqual(['it does not answer']);
  cloud.stream.stayMute(false);
  await waitFor(() => states.at(-1) === true);
});

test('a server that takes the connection and says nothing at all is given up too', async () => {
  const silent = createServer(() => undefined).listen(0, '127.0.0.1');
  await once(silent, 'listening');
  open.push(() => silent.close());
  const { context, states, stream } = listen({ url: `ws://127.0.0.1:${(silent.address() as AddressInfo).port}/` });
  await until(() => context.clock.pending === 1);
  await context.clock.advance(10_000);
  await until(() => states.length === 1);
  expect(states).toEqual(['it does not answer']);
  await stream.stop();
  expect(context.clock.pending).toBe(0);
});

test.each([undefined, 1001])('a connection that ends (%s) is opened again', async (code) => {
  const { cloud, states, waitFor } = await connect();
  cloud.stream.drop(code);
  await waitFor(() => states.length === 3);
  expect(states).toEqual([true, 'the connection was closed', true]);
});

test('a key that is refused is explained, without the key', async () => {
  const cloud = await startOrganisation(buildContext());
  open.push(() => cloud.close());
  const headers = { ...credentials.headers, 'x-auth-apikey': 'very-secret' };
  const { states, waitFor } = listen({ url: cloud.wsUrl, credentials: { ...credentials, headers } });
  await waitFor(() => states.length === 2);
  expect(states[0]).toBe('it answered 403: it takes keys of the kind Api Token only');
  expect(JSON.stringify(states)).not.toContain('very-secret');
});

test('who is told that there is no such topic tries again', async () => {
  const cloud = await startOrganisation(buildContext());
  open.push(() => cloud.close());
  const { states, waitFor } = listen({ url: cloud.wsUrl });
  await waitFor(() => states.length > 1);
  expect(states.slice(0, 2)).toEqual(['it was refused: no such topic', 'it was refused: no such topic']);
});

test('a stream that never lasts is opened less and less often', async () => {
  const { cloud, context, states, waitFor } = await connect();
  const times: number[] = [];
  for (let round = 1; round <= 4; round += 1) {
    cloud.stream.drop();
    await until(() => states.length === 2 * round);
    const before = context.clock.monotonic();
    await waitFor(() => states.length === 2 * round + 1);
    times.push(context.clock.monotonic() - before);
  }
  expect(times.at(-1)).toBeGreaterThan(20_000);
});

test('without heart-beats from the server, answers to pings are signs of life', async () => {
  const { context, states, cloud } = await connect({ heartBeatMs: 0 });
  for (let beat = 1; beat <= 6; beat += 1) {
    await context.clock.advance(10_000);
    await until(() => cloud.stream.heartBeats >= beat);
  }
  expect(states).toEqual([true]);
  expect(cloud.stream.subscribers).toBe(1);
});

test('an address that is none is a problem, no crash', async () => {
  const { states, waitFor } = listen({ url: 'ftp://127.0.0.1/' });
  await waitFor(() => states.length === 2);
  expect(states[0]).toMatch(/protocol/);
});

async function serve(onMessage: (socket: WebSocket, command: string) => void): Promise<string> {
  const server = new WebSocketServer({ port: 0, host: '127.0.0.1' });
  open.push(() => {
    for (const client of server.clients) client.terminate();
    server.close();
  });
  server.on('connection', (socket) =>
    socket.on('message', (message: Buffer) => onMessage(socket, message.toString().split('\n')[0] ?? '')),
  );
  await once(server, 'listening');
  return `ws://127.0.0.1:${(server.address() as AddressInfo).port}`;
}

test('a broker that does not confirm the subscription is believed after three seconds', async () => {
  let isSubscribed = false;
  const url = await serve((socket, command) => {
    if (command === 'CONNECT') socket.send('CONNECTED\nversion:1.2\n\n\0');
    if (command === 'SUBSCRIBE') isSubscribed = true;
  });
  const { context, states } = listen({ url });
  await until(() => isSubscribed);
  await context.clock.advance(2999);
  expect(states).toEqual([]);
  await context.clock.advance(1);
  expect(states).toEqual([true]);
});

test('nonsense is passed over, and a message beyond all measure ends the connection', async () => {
  let socket: WebSocket | undefined;
  const url = await serve((client, command) => {
    socket = client;
    if (command === 'CONNECT') client.send('CONNECTED\nversion:1.2\nheart-beat:x\n\n\0');
    if (command === 'SUBSCRIBE') client.send('RECEIPT\nreceipt-id:sub-0\n\n\0');
  });
  const { states, sightings } = listen({ url });
  await until(() => states.length === 1);
  for (const text of ['', '\n', '\0', 'MESSAGE', 'MESSAGE\n\n{}', 'MESSAGE\n\n{]\0', 'MESSAGE\n\n[]\0', 'X\n\n\0']) {
    socket?.send(text);
  }
  socket?.send(Buffer.from([0xff, 0xfe, 0x00]));
  await new Promise((resolve) => socket?.ping(resolve) ?? resolve(undefined));
  expect(states).toEqual([true]);
  expect(sightings).toEqual([]);
  socket?.send('x'.repeat(5 * 1024 * 1024));
  await until(() => states.length === 2);
});

test.each([
  ['\n', []],
  ['MESSAGE\n\nbody', []],
  ['MESSAGE\r\na:b:c\r\na:d\r\n\r\nbody\0', [{ command: 'MESSAGE', headers: { a: 'b:c' }, body: 'body' }]],
  [
    'A\n\n1\0\n\nB\n\n2\0\n',
    [
      { command: 'A', headers: {}, body: '1' },
      { command: 'B', headers: {}, body: '2' },
    ],
  ],
])('the message %j holds %j', (message, frames) => {
  expect(readFrames(message)).toEqual(frames);
});

test.each([
  [undefined, 0, 0],
  ['10000,20000', 10_000, 20_000],
  ['0,0', 0, 0],
  ['-1,x', 0, 0],
  ['999999999,1', 300_000, 1],
])('the heart-beat %s means %d and %d', (header, sendsMs, wantsMs) => {
  expect(readHeartBeat(header)).toEqual({ sendsMs, wantsMs });
});
