import { expect, test } from '@jest/globals';
import type { DeviceEvent } from '@porchlight/core';
import { buildEvent, createCaptureLog, createMemoryStorage } from '@porchlight/core/testing';
import { Outbox } from '../src/outbox.ts';

function setUp(storage = createMemoryStorage(), maxEvents = 5) {
  const sent: string[] = [];
  const link = { up: true };
  const log = createCaptureLog();
  const outbox = new Outbox({
    journal: storage.journal('outbox'),
    maxEvents,
    log,
    async send(event: DeviceEvent) {
      if (!link.up) throw new Error('offline');
      sent.push(event.id);
    },
  });
  return { outbox, sent, link, log, storage };
}

const settle = (): Promise<void> => new Promise((resolve) => setImmediate(resolve));
const event = (id: string): DeviceEvent => buildEvent({ id });

test('sends at once, and keeps nothing that was acknowledged', async () => {
  const { outbox, sent } = setUp();
  outbox.add(event('a'));
  await settle();
  expect(sent).toEqual(['a']);
  expect(outbox.size).toBe(0);
});

test('an event that was not acknowledged is sent on the next connect, once', async () => {
  const { outbox, sent, link } = setUp();
  link.up = false;
  outbox.add(event('a'));
  await settle();
  link.up = true;
  outbox.flush();
  outbox.flush();
  await settle();
  expect(sent).toEqual(['a']);
});

test('what an earlier run left goes out although the connection was there before the disk had answered', async () => {
  const first = setUp();
  first.link.up = false;
  first.outbox.add(event('a'));
  await settle();
  const second = setUp(first.storage);
  const loaded = second.outbox.load();
  second.outbox.flush();
  await loaded;
  await settle();
  expect(second.sent).toEqual(['a']);
});

test('a restart finds what was not acknowledged, in order, before what is new', async () => {
  const first = setUp();
  first.link.up = false;
  first.outbox.add(event('a'));
  first.outbox.add(event('b'));
  await settle();
  const second = setUp(first.storage);
  await second.outbox.load();
  second.outbox.flush();
  await settle();
  expect(second.sent).toEqual(['a', 'b']);
  const third = setUp(first.storage);
  await third.outbox.load();
  expect(third.outbox.size).toBe(0);
});

test('a half-written last line, as a power cut leaves it, loses only itself', async () => {
  const { outbox, link, storage } = setUp();
  link.up = false;
  outbox.add(event('a'));
  await settle();
  storage.files.set('outbox', `${storage.files.get('outbox')}{"event":{"id":"b","ty`);
  const again = setUp(storage);
  await again.outbox.load();
  await settle();
  expect(again.sent).toEqual(['a']);
});

test('a full queue drops the oldest, counts it and says so once', async () => {
  const { outbox, link, log } = setUp();
  link.up = false;
  for (const id of 'abcdefgh') outbox.add(event(id));
  await settle();
  expect(outbox.size).toBe(5);
  expect(outbox.dropped).toBe(3);
  expect(log.lines).toHaveLength(1);
});

test('the file stays small however many events pass', async () => {
  const { outbox, storage } = setUp();
  for (let number = 0; number < 2_000; number++) {
    outbox.add(event(`event-${number}`));
    await settle();
  }
  expect(storage.files.get('outbox')?.split('\n').length).toBeLessThan(250);
});

test('an event that nobody could read is said and dropped, and the others go', async () => {
  const { outbox, sent, log } = setUp();
  outbox.add(buildEvent({ id: 'x'.repeat(201) }));
  outbox.add(buildEvent({ id: 'nowhen', occurredAt: Number.NaN }));
  outbox.add(buildEvent({ id: 'far', occurredAt: 1e300 }));
  outbox.add(event('good'));
  await settle();
  expect(sent).toEqual(['good']);
  expect(outbox.size).toBe(0);
  expect(log.lines).toHaveLength(3);
});
