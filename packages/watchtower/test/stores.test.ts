// requires: postgres
import { afterAll, afterEach, beforeAll, describe, expect, test } from '@jest/globals';
import { createFakeClock, until, type FakeClock } from '@porchlight/core/testing';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { checkHomes } from '../src/domain/check.ts';
import { openPostgresStore } from '../src/store/postgres-store.ts';
import { openSqliteStore } from '../src/store/sqlite-store.ts';
import type { CheckParts, HeardSigns, Store, WaitingMessage } from '../src/store/store.ts';
import { startPostgres, type Postgres } from './support/postgres.ts';
import { rules } from './support/homes.ts';

/** Both stores keep the same promises. */

let postgres: Postgres;
let clock: FakeClock;
const open: Store[] = [];
beforeAll(async () => {
  postgres = await startPostgres();
}, 60_000);
afterAll(() => postgres.stop());
afterEach(async () => {
  for (const store of open.splice(0)) await store.close();
});

const openSqlite = async (): Promise<Store> => {
  clock = createFakeClock();
  const store = openSqliteStore(':memory:', clock);
  open.push(store);
  return store;
};
const openPostgres = async (): Promise<Store> => {
  clock = createFakeClock(Date.now());
  if (open.length === 0) await postgres.query('DROP TABLE IF EXISTS watchtower, watchtower_home, watchtower_message');
  const store = await openPostgresStore({ url: postgres.url, deliveries: 2 });
  open.push(store);
  return store;
};

const home = (id: string) => ({
  id,
  name: `Home ${id}`,
  tokenHash: `hash-${id}`,
  graceMs: 60_000,
  channels: ['phone'],
});
const signs = (id: string, part: Partial<HeardSigns> = {}): HeardSigns => {
  const now = clock.now();
  const nothing = { announcedAt: 0, rebootUntil: 0, plainAt: 0, said: undefined };
  return { id, heardAt: now, normalAt: now, sequence: 1, ...nothing, ...part };
};
/** A check whose outcome is this message, whatever the homes do. */
const telling = (key: string): CheckParts => ({
  rules,
  decide: checkHomes,
  toMessages: () => [{ key, channel: 'phone', severity: 'alarm', title: `Title ${key}`, text: 'Text' }],
});
const silentCheck: CheckParts = { rules, decide: checkHomes, toMessages: () => [] };

