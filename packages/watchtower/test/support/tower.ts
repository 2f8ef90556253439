import { createCaptureLog, createFakeClock, until, type CaptureLog, type FakeClock } from '@porchlight/core/testing';
import { once } from 'node:events';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { WebSocket } from 'ws';
import { watchtowerSchema } from '../../src/config.ts';
import { openSqliteStore } from '../../src/store/sqlite-store.ts';
import type { Store } from '../../src/store/store.ts';
import { createToken, hashToken } from '../../src/token.ts';
import { startWatchtower, type Watchtower, type WatchtowerParts } from '../../src/watchtower.ts';

export interface TestTower {
  clock: FakeClock;
  log: CaptureLog;
  readonly store: Store;
  readonly tower: Watchtower;
  /** `http://127.0.0.1:port` */
  readonly url: string;
  /** Adds a home and gives its token; the server knows it after its next check. */
  add(id: string, graceSeconds?: number): Promise<string>;
  /** Fifteen seconds pass. */
  check(): Promise<void>;
  connect(token: string): Promise<Client>;
  post(token: string, body: string): Promise<Response>;
  restart(): Promise<void>;
  stop(): Promise<void>;
}

export interface Client {
  socket: WebSocket;
  /** The first frame. */
  welcome: { seq: number; graceSeconds: number };
  /** Sends, and waits until the server has read it. */
  send(message: unknown): Promise<void>;
  /** The code that it is closed with. */
  closed: Promise<number>;
}

/** A watchtower on a free port with a fake clock and a database in a temporary folder. */
export async function buildTower(
  config: Record<string, unknown> = {},
  more: Pick<WatchtowerParts, 'patience'> = {},
): Promise<TestTower> {
  const folder = await mkdtemp(join(tmpdir(), 'porchlight-watchtower-'));
  const clock = createFakeClock();
  const log = createCaptureLog();
  const parsed = watchtowerSchema.parse({ listen: { port: 0 }, reminderMinutes: 5, ...config });
  const clients: WebSocket[] = [];
  let store = openSqliteStore(join(folder, 'tower.sqlite'), clock);
  let tower = await startWatchtower({ config: parsed, store, log, clock, ...more });
  const test: TestTower = {
    clock,
    log,
    get store() {
      return store;
    },
    get tower() {
      return tower;
    },
    get url() {
      return `http://127.0.0.1:${tower.port}`;
    },
    async add(id, graceSeconds = 60) {
      const token = createToken();
      await store.add({
        id,
        name: `Home ${id}`,
        tokenHash: hashToken(token),
        graceMs: graceSeconds * 1000,
        channels: [],
      });
      return token;
    },
    check: () => clock.advance(15_000),
    async connect(token) {
      const client = await connect(tower.port, token);
      clients.push(client.socket);
      return client;
    },
    post(token, body) {
      return fetch(`${test.url}/beat`, { method: 'POST', body, headers: { Authorization: `Bearer ${token}` } });
    },
    async restart() {
      const listen = { ...parsed.listen, port: tower.port };
      await tower.stop();
      store = openSqliteStore(join(folder, 'tower.sqlite'), clock);
      tower = await startWatchtower({ config: { ...parsed, listen }, store, log, clock, ...more });
      // Connections that `fetch` kept from before are dead, and it finds out by using them.
      const isReached = (): Promise<boolean> =>
        fetch(`${test.url}/health`).then(
          ({ ok }) => ok,
          () => false,
        );
      await until(isReached);
    },
    async stop() {
      for (const client of clients) client.terminate();
      await tower.stop();
      await rm(folder, { recursive: true, force: true });
    },
  };
  return test;
}

/** A sender's end. Rejects with the status when the upgrade is refused. */
export async function connect(port: number, token: string): Promise<Client> {
  const socket = new WebSocket(`ws://127.0.0.1:${port}/beat`, { headers: { Authorization: `Bearer ${token}` } });
  const closed = once(socket, 'close').then(([code]) => code as number);
  closed.catch(() => undefined);
  const first = once(socket, 'message');
  first.catch(() => undefined);
  await once(socket, 'open');
  const [frame] = (await first) as [Buffer];
  return {
    socket,
    closed,
    welcome: JSON.parse(frame.toString()) as Client['welcome'],
    async send(message) {
      socket.send(typeof message === 'string' ? message : JSON.stringify(message));
      const answered = Promise.race([once(socket, 'pong'), closed]);
      socket.ping();
      await answered;
    },
  };
}
