import { afterEach, expect, test } from '@jest/globals';
import { systemClock } from '@porchlight/core/node';
import {
  createCaptureLog,
  createFakeClock,
  createMemoryStorage,
  until,
  type MemoryStorage,
} from '@porchlight/core/testing';
import { createNotifier, type ChannelConfig, type NotifierOptions } from '../src/index.ts';
import { open, type FakeServer } from './support/servers.ts';

const stops: (() => void)[] = [];
afterEach(() => {
  for (const stop of stops.splice(0)) stop();
});

const webhook = (server: FakeServer, name: string, part: object = {}): ChannelConfig => ({
  type: 'webhook',
  name,
  url: server.url,
  minSeverity: 'info',
  ...part,
});

function build(channels: ChannelConfig[], part: Partial<NotifierOptions> & { storage?: MemoryStorage } = {}) {
  const log = createCaptureLog();
  const { storage = createMemoryStorage() } = part;
  const controller = new AbortController();
  stops.push(() => controller.abort());
  const options = { channels, clock: systemClock, log, signal: controller.signal, ...part, storage };
  return { notifier: createNotifier(options), log, storage, abort: () => controller.abort() };
}

const alarm = { key: 'alarm-1', severity: 'alarm' as const, title: 'Alarm', text: 'Hall' };

test('a channel that hangs or refuses never delays another, and what went where is in the delivery log', async () => {
  const [hanging, refusing, good] = [
    await open({ status: 200, hang: true }),
    await open({ status: 401, body: 'who are you' }),
    await open(),
  ];
  const { notifier, log } = build([webhook(hanging, 'hanging'), webhook(refusing, 'refusing'), webhook(good, 'good')]);
  notifier.notify(alarm);
  await until(() => good.received.length === 1 && log.lines.length === 1);
  expect(log.lines).toEqual(['warn: A message could not be delivered: webhook "refusing" answered 401: who are you']);
  let deliveries = await notifier.deliveries();
  await until(() => {
    void notifier.deliveries().then((found) => (deliveries = found));
    return deliveries.length === 2;
  });
  expect(Object.fromEntries(deliveries.map(({ channel, ok }) => [channel, ok]))).toEqual({
    'webhook "good"': true,
    'webhook "refusing"': false,
  });
});

test('tries again while the other side is down, and waits as long as it asks', async () => {
  const server = await open();
  server.answers = [{ status: 503 }, { status: 429, headers: { 'retry-after': '60' } }, { status: 200 }];
  const clock = createFakeClock();
  const { notifier } = build([webhook(server, 'w')], { clock });
  notifier.notify(alarm);
  await until(() => server.received.length === 1);
  await until(() => clock.pending > 0);
  await clock.advance(2_000);
  await until(() => server.received.length === 2 && clock.pending > 0);
  await clock.advance(59_000);
  expect(server.received).toHaveLength(2);
  await clock.advance(1_000);
  await until(() => server.received.length === 3);
});

test('an alarm that was not delivered before a restart is delivered after it', async () => {
  const server = await open({ status: 503 });
  const first = build([webhook(server, 'w')]);
  first.notifier.notify(alarm);
  await until(() => server.received.length === 1);
  first.abort();
  await first.notifier.stop();
  server.answers = [{ status: 200 }];
  build([webhook(server, 'w')], { storage: first.storage });
  await until(() => server.received.length === 2);
  expect(JSON.parse(server.received[1]!.body.toString())).toMatchObject({ id: 'alarm-1', title: 'Alarm' });
  await until(() => first.storage.files.get('pending-alarms') === '{}');
});

test('an alarm of the first moment after a restart does not cost the one left from before', async () => {
  const server = await open({ status: 503 });
  const first = build([webhook(server, 'w')]);
  first.notifier.notify(alarm);
  await until(() => server.received.length === 1);
  first.abort();
  await first.notifier.stop();
  server.answers = [{ status: 200 }];
  const second = build([webhook(server, 'w')], { storage: first.storage });
  second.notifier.notify({ ...alarm, key: 'alarm-2' });
  await until(() => server.received.length === 3);
  const ids = server.received.slice(1).map(({ body }) => (JSON.parse(body.toString()) as { id: string }).id);
  expect(ids.toSorted()).toEqual(['alarm-1', 'alarm-2']);
});

test('of two channels of one kind, only the one that still owes the alarm sends it after a restart', async () => {
  const [good, down] = [await open(), await open({ status: 503 })];
  const channels = [good, down].map(({ url }) => ({ type: 'webhook' as const, url, minSeverity: 'info' as const }));
  const first = build(channels);
  first.notifier.notify(alarm);
  await until(() => good.received.length === 1 && down.received.length === 1);
  await until(() => Object.keys(JSON.parse(first.storage.files.get('pending-alarms') ?? '{}')).length === 1);
  first.abort();
  await first.notifier.stop();
  down.answers = [{ status: 200 }];
  build(channels, { storage: first.storage });
  await until(() => down.received.length === 2);
  await until(() => first.storage.files.get('pending-alarms') === '{}');
  expect(good.received).toHaveLength(1);
});

