import { afterEach, describe, expect, test } from '@jest/globals';
import { createCaptureLog, createFakeClock, until } from '@porchlight/core/testing';
import { once } from 'node:events';
import { createServer, type IncomingMessage } from 'node:http';
import type { AddressInfo, Socket } from 'node:net';
import { WebSocketServer, type WebSocket } from 'ws';
import { WatchtowerHeartbeat } from '../../src/adapters/heartbeat/client.ts';

const cleanUps: (() => unknown)[] = [];
afterEach(async () => {
  for (const cleanUp of cleanUps.splice(0).toReversed()) await cleanUp();
});

interface Tower {
  url: string;
  frames: Record<string, unknown>[];
  sockets: WebSocket[];
  pings: number;
  requests: IncomingMessage[];
  /** Refuses further upgrades with this status. */
  refuseWith: number | undefined;
  lastSeq: number;
}

/** A watchtower that a test plays: it speaks the agreed frames and nothing else. */
async function openTower(options: { autoPong?: boolean } = {}): Promise<Tower> {
  const server = createServer();
  const upgrade = new WebSocketServer({ noServer: true, autoPong: options.autoPong ?? true });
  const tower: Tower = { url: '', frames: [], sockets: [], pings: 0, requests: [], refuseWith: undefined, lastSeq: 0 };
  server.on('upgrade', (request, socket: Socket, head) => {
    tower.requests.push(request);
    if (tower.refuseWith !== undefined) {
      socket.end(`HTTP/1.1 ${tower.refuseWith} No\r\nContent-Length: 0\r\nConnection: close\r\n\r\n`);
      return;
    }
    upgrade.handleUpgrade(request, socket, head, (client) => {
      tower.sockets.push(client);
      client.on('message', (data: Buffer) => tower.frames.push(JSON.parse(data.toString())));
      client.on('ping', () => (tower.pings += 1));
      client.send(JSON.stringify({ type: 'welcome', seq: tower.lastSeq, graceSeconds: 60 }));
    });
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  cleanUps.push(() => {
    for (const socket of tower.sockets) socket.terminate();
    server.closeAllConnections();
    server.close();
  });
  tower.url = `ws://127.0.0.1:${(server.address() as AddressInfo).port}/beat`;
  return tower;
}

const token = 'plw_0123456789abcdefghijklmnopqrstuvwxyzABCDEFG';

function beatTo(tower: Tower) {
  const clock = createFakeClock();
  const log = createCaptureLog();
  const { signal } = new AbortController();
  const heartbeat = new WatchtowerHeartbeat({ url: tower.url, token, version: '0.1.0', clock, log, signal });
  cleanUps.push(() => heartbeat.stop());
  heartbeat.show({ state: 'online', isConnected: true });
  return { clock, log, heartbeat };
}

describe('the beat to the watchtower', () => {
  test('comes at once and every 15 s, with the token, growing numbers and the state', async () => {
    const tower = await openTower();
    const { clock, heartbeat } = beatTo(tower);
    await until(() => tower.frames.length === 1);
    expect(tower.requests[0]?.headers.authorization).toBe(`Bearer ${token}`);
    const startedAt = clock.now();
    expect(tower.frames).toEqual([
      { type: 'beat', seq: startedAt, state: 'online', uptimeSeconds: 0, version: '0.1.0' },
    ]);
    heartbeat.show({ state: 'offline', isConnected: false, cause: 'wan' });
    await clock.advance(15_000);
    await until(() => tower.frames.length === 2);
    expect(tower.frames[1]).toEqual({
      type: 'beat',
      seq: startedAt + 1,
      state: 'offline',
      cause: 'wan',
      uptimeSeconds: 15,
      version: '0.1.0',
    });
  });

  test('goes on above the number that the watchtower names', async () => {
    const tower = await openTower();
    tower.lastSeq = Number.MAX_SAFE_INTEGER - 1_000;
    beatTo(tower);
    await until(() => tower.frames.length === 1);
    expect(tower.frames[0]?.['seq']).toBe(Number.MAX_SAFE_INTEGER - 999);
  });

  test('a reboot is announced, and no beat ends the announcement while it lasts', async () => {
    const tower = await openTower();
    const { clock, heartbeat } = beatTo(tower);
    await until(() => tower.frames.length === 1);
    heartbeat.announceReboot(260);
    heartbeat.show({ state: 'rebooting', isConnected: false });
    await clock.advance(15_000);
    heartbeat.show({ state: 'boot-grace', isConnected: false });
    await clock.advance(15_000);
    await until(() => tower.frames.length === 3);
    expect(
      tower.frames.map(({ type, state, backInSeconds }) => state ?? `${String(type)} ${String(backInSeconds)}`),
    ).toEqual(['online', 'rebooting 260', 'boot-grace']);
  });

  test('a watchtower that goes away is found again, with longer and longer waits, and said once', async () => {
    const tower = await openTower();
    const { clock, log } = beatTo(tower);
    await until(() => tower.frames.length === 1);
    tower.refuseWith = 503;
    tower.sockets[0]?.terminate();
    await until(() => log.lines.length === 1);
    for (let count = 2; count < 6; count += 1) {
      await until(() => clock.pending > 0);
      await clock.advance(60_000);
      await until(() => tower.requests.length >= count);
    }
    tower.refuseWith = undefined;
    while (tower.frames.length < 2) {
      await clock.advance(1_000);
      await new Promise((resolve) => setTimeout(resolve, 2));
    }
    const numbers = tower.frames.map(({ seq }) => Number(seq));
    expect(numbers).toEqual(numbers.toSorted((a, b) => a - b));
    expect(log.lines).toEqual([
      'warn: The watchtower is not reached.',
      expect.stringMatching(/^info: The watchtower is reached again/),
    ]);
  });

  test('a token that is refused is told, asked again after five minutes, and is nowhere in the log', async () => {
    const tower = await openTower();
    tower.refuseWith = 401;
    const { clock, log } = beatTo(tower);
    await until(() => log.lines.length === 1);
    expect(log.lines).toEqual(['warn: The watchtower is not reached: the watchtower does not know the token.']);
    await clock.advance(299_000);
    expect(tower.requests).toHaveLength(1);
    await clock.advance(1_000);
    await until(() => tower.requests.length === 2);
    expect(log.lines.join()).not.toContain(token);
  });

  test('another sender with the same token is not fought', async () => {
    const tower = await openTower();
    const { clock, log } = beatTo(tower);
    await until(() => tower.frames.length === 1);
    tower.sockets[0]?.close(4003);
    await until(() => log.lines.length === 1);
    await clock.advance(59_000);
    expect(tower.requests).toHaveLength(1);
    await clock.advance(1_000);
    await until(() => tower.requests.length === 2);
  });

  test('a connection that leads nowhere is left: a ping without an answer ends it', async () => {
    const tower = await openTower({ autoPong: false });
    const { clock } = beatTo(tower);
    await until(() => tower.pings === 1);
    await clock.advance(15_000);
    await until(() => clock.pending > 0);
    await clock.advance(2_000);
    await until(() => tower.requests.length === 2);
  });

  test('one that answers is kept', async () => {
    const tower = await openTower();
    const { clock } = beatTo(tower);
    for (let count = 1; count <= 12; count += 1) {
      await until(() => tower.frames.length === count);
      // The answer to the ping comes over a real socket.
      if (count % 4 === 1) await until(() => tower.pings === Math.ceil(count / 4));
      await new Promise((resolve) => setTimeout(resolve, 5));
      await clock.advance(15_000);
    }
    expect(tower.requests).toHaveLength(1);
  });

  test('after a recovery the connection is a new one, without a wait', async () => {
    const tower = await openTower();
    const { heartbeat, clock } = beatTo(tower);
    await until(() => tower.frames.length === 1);
    heartbeat.reconnect();
    await until(() => clock.pending > 0);
    await clock.advance(1_000);
    await until(() => tower.requests.length === 2);
  });

  test('nonsense from the watchtower changes nothing', async () => {
    const tower = await openTower();
    const { clock } = beatTo(tower);
    await until(() => tower.frames.length === 1);
    for (const text of ['', '{', '[]', '{"type":"welcome","seq":"x"}', '{"type":"boo"}']) tower.sockets[0]?.send(text);
    await clock.advance(15_000);
    await until(() => tower.frames.length === 2);
    expect(tower.requests).toHaveLength(1);
  });

  test('an address where nobody is', async () => {
    const tower = await openTower();
    for (const cleanUp of cleanUps.splice(0)) await cleanUp();
    const { log, heartbeat, clock } = beatTo(tower);
    await until(() => log.lines.length === 1);
    expect(log.lines).toEqual(['warn: The watchtower is not reached.']);
    await heartbeat.stop();
    expect(clock.pending).toBe(0);
  });
});
