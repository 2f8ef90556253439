import { afterEach, expect, test } from '@jest/globals';
import { buildContext, freePort, until } from '@porchlight/core/testing';
import { closeAll, play, streaming } from './support/play.ts';

afterEach(closeAll);

const twoHoursMs = 7_200_000;

test('a motion is shown at once when the clock of this machine has just been set right', async () => {
  const context = buildContext();
  const startedAt = context.clock.now() + twoHoursMs;
  const options = { now: () => startedAt + context.clock.monotonic() };
  const running = await play({ snapshots: false }, options, context);
  await streaming(running);
  await until(() => running.asked('getPolicyAlerts') === 2);
  context.clock.jump(twoHoursMs);
  await running.cloud.scenario.raiseAlert();
  await until(() => running.events.length === 1);
  expect(running.service.devices.state('front-door', 'motion')?.detected).toBe(true);
});

test('a motion ends in time although the clock of this machine is set back meanwhile', async () => {
  const running = await play({ snapshots: false });
  await streaming(running);
  await running.cloud.scenario.raiseAlert({ durationSec: 0 });
  await until(() => running.events.length === 1);
  running.context.clock.jump(-twoHoursMs);
  await running.cloud.scenario.raiseAlert({ durationSec: 0 });
  await until(() => running.events.length === 2);
  await running.context.clock.advance(10_000);
  expect(running.service.devices.state('front-door', 'motion')).toEqual({ detected: false });
});

test.each(['organisation', 'rule'] as const)(
  'a %s webhook is dated by Rhombus, however wrong the clock of this machine is',
  async (kind) => {
    const port = await freePort();
    const context = buildContext();
    const options = { now: () => context.clock.now() + twoHoursMs };
    const webhook = { enabled: true, secret: 'hook', port };
    const running = await play({ changeStream: false, snapshots: false, pollSeconds: 3600, webhook }, options, context);
    running.cloud.webhooks.register({ url: `http://127.0.0.1:${port}/`, kind, secret: 'hook' });
    const alert = await running.cloud.scenario.raiseAlert();
    await until(() => running.events.length === 1);
    expect(running.events[0]).toMatchObject({ occurredAt: alert.timestampMs, source: 'webhook' });
    expect(running.service.devices.state('front-door', 'motion')?.detected).toBe(true);
    expect(running.asked('getPolicyAlertDetails')).toBe(0);
  },
);