test('a receiver that has the alarm does not get it again after a restart; who refused is asked no more', async () => {
  const server = await open();
  const say = (status: number) => ({
    status,
    body: JSON.stringify({ ok: status === 200, error_code: status, description: 'no', result: {} }),
  });
  server.answers = [say(200), say(403), say(503)];
  const telegram: ChannelConfig = {
    type: 'telegram',
    minSeverity: 'info',
    token: '1:x',
    chatIds: ['a', 'b', 'c'],
    apiUrl: server.url,
  };
  const first = build([telegram]);
  first.notifier.notify(alarm);
  await until(
    () => (first.storage.files.get('pending-alarms') ?? '').includes('"a","b"') && server.received.length === 3,
  );
  first.abort();
  await first.notifier.stop();
  server.answers = [say(200)];
  const second = build([telegram], { storage: first.storage });
  await until(() => first.storage.files.get('pending-alarms') === '{}');
  const chats = server.received.map(({ body }) => (JSON.parse(body.toString()) as { chat_id: string }).chat_id);
  expect(chats).toEqual(['a', 'b', 'c', 'c']);
  expect(second.log.lines.join()).toMatch(/answered 403/);
});

test('what was said before a restart is not said again after it', async () => {
  const server = await open();
  const low = { key: 'battery', severity: 'warning' as const, title: 'Battery low', text: '' };
  const first = build([webhook(server, 'w')]);
  first.notifier.notify(low);
  await until(() => first.storage.files.get('deliveries')?.includes('"ok":true') === true);
  first.abort();
  await first.notifier.stop();
  const second = build([webhook(server, 'w')], { storage: first.storage });
  second.notifier.notify(low);
  second.notifier.notify({ ...low, key: 'other' });
  await until(() => server.received.length === 2);
  expect(JSON.parse(server.received[1]!.body.toString())).toMatchObject({ id: 'other' });
});

test('what waits for the morning outlives a restart in the night', async () => {
  const server = await open();
  // The fake clock begins at midnight UTC.
  const clock = createFakeClock();
  const part = { clock, quietHours: { from: '22:00', to: '07:00' }, timeZone: 'UTC' };
  const first = build([webhook(server, 'w')], part);
  for (const key of ['one', 'two']) first.notifier.notify({ key, severity: 'warning', title: key, text: '' });
  await until(() => (first.storage.files.get('gates') ?? '').includes('two'));
  first.abort();
  await first.notifier.stop();
  build([webhook(server, 'w')], { ...part, storage: first.storage });
  await until(() => clock.pending > 0);
  await clock.advance(7 * 3_600_000 - 60_000);
  expect(server.received).toEqual([]);
  await clock.advance(60_000);
  await until(() => server.received.length === 1);
  expect(JSON.parse(server.received[0]!.body.toString())).toMatchObject({ title: '2 messages', text: 'one: \ntwo: ' });
});

test('a warning that was under way when it stopped goes out after the next start', async () => {
  const server = await open({ status: 503 });
  const first = build([webhook(server, 'w')]);
  for (const key of ['one', 'two']) first.notifier.notify({ key, severity: 'warning', title: key, text: '' });
  await until(() => server.received.length === 1);
  first.abort();
  await first.notifier.stop();
  server.answers = [{ status: 200 }];
  build([webhook(server, 'w')], { storage: first.storage });
  await until(() => server.received.length === 2);
  expect(JSON.parse(server.received[1]!.body.toString())).toMatchObject({ title: '2 messages' });
});

test('a torn line of the delivery log is passed over', async () => {
  const server = await open();
  const { notifier, storage } = build([webhook(server, 'w')]);
  await storage.journal('deliveries').append('{"at": 17, "chan');
  notifier.notify(alarm);
  let deliveries = await notifier.deliveries();
  await until(() => {
    void notifier.deliveries().then((found) => (deliveries = found));
    return deliveries.length === 1;
  });
  expect(deliveries[0]).toMatchObject({ key: 'alarm-1', ok: true });
});

test('a channel hears only what is important enough for it', async () => {
  const [everything, alarmsOnly] = [await open(), await open()];
  const { notifier } = build([webhook(everything, 'a'), webhook(alarmsOnly, 'b', { minSeverity: 'alarm' })]);
  notifier.notify({ key: 'low', severity: 'info', title: 'Battery low', text: '' });
  notifier.notify(alarm);
  await until(() => everything.received.length === 2);
  expect(alarmsOnly.received).toHaveLength(1);
});

test('a flood of a thousand warnings becomes a few messages', async () => {
  const server = await open();
  const clock = createFakeClock();
  const { notifier } = build([webhook(server, 'w')], { clock });
  for (let count = 0; count < 1_000; count += 1)
    notifier.notify({ key: `w${count}`, severity: 'warning', title: `W${count}`, text: '' });
  await until(() => server.received.length === 5);
  await clock.advance(31_000);
  await until(() => server.received.length === 6);
  expect(JSON.parse(server.received[5]!.body.toString())).toMatchObject({ title: '995 messages' });
});

test('with no channel nothing happens, and nothing is written', async () => {
  const { notifier, storage, log } = build([]);
  notifier.notify(alarm);
  await notifier.stop();
  expect([storage.files.size, log.lines.length]).toEqual([0, 0]);
});
