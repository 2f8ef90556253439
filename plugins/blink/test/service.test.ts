import { afterEach, expect, jest, test } from '@jest/globals';
import { buildContext, until, type FakeContext } from '@porchlight/core/testing';
import type { Blink } from '@porchlight/simulators';
import { configFor, openHome, startAccount, startService, type Running } from './support/account.ts';
import { existsSync, readFileSync } from 'node:fs';
import { service as definition } from '../src/service.ts';

// Simulated hours take seconds, and more on a machine with other work.
jest.setTimeout(60_000);

const open: (() => Promise<void>)[] = [];
afterEach(async () => {
  for (const close of open.splice(0).toReversed()) await close();
});

const play = openHome(open);

/** The service again, with what an earlier one left on the disk. */
async function again(blink: Blink, { clock, storage }: FakeContext, raw: object = {}): Promise<Running> {
  const running = await startService(blink, raw, buildContext({ clock, storage }));
  open.push(() => running.service.stop());
  return running;
}

test('does nothing without an account and says what is missing', async () => {
  const context = buildContext();
  const service = definition.create(definition.configSchema.parse({}), context);
  await service.start();
  expect(service.devices.problem).toBe('There is no Blink account yet: enter e-mail and password in the settings.');
  await service.stop();
  expect(context.clock.pending).toBe(0);
});

test('shows cameras and systems with battery, temperature and switches', async () => {
  const { service } = await play();
  const list = service.devices.list();
  expect(list.map(({ id }) => id).toSorted()).toEqual([
    'account',
    'cabin-system',
    'front-door',
    'garage',
    'hall',
    'home-system',
    'shed',
    'yard',
  ]);
  expect(list.find(({ id }) => id === 'yard')).toMatchObject({
    name: 'Yard',
    manufacturer: 'Blink',
    model: 'Indoor/Outdoor (3rd generation)',
    room: 'Home',
    capabilities: { motion: {}, switch: {}, battery: {}, temperature: {}, camera: {}, health: {} },
  });
  expect(list.find(({ id }) => id === 'front-door')?.capabilities.doorbell).toEqual({});
  expect(list.find(({ id }) => id === 'hall')?.capabilities.battery).toBeUndefined();
  expect(service.devices.state('yard', 'temperature')).toEqual({ celsius: 20 });
  expect(service.devices.state('yard', 'battery')).toEqual({ low: false });
  expect(service.devices.state('home-system', 'switch')).toEqual({ on: true });
  expect(service.devices.problem).toBeUndefined();
});

test('a motion is an event and a motion that ends', async () => {
  const { blink, service, events, pass } = await play();
  const row = blink.scenario.trigger(4001, 'cv_motion', { labels: ['person'] });
  await pass(20_000);
  expect(events).toMatchObject([
    { id: `blink-${row?.id}`, type: 'motion', device: 'yard', label: 'person', occurredAt: row?.createdAt },
  ]);
  expect(service.devices.state('yard', 'motion')).toMatchObject({ detected: true, label: 'person' });
  await pass(31_000);
  expect(service.devices.state('yard', 'motion')).toEqual({ detected: false });
  expect(events).toHaveLength(1);
});

test('a live view, a photo, a deleted and an old recording are no motion; a press is a press', async () => {
  const { blink, service, events, pass } = await play();
  blink.account.networks[0]!.saveLiveViews = true;
  blink.scenario.openLiveView(4001, 5);
  blink.scenario.trigger(4002, 'snapshot');
  blink.scenario.remove(blink.scenario.trigger(5001)!);
  const press = blink.scenario.press(6001);
  await pass(40_000);
  expect(events).toMatchObject([{ type: 'doorbell', device: 'front-door', id: `blink-${press?.id}` }]);
  expect(service.devices.state('front-door', 'doorbell')).toEqual({ lastPress: press?.createdAt });
  expect(service.devices.state('front-door', 'motion')).toEqual({ detected: false });
  blink.scenario.watch(press!);
  await pass(40_000);
  expect(events).toHaveLength(1);
});

