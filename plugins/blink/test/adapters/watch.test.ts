import { afterEach, expect, jest, test } from '@jest/globals';
import { buildContext } from '@porchlight/core/testing';
import { PersonalSignIn } from '../../src/adapters/account/personal.ts';
import { configFor, createService, openHome, owner, startAccount, startService } from '../support/account.ts';

// Simulated hours take seconds, and more on a machine with other work.
jest.setTimeout(60_000);

const open: (() => Promise<void>)[] = [];
afterEach(async () => {
  for (const close of open.splice(0).toReversed()) await close();
});

const play = openHome(open);
const minuteMs = 60_000;

test('Retry-After is obeyed to the second, and a wish does not shorten it', async () => {
  const { blink, service, pass, context } = await play({ localStorage: 'off' });
  blink.troubles.tooManyRequests({ on: 'media/changed', times: 1, retryAfterSeconds: 300 });
  await pass(20_000);
  const since = context.clock.now();
  await pass(260_000);
  const order = service.devices.command({ device: 'yard', capability: 'switch' }, { on: false }, 'bus');
  await pass(15_000);
  await order;
  expect(blink.log.count('media/changed', since)).toBe(0);
  expect(blink.log.count('homescreen', since)).toBe(0);
  expect(service.devices.problem).toBe('Blink asks to be called less often.');
  await pass(2 * minuteMs);
  expect(blink.log.count('media/changed', since)).toBeGreaterThan(0);
  expect(service.devices.problem).toBeUndefined();
});

test.each([
  ['forbidden', 8],
  ['tooManyRequests', 10],
  ['serverError', 60],
  ['notAcceptable', 5],
  ['updateRequired', 5],
] as const)(
  'an hour of %s: at most %i requests, one line, and it recovers',
  async (trouble, most) => {
    const { blink, events, pass, context, service } = await play({ localStorage: 'off', snapshots: false });
    blink.troubles[trouble](trouble === 'serverError' ? undefined : ({ on: '/api' } as never));
    const since = context.clock.now();
    await pass(60 * minuteMs, 5000);
    expect(blink.log.count('/api', since)).toBeLessThanOrEqual(most);
    expect(service.devices.problem).toBeDefined();
    expect(context.log.lines.filter((line) => line.startsWith('warn'))).toHaveLength(1);
    blink.troubles.clear();
    const row = blink.scenario.trigger(4001);
    await pass(70 * minuteMs, 5000);
    expect(events.map(({ id }) => id)).toEqual([`blink-${row?.id}`]);
    expect(service.devices.problem).toBeUndefined();
  },
  20_000,
);

test('a call that is withdrawn silences itself only', async () => {
  const { blink, service, pass, events } = await play({ localStorage: 'off' });
  blink.troubles.updateRequired({ on: 'homescreen' });
  await pass(3 * minuteMs);
  expect(service.devices.problem).toMatch(/newer client/);
  blink.scenario.trigger(4001);
  await pass(minuteMs);
  expect(events).toHaveLength(1);
});

test('a budget that is spent makes it slow, never silent, and orders still go', async () => {
  const { blink, service, pass, events } = await play({ localStorage: 'off', polling: { requestsPerHour: 60 } });
  blink.scenario.trigger(4001);
  await pass(60 * minuteMs, 5000);
  const order = service.devices.command({ device: 'yard', capability: 'switch' }, { on: false }, 'bus');
  blink.scenario.trigger(4002);
  await pass(20 * minuteMs, 2000);
  await order;
  expect(events).toHaveLength(2);
  expect(blink.scenario.camera(4001).enabled).toBe(false);
  expect(blink.log.busiestHour()).toBeLessThanOrEqual(60);
  expect(blink.log.busiestHour()).toBeGreaterThan(30);
});

test('on a busy day it is quick, keeps to the budget, and there are pictures', async () => {
  const { blink, events, pass, context } = await play({ localStorage: 'off' });
  const delays: number[] = [];
  for (let minute = 0; minute < 120; minute += 1) {
    const row = minute % 3 === 0 ? blink.scenario.trigger(4001) : undefined;
    await pass(minuteMs, 1000);
    const told = events.find(({ id }) => id === `blink-${row?.id}`);
    if (row && told) delays.push(told.observedAt - row.uploadedAt);
  }
  expect(delays).toHaveLength(40);
  const median = delays.toSorted((a, b) => a - b)[20] ?? Infinity;
  expect(median).toBeLessThanOrEqual(8000);
  expect(blink.log.busiestHour()).toBeLessThanOrEqual(900);
  expect(events.filter(({ media }) => media !== undefined)).toHaveLength(40);
  expect(blink.log.count('.jpg', context.clock.now() - 60 * minuteMs)).toBeGreaterThan(10);
});