describe.each([
  ['node:sqlite', openSqlite],
  ['PostgreSQL', openPostgres],
])('%s', (_name, openStore) => {
  test('homes are added once, get new tokens, and go', async () => {
    const store = await openStore();
    expect(await store.add(home('sea'))).toBe(true);
    expect(await store.add({ ...home('sea'), tokenHash: 'other' })).toBe(false);
    expect(await store.homes()).toMatchObject([{ ...home('sea'), heardAt: 0, sequence: 0, said: '' }]);
    expect(await store.setToken('sea', 'new')).toBe(true);
    expect(await store.change('sea', { graceMs: 90_000 })).toBe(true);
    expect(await store.change('hill', { name: 'x' })).toBe(false);
    expect(await store.homes()).toMatchObject([{ name: 'Home sea', graceMs: 90_000, channels: ['phone'] }]);
    expect(await store.change('sea', { name: 'Sea', channels: [] })).toBe(true);
    expect(await store.homes()).toMatchObject([{ name: 'Sea', graceMs: 90_000, channels: [] }]);
    expect(await store.setToken('hill', 'new')).toBe(false);
    expect(await store.homes()).toMatchObject([{ tokenHash: 'new' }]);
    expect([await store.remove('sea'), await store.remove('sea')]).toEqual([true, false]);
    expect(await store.homes()).toEqual([]);
  });

  test('signs only ever move forward', async () => {
    const store = await openStore();
    await store.add(home('sea'));
    const now = clock.now();
    const announced = { announcedAt: now, rebootUntil: now + 240_000 };
    await store.addSigns([signs('sea', { sequence: 5, said: 'online', ...announced }), signs('nobody')], now);
    await store.addSigns([signs('sea', { sequence: 4, heardAt: now - 9_000, normalAt: now - 9_000 })], now);
    const [stored] = await store.homes();
    expect(stored).toMatchObject({ sequence: 5, said: 'online' });
    // The database has a clock of its own.
    expect(Math.abs(stored!.heardAt - now)).toBeLessThan(5_000);
    expect(stored!.rebootUntil - stored!.announcedAt).toBe(240_000);
  });

  test('a check keeps what it decides', async () => {
    const store = await openStore();
    await store.add(home('sea'));
    await store.addSigns([signs('sea')], clock.now());
    const first = await store.check(silentCheck);
    expect(first.outcome.changed).toHaveLength(1);
    const downSince = first.now - 100_000;
    const decide: CheckParts['decide'] = (tower, homes, { now }) => ({
      tower: { checkedAt: now, isolatedSince: tower.checkedAt },
      changed: homes.map((one) => ({ ...one, downSince, toldAt: now, reminders: 2, heardAt: downSince })),
      alerts: [],
    });
    const second = await store.check({ ...silentCheck, decide });
    expect(second.isIsolated).toBe(true);
    expect(await store.homes()).toEqual(second.homes);
    expect(second.homes).toMatchObject([{ downSince, reminders: 2, tokenHash: 'hash-sea' }]);
    expect(await store.addSigns([signs('sea', { sequence: 9 })], clock.now())).toEqual(['sea']);
  });

  test('a check that fails keeps nothing, neither states nor messages', async () => {
    const store = await openStore();
    await store.add(home('sea'));
    await store.addSigns([signs('sea')], clock.now());
    const before = await store.homes();
    const toMessages = (): never => {
      throw new Error('in the middle');
    };
    await expect(store.check({ rules, decide: checkHomes, toMessages })).rejects.toThrow('in the middle');
    expect(await store.homes()).toEqual(before);
    expect(await store.countWaiting()).toBe(0);
  });

  test('messages wait until they are delivered, the oldest first, each fact once', async () => {
    const store = await openStore();
    for (const key of ['a', 'b', 'a']) await store.check(telling(key));
    expect(await store.countWaiting()).toBe(2);
    const seen: WaitingMessage[] = [];
    const fail = (retryInMs: number) => async (message: WaitingMessage) => {
      seen.push(message);
      return { done: false, retryInMs } as const;
    };
    const accept = async (message: WaitingMessage) => {
      seen.push(message);
      return { done: true } as const;
    };
    expect(await store.deliverNext('other', accept)).toBe(false);
    expect(await store.deliverNext('phone', fail(0))).toBe(true);
    expect(await store.deliverNext('phone', accept)).toBe(true);
    expect(await store.deliverNext('phone', fail(600_000))).toBe(true);
    // The next try of the oldest is not due yet, and nothing may overtake it.
    await store.check(telling('c'));
    expect(await store.deliverNext('phone', accept)).toBe(false);
    expect(seen.map(({ key, attempts }) => [key, attempts])).toEqual([
      ['a', 0],
      ['a', 1],
      ['b', 0],
    ]);
    expect(await store.countWaiting()).toBe(2);
  });

  test('when the clock was set back, what waits is tried at once', async () => {
    const store = await openStore();
    const decide: CheckParts['decide'] = (tower, _homes, { now }) => ({
      tower: { ...tower, checkedAt: now + 3_600_000 },
      changed: [],
      alerts: [],
    });
    await store.check({ ...telling('a'), decide });
    await store.deliverNext('phone', async () => ({ done: false, retryInMs: 3_600_000 }));
    const accept = async () => ({ done: true }) as const;
    expect(await store.deliverNext('phone', accept)).toBe(false);
    await store.check(silentCheck);
    expect(await store.deliverNext('phone', accept)).toBe(true);
  });
});

