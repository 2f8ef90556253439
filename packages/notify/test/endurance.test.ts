import { afterEach, expect, test } from '@jest/globals';
import {
  createCaptureLog,
  createFakeClock,
  createMemoryStorage,
  until,
  type FakeClock,
} from '@porchlight/core/testing';
import { createNotifier, type Notice } from '../src/index.ts';
import { open, type FakeServer } from './support/servers.ts';

const controllers: AbortController[] = [];
afterEach(() => {
  for (const controller of controllers.splice(0)) controller.abort();
});

const hour = 3_600_000;
const alarm: Notice = { key: 'alarm-1', severity: 'alarm', title: 'Alarm', text: 'Hall' };
const warning = (key: string): Notice => ({ key, severity: 'warning', title: key, text: '' });

function build(server: FakeServer, clock: FakeClock, storage = createMemoryStorage()) {
  const controller = new AbortController();
  controllers.push(controller);
  const log = createCaptureLog();
  const { signal } = controller;
  const channels = [{ type: 'webhook' as const, url: server.url, minSeverity: 'info' as const }];
  return { notifier: createNotifier({ channels, clock, log, storage, signal }), log, storage, controller };
}

/** Lets the clock run, and the server answer to whatever is tried meanwhile. */
async function pass(clock: FakeClock, ms: number): Promise<void> {
  const end = clock.monotonic() + ms;
  while (clock.monotonic() < end) {
    await clock.advance(Math.min(300_000, end - clock.monotonic()));
    for (let turn = 0; turn < 20 && clock.pending === 0; turn += 1)
      await new Promise((resolve) => setTimeout(resolve, 1));
  }
}

const titles = (server: FakeServer, from: number): unknown[] =>
  server.received.slice(from).map(({ body }) => (JSON.parse(body.toString()) as { title: string }).title);

test.each([alarm, warning('Router')])(
  'after a night without internet: $severity',
  async (notice) => {
    const [server, clock] = [await open({ status: 503 }), createFakeClock()];
    const { notifier, log } = build(server, clock);
    notifier.notify(notice);
    await until(() => server.received.length === 1 && clock.pending > 0);
    await pass(clock, 9 * hour);
    server.answers = [{ status: 200 }];
    const tried = server.received.length;
    await pass(clock, hour);
    expect(titles(server, tried)).toEqual([notice.title]);
    expect(log.lines.length).toBeLessThan(2);
  },
  60_000,
);

test('an alarm of yesterday evening that a restart in the night finds undelivered still goes out', async () => {
  const [server, clock] = [await open({ status: 503 }), createFakeClock()];
  const first = build(server, clock);
  first.notifier.notify(alarm);
  await until(() => server.received.length === 1);
  first.controller.abort();
  await first.notifier.stop();
  await clock.advance(9 * hour);
  server.answers = [{ status: 200 }];
  build(server, clock, first.storage);
  await until(() => server.received.length === 2);
  expect(titles(server, 1)).toEqual(['Alarm']);
});

test('what waits for the internet goes out together, and no longer than a day', async () => {
  const [server, clock] = [await open({ status: 503 }), createFakeClock()];
  const { notifier } = build(server, clock);
  for (const key of ['one', 'two']) notifier.notify(warning(key));
  await until(() => server.received.length === 1 && clock.pending > 0);
  await pass(clock, 3 * hour);
  server.answers = [{ status: 200 }];
  const tried = server.received.length;
  await pass(clock, hour);
  expect(titles(server, tried)).toEqual(['2 messages']);
  server.answers = [{ status: 503 }];
  notifier.notify(warning('three'));
  await pass(clock, 26 * hour);
  server.answers = [{ status: 200 }];
  const late = server.received.length;
  await clock.advance(2 * hour);
  expect(server.received).toHaveLength(late);
}, 60_000);

test('the delivery log stays short over many short runs', async () => {
  const server = await open();
  const storage = createMemoryStorage();
  const line = (at: number): string => JSON.stringify({ at, channel: 'w', key: 'k', severity: 'info', ok: true });
  await storage.journal('deliveries').rewrite(Array.from({ length: 1_200 }, (_, at) => line(at)));
  const { notifier } = build(server, createFakeClock(), storage);
  notifier.notify(alarm);
  await until(() => storage.files.get('deliveries')?.includes('"alarm-1"') === true);
  await until(() => (storage.files.get('deliveries') ?? '').split('\n').length <= 502);
  expect((await notifier.deliveries()).at(-1)).toMatchObject({ key: 'alarm-1', ok: true });
});