test('a process that dies again and again keeps to the budget as well', async () => {
  const first = await play({ localStorage: 'off', polling: { requestsPerHour: 120 } });
  const { blink, context } = first;
  let { abort } = context;
  for (let death = 0; death < 15; death += 1) {
    abort();
    const next = buildContext({ clock: context.clock, storage: context.storage });
    const running = createService(blink, { localStorage: 'off', polling: { requestsPerHour: 120 } }, next);
    void running.service.start();
    await running.pass(death < 5 ? 20_000 : 300_000, 5000);
    abort = next.abort;
    open.push(() => running.service.stop());
  }
  abort();
  expect(blink.log.busiestHour()).toBeLessThanOrEqual(120);
  expect(blink.log.busiestHour()).toBeGreaterThan(20);
});

test('a person who signs in beside the service does not go beyond the budget either', async () => {
  const polling = { requestsPerHour: 60 };
  const { blink, pass, context } = await play({ localStorage: 'off', polling });
  for (let turn = 0; turn < 3; turn += 1) {
    // A sign-in has to be a minute after the one before.
    await pass(minuteMs + 1000, 5000);
    const signedIn = new PersonalSignIn(configFor(blink, { polling }), context).begin(owner);
    await pass(20 * minuteMs, 5000);
    expect(await signedIn).toEqual({ type: 'done' });
  }
  expect(blink.log.busiestHour()).toBeLessThanOrEqual(60);
  expect(blink.log.busiestHour()).toBeGreaterThan(45);
});

test('a clock that is wrong is named once, and loses nothing', async () => {
  const { blink, pass, context, events } = await play({ localStorage: 'off' });
  await pass(minuteMs);
  context.clock.jump(3 * 60 * minuteMs);
  blink.clock.skewMs = -3 * 60 * minuteMs;
  await pass(2 * minuteMs);
  const row = blink.scenario.trigger(4001);
  await pass(minuteMs);
  expect(events.map(({ id }) => id)).toEqual([`blink-${row?.id}`]);
  expect(context.log.lines.filter((line) => line.includes('clock'))).toEqual([
    expect.stringMatching(/The clock of this machine is 3 h ahead of Blink's/),
  ]);
  blink.clock.skewMs = 0;
  await pass(2 * minuteMs);
  expect(context.log.lines.at(-1)).toMatch(/The clocks agree again/);
});

test('no token, password, PIN or address with a query in log, devices or events, whatever goes wrong', async () => {
  const { blink, service, pass, context, events } = await play({ localStorage: 'off', api: { timeoutSeconds: 0.3 } });
  const said: string[] = [];
  service.devices.subscribe((change) => void said.push(JSON.stringify(change)));
  const secrets = new Set<string>(['correct horse', blink.account.pin]);
  const note = () => {
    const stored = context.storage.files.get('session') ?? '{}';
    for (const [, secret] of stored.matchAll(/"(?:access|refresh)":"([^"]+)"/g)) if (secret) secrets.add(secret);
  };
  const troubles = ['forbidden', 'serverError', 'html', 'brokenJson', 'reset', 'loseAnswer', 'hang'] as const;
  for (const trouble of troubles) {
    blink.troubles[trouble]();
    blink.oauth.expireAccess();
    await pass(3 * minuteMs, 10_000);
    note();
    blink.troubles.clear();
    blink.scenario.trigger(4001);
    await pass(12 * minuteMs, 10_000);
    note();
  }
  expect(secrets.size).toBeGreaterThan(4);
  const all = [...context.log.lines, ...said, JSON.stringify(events), service.devices.problem].join('\n');
  for (const secret of secrets) expect(all).not.toContain(secret);
  expect(all).not.toMatch(/since=|Bearer/);
});

test('a clock that is ahead at the very first start loses nothing', async () => {
  const context = buildContext();
  const blink = await startAccount(context, { now: () => context.clock.now() - 3 * 60 * minuteMs });
  open.push(() => blink.close());
  // The first write to the disk comes before anything is known of Blink's clock.
  blink.troubles.reset({ times: 1 });
  const { events, pass, service } = await startService(blink, { localStorage: 'off' }, context);
  open.push(() => service.stop());
  await pass(2 * minuteMs);
  const row = blink.scenario.trigger(4001);
  await pass(minuteMs);
  expect(events.map(({ id }) => id)).toEqual([`blink-${row?.id}`]);
});

test('a system of which it cannot be read whether it is armed stays as it was', async () => {
  const { blink, service, pass } = await play({ localStorage: 'off' });
  blink.troubles.wrongType('armed', 'yes', { on: 'homescreen' });
  await pass(5 * minuteMs);
  expect(service.devices.state('home-system', 'switch')).toEqual({ on: true });
});