test('SQLite: what only the cache knows is in the file after the end, and survives settings changed by another process', async () => {
  const file = join(await mkdtemp(join(tmpdir(), 'porchlight-store-')), 'tower.sqlite');
  clock = createFakeClock();
  const server = openSqliteStore(file, clock, 2);
  const commandLine = openSqliteStore(file, clock);
  for (let index = 0; index < 8; index += 1) await commandLine.add(home(`h${index}`));
  const beat = async (sequence: number): Promise<void> => {
    const all = Array.from({ length: 8 }, (_, index) => signs(`h${index}`, { sequence }));
    await server.addSigns(all, clock.now());
  };
  const stored = async (store: Store): Promise<number[]> => (await store.homes()).map(({ sequence }) => sequence);
  for (let sequence = 1; sequence <= 6; sequence += 1) await beat(sequence);
  expect(await stored(server)).toEqual(Array.from({ length: 8 }, () => 6));
  // Two homes are written in a round.
  expect((await stored(commandLine)).toSorted((a, b) => a - b)).toEqual([3, 3, 4, 4, 5, 5, 6, 6]);
  await commandLine.change('h0', { name: 'Another name' });
  expect((await server.check(silentCheck)).homes[0]).toMatchObject({ name: 'Another name', sequence: 6 });
  await beat(7);
  await server.close();
  expect(await stored(commandLine)).toEqual(Array.from({ length: 8 }, () => 7));
  await commandLine.close();
  await rm(dirname(file), { recursive: true });
});

test('PostgreSQL: an older sequence is no sign of life, wherever it was heard; an announcement counts', async () => {
  const store = await openPostgres();
  await store.add(home('sea'));
  const now = clock.now();
  await store.addSigns([signs('sea', { sequence: 7, heardAt: now - 30_000, normalAt: now - 30_000 })], now);
  const [before] = await store.homes();
  await store.addSigns([signs('sea', { sequence: 7, announcedAt: now, rebootUntil: now + 60_000 })], now);
  const [after] = await store.homes();
  expect(after).toMatchObject({ heardAt: before!.heardAt, normalAt: before!.normalAt, sequence: 7 });
  expect(after!.rebootUntil).toBeGreaterThan(0);
  await store.addSigns([signs('sea', { sequence: 0, plainAt: now })], now);
  expect((await store.homes())[0]!.heardAt).toBeGreaterThan(before!.heardAt);
});

test('PostgreSQL: two workers start together, check together and deliver together, and nothing happens twice', async () => {
  const stores = await Promise.all([openPostgres(), openPostgres()]);
  const [first] = stores;
  for (let index = 0; index < 50; index += 1) await first!.add(home(`h${index}`));
  const now = clock.now();
  const all = Array.from({ length: 50 }, (_, index) => signs(`h${index}`));
  // In opposite orders, which would lock each other out if they ran at the same time.
  for (let round = 2; round < 12; round += 1) {
    const later = all.map((one) => ({ ...one, sequence: round }));
    await Promise.all([
      stores[0].addSigns(later, now),
      stores[1].addSigns(later.toReversed(), now),
      ...stores.map((store) => store.check(telling(`fact-${round}`))),
    ]);
  }
  const delivered: string[] = [];
  const deliverAll = async (store: Store): Promise<void> => {
    const accept = async ({ key }: WaitingMessage) => {
      delivered.push(key);
      await new Promise((resolve) => setTimeout(resolve, 5));
      return { done: true } as const;
    };
    while (await store.deliverNext('phone', accept));
  };
  await Promise.all(stores.flatMap((store) => [deliverAll(store), deliverAll(store)]));
  expect(delivered.toSorted()).toEqual(Array.from({ length: 10 }, (_, index) => `fact-${index + 2}`).toSorted());
});

test('PostgreSQL that dies while a message is on its way costs that delivery and nothing else', async () => {
  const store = await openPostgres();
  await store.check(telling('fact'));
  const dying = store.deliverNext('phone', async () => {
    await postgres.kill();
    const isGone = (): Promise<boolean> =>
      postgres
        .query('SELECT 1')
        .then(() => false)
        .catch(() => true);
    await until(isGone);
    return { done: true };
  });
  await expect(dying).rejects.toThrow();
  await postgres.start();
  expect(await store.countWaiting()).toBe(1);
});

test('PostgreSQL that is not there is said in one sentence, without the password', async () => {
  const url = 'postgres://someone:hidden@127.0.0.1:1/none';
  await expect(openPostgresStore({ url, deliveries: 1 })).rejects.toMatchObject({
    code: 'watchtower.database',
    message: 'The PostgreSQL database cannot be used',
  });
});