test('cameras may be called anything', async () => {
  const { service } = await play({}, (cloud) => {
    const names = ['Status', 'account', '…!?', ' ', 'x'.repeat(200), 'Yard'];
    for (const name of names) cloud.scenario.addCamera({ name, networkId: 2001 });
  });
  const cameras = service.devices.list().filter(({ capabilities }) => capabilities.motion);
  expect(cameras).toHaveLength(11);
  expect(cameras.map(({ id }) => id)).toEqual(expect.arrayContaining(['status-camera', 'account-2', 'yard-2']));
});

test('a doorbell rings although its system is disarmed', async () => {
  const { blink, events, pass } = await play({}, (cloud) => {
    for (const network of cloud.account.networks) network.armed = false;
  });
  blink.scenario.press(6001);
  await pass(90_000);
  expect(events).toHaveLength(1);
});

test('cameras are chosen, hidden and renamed; new ones come and old ones go without a restart', async () => {
  const cameras = [
    { camera: 'garage', hide: true },
    { camera: '4001', name: 'Garden' },
  ];
  const { blink, service, events, pass } = await play({ cameras });
  const names = () => service.devices.list().map(({ name }) => name);
  expect(names()).toContain('Garden');
  expect(names()).not.toContain('Garage');
  blink.scenario.trigger(4002);
  blink.scenario.addCamera({ name: 'Attic', kind: 'owl', type: 'hawk', networkId: 2001 });
  blink.scenario.removeCamera(4003);
  await pass(200_000);
  expect(names()).toContain('Attic');
  expect(names()).not.toContain('Shed');
  expect(events).toEqual([]);
});

test('what the phone app does is seen', async () => {
  const { blink, service, pass } = await play();
  blink.scenario.arm(2001, false);
  blink.scenario.camera(4001).battery = 'low';
  blink.scenario.camera(4001).fahrenheit = 14;
  blink.scenario.camera(4002).online = false;
  await pass(70_000);
  expect(service.devices.state('home-system', 'switch')).toEqual({ on: false });
  expect(service.devices.state('yard', 'battery')).toEqual({ low: true });
  expect(service.devices.state('yard', 'temperature')).toEqual({ celsius: -10 });
  expect(service.devices.state('garage', 'health')).toMatchObject({ ok: false, reachable: false });
  blink.scenario.network(2001).syncOnline = false;
  await pass(70_000);
  expect(service.devices.state('yard', 'health')).toMatchObject({
    reachable: false,
    problem: expect.stringMatching(/sync module/),
  });
  expect(service.devices.state('home-system', 'health')).toMatchObject({ ok: false });
});

test('the picture of a motion is a file that its event names', async () => {
  const { blink, events, pass } = await play();
  blink.scenario.trigger(4001);
  await pass(20_000);
  const [media] = events[0]?.media ?? [];
  expect(media?.kind).toBe('image');
  await until(() => existsSync(media?.path ?? ''));
  expect(
    readFileSync(media?.path ?? '')
      .subarray(0, 2)
      .toString('hex'),
  ).toBe('ffd8');
});

test('every camera shows its newest picture: at first that of the account, then that of its motion', async () => {
  const { blink, service, pass } = await play();
  await pass(130_000);
  const pictureOf = (device: string) => service.devices.state(device, 'camera')?.picture ?? '';
  for (const device of ['yard', 'garage', 'hall', 'front-door', 'shed']) {
    expect(readFileSync(pictureOf(device)).subarray(0, 2).toString('hex')).toBe('ffd8');
  }
  const [place, before] = [pictureOf('yard'), readFileSync(pictureOf('yard'))];
  blink.scenario.trigger(4001);
  await pass(20_000);
  await until(() => !readFileSync(place).equals(before));
  expect(pictureOf('yard')).toBe(place);
});

