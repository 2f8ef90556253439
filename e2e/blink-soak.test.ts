import { afterEach, expect, test } from '@jest/globals';
import { buildContext, type FakeContext } from '@porchlight/core/testing';
import type { Blink, MediaRow } from '@porchlight/simulators';
import { startAccount, startService, type Running } from '../plugins/blink/test/support/account.ts';
import { createRandom } from './support/random.ts';

const open: (() => Promise<void>)[] = [];
afterEach(async () => {
  for (const close of open.splice(0).toReversed()) await close();
});

const minuteMs = 60_000;
const perHour = 600;

/** Something goes wrong for up to ten minutes. */
function spoil(blink: Blink, random: () => number): void {
  const where = { forMs: (1 + Math.floor(random() * 10)) * minuteMs };
  const once = { times: 3, ...where };
  const ways: (() => void)[] = [
    () => blink.troubles.serverError(503, where),
    () => blink.troubles.serverError(500, { on: 'media/changed', ...where }),
    () => blink.troubles.tooManyRequests({ retryAfterSeconds: 90, ...where }),
    () => blink.troubles.tooManyRequests(once),
    () => blink.troubles.forbidden(once),
    () => blink.troubles.reset(where),
    () => blink.troubles.brokenJson(where),
    () => blink.troubles.html(where),
    () => blink.troubles.truncate(30, where),
    () => blink.troubles.unauthorized({ on: '/api', times: 2 }),
    () => blink.troubles.loseAnswer({ on: 'POST /oauth/token', times: 1 }),
    () => blink.troubles.wrongType('media', null, where),
    () => blink.troubles.missing('created_at', where),
    () => blink.oauth.expireAccess(),
    () => (blink.quirks.doubleRows = !blink.quirks.doubleRows),
    () => (blink.clock.skewMs = Math.round((random() - 0.5) * 4 * 3_600_000)),
    () => (blink.clock.skewMs = 0),
  ];
  ways[Math.floor(random() * ways.length)]?.();
}

/** Somebody walks by, looks live, watches or deletes an old film. */
function live(blink: Blink, random: () => number, moved: MediaRow[]): void {
  const cameras = [4001, 4002, 5001, 6001, 4003];
  const camera = cameras[Math.floor(random() * cameras.length)] ?? 4001;
  const clipSeconds = 5 + Math.floor(random() * 25);
  if (random() < 0.35) {
    const row = blink.scenario.trigger(camera, random() < 0.5 ? 'pir' : 'cv_motion', { clipSeconds });
    if (row) moved.push(row);
  }
  // A stick does not say what made the camera record.
  if (camera !== 4003 && random() < 0.05) blink.scenario.trigger(camera, 'snapshot');
  if (camera !== 4003 && random() < 0.03) blink.scenario.openLiveView(camera, 20);
  const old = moved[Math.floor(random() * moved.length)];
  if (old && random() < 0.2) blink.scenario.watch(old);
  if (old && random() < 0.05 && moved.indexOf(old) < moved.length - 200) blink.scenario.remove(old);
}

test('24 hours of random trouble: no lock, the budget kept, every motion told exactly once', async () => {
  const random = createRandom(20);
  const context = buildContext();
  const blink = await startAccount(context);
  open.push(() => blink.close());
  blink.oauth.settings.refreshGraceMs = 10 * minuteMs;
  for (const { id } of blink.account.networks) blink.scenario.network(id).saveLiveViews = true;
  const raw = { snapshots: false, api: { timeoutSeconds: 5 }, polling: { armedSeconds: 15, requestsPerHour: perHour } };
  const told: string[] = [];
  const moved: MediaRow[] = [];
  const begin = async (from: FakeContext): Promise<Running> => {
    const running = await startService(blink, raw, buildContext({ clock: from.clock, storage: from.storage }));
    running.service.devices.subscribe((change) => void (change.type === 'event' && told.push(change.event.id)));
    told.push(...running.events.map(({ id }) => id));
    return running;
  };
  let running = await begin(context);
  open.push(() => running.service.stop());
  for (let minute = 0; minute < 24 * 60; minute += 1) {
    live(blink, random, moved);
    if (random() < 0.04) spoil(blink, random);
    await running.pass(minuteMs, 15_000);
    if (random() < 0.01) {
      // Half of them without a word, as kill -9 does.
      if (random() < 0.5) running.context.abort();
      await running.service.stop();
      running = await begin(running.context);
    }
  }
  blink.troubles.clear();
  await running.pass(45 * minuteMs, 15_000);
  const wanted = moved.map(({ id, camera }) => (camera.networkId === 2002 ? `blink-usb-2002-${id}` : `blink-${id}`));
  expect(wanted.length).toBeGreaterThan(300);
  expect(told.filter((id) => !wanted.includes(id))).toEqual([]);
  expect(told).toHaveLength(new Set(told).size);
  expect(wanted.filter((id) => !told.includes(id))).toEqual([]);
  expect(blink.log.busiestHour()).toBeLessThanOrEqual(perHour);
  expect(blink.oauth.settings.locked).toBe(false);
  expect(blink.log.count('POST /oauth/v2/signin')).toBeLessThanOrEqual(2);
  expect(running.service.devices.problem).toBeUndefined();
}, 300_000);