test('a picture that is not there is asked for once, and not at all where the owner wants none', async () => {
  const { blink, pass } = await play({}, (cloud) =>
    cloud.faults.add({ match: /\.jpg/, trouble: { type: 'status', status: 404 } }),
  );
  await pass(600_000, 5000);
  expect(blink.log.count('thumbnail.jpg')).toBe(blink.account.cameras.length);
  const other = await play({ snapshots: false });
  await other.pass(130_000);
  expect(other.blink.log.count('.jpg')).toBe(0);
});

test('a restart tells of nothing twice and of what was missed, also after kill -9', async () => {
  const first = await play();
  first.blink.scenario.trigger(4001);
  await first.pass(20_000);
  expect(first.events).toHaveLength(1);
  // Killed: nothing of it is told to stop, and it must not go on either.
  first.context.abort();
  await first.context.clock.advance(0);
  const missed = first.blink.scenario.trigger(4002);
  await first.context.clock.advance(600_000);
  const second = await again(first.blink, first.context);
  await second.pass(60_000);
  expect(second.events.map(({ id }) => id)).toEqual([`blink-${missed?.id}`]);
  expect(second.service.devices.state('garage', 'motion')).toEqual({ detected: false });
  expect(first.blink.log.count('POST /oauth/v2/signin')).toBe(1);
});

test('an outage is said once, its events are told afterwards, each once', async () => {
  const { blink, service, events, pass, context } = await play();
  blink.troubles.serverError(503);
  const rows = [blink.scenario.trigger(4001), blink.scenario.trigger(4002)];
  await pass(1_200_000, 5000);
  expect(events).toEqual([]);
  expect(service.devices.problem).toMatch(/503/);
  expect(service.devices.list().length).toBeGreaterThan(5);
  expect(context.log.lines.filter((line) => line.startsWith('warn'))).toHaveLength(1);
  blink.troubles.clear();
  await pass(400_000, 5000);
  expect(events.map(({ id }) => id).toSorted()).toEqual(rows.map((row) => `blink-${row?.id}`).toSorted());
  expect(service.devices.problem).toBeUndefined();
});

test('an hour without events leaves no line in the log and keeps to the budget', async () => {
  const { blink, pass, context, events } = await play({ localStorage: 'off' });
  await pass(3_600_000, 2500);
  expect(context.log.lines).toEqual(['info: Signed in to Blink.']);
  expect(events).toEqual([]);
  expect(blink.log.busiestHour()).toBeLessThanOrEqual(600);
  expect(blink.log.busiestHour()).toBeGreaterThan(300);
});

test('stops in the middle of a question and of an order, and leaves nothing waiting', async () => {
  const context = buildContext();
  const blink = await startAccount(context);
  open.push(() => blink.close());
  const { service, pass } = await startService(blink, {}, context);
  const order = service.devices
    .command({ device: 'home-system', capability: 'switch' }, { on: false }, 'bus')
    .catch((error: Error) => error.message);
  await pass(1000);
  blink.troubles.hang();
  void context.clock.advance(15_000);
  await service.stop();
  await service.stop();
  await order;
  expect(context.clock.pending).toBe(0);
});

test('a cloud that never answers holds up neither start nor stop', async () => {
  const context = buildContext();
  const blink = await startAccount(context);
  open.push(() => blink.close());
  blink.troubles.hang();
  const service = definition.create(configFor(blink, { api: { timeoutSeconds: 60 } }), context);
  const started = service.start();
  await until(() => blink.http.requests.length > 0);
  await context.clock.advance(3000);
  await started;
  const before = performance.now();
  await service.stop();
  expect(performance.now() - before).toBeLessThan(2000);
  expect(context.clock.pending).toBe(0);
});

test('recordings that come before the cameras are known are not lost', async () => {
  const running = await play({ localStorage: 'off' }, (cloud) => {
    cloud.scenario.trigger(4001);
    cloud.troubles.serverError(500, { on: 'homescreen' });
  });
  await running.pass(1_200_000, 5000);
  expect(running.events).toEqual([]);
  running.blink.troubles.clear();
  await running.pass(700_000, 5000);
  expect(running.events).toHaveLength(1);
});
