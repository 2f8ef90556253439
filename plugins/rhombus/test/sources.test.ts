import { afterEach, expect, test } from '@jest/globals';
import { buildContext, until } from '@porchlight/core/testing';
import { once } from 'node:events';
import { createServer, type AddressInfo } from 'node:net';
import { startOrganisation, startService } from './support/organisation.ts';
import { closeAll, onClose, play, restart, streaming, type Play } from './support/play.ts';

afterEach(closeAll);

const polling = { changeStream: false, snapshots: false };
const hourMs = 3_600_000;

async function freePort(): Promise<number> {
  const server = createServer().listen(0, '127.0.0.1');
  await once(server, 'listening');
  const { port } = server.address() as AddressInfo;
  server.close();
  await once(server, 'close');
  return port;
}

test('what a stream that died in silence did not tell is asked for when it is opened again', async () => {
  const running = await play({ snapshots: false });
  const { cloud, events, context, waitFor } = running;
  await streaming(running);
  await until(() => running.asked('getPolicyAlerts') === 2);
  cloud.stream.silence();
  const alert = await cloud.scenario.raiseAlert({}, { stream: 'none' });
  await context.clock.advance(24_000);
  expect(events).toEqual([]);
  await waitFor(() => events.length === 1);
  expect(events[0]).toMatchObject({ id: `rhombus-${alert.uuid}`, source: 'poll' });
  await waitFor(() => cloud.stream.subscribers === 1);
  expect(context.log.lines.map(String)).toEqual([expect.stringMatching(/policy of …!\? does not report motion/)]);
});

test('a stream that cannot be opened is spoken of once, alerts are asked for meanwhile', async () => {
  const running = await play({ snapshots: false });
  const { cloud, context, waitFor, events } = running;
  await streaming(running);
  cloud.stream.stayMute();
  cloud.stream.drop();
  const spoken = (): string[] => context.log.lines.map(String).filter((line) => line.includes('change stream'));
  await waitFor(() => spoken().length === 1);
  await cloud.scenario.raiseAlert({}, { stream: 'none' });
  await waitFor(() => events.length === 1);
  for (let turn = 0; turn < 120; turn += 1) await context.clock.advance(1000);
  expect(spoken()).toHaveLength(1);
  cloud.stream.stayMute(false);
  await waitFor(() => spoken().length === 2);
  expect(spoken()[1]).toMatch(/runs again \(after/);
});

test.each(['organisation', 'rule'] as const)(
  'stream and %s webhook together make one event of an alert',
  async (kind) => {
    const port = await freePort();
    const running = await play({ snapshots: false, webhook: { enabled: true, secret: 'hook', port } });
    const { cloud, events, context } = running;
    await streaming(running);
    cloud.webhooks.register({ url: `http://127.0.0.1:${port}/`, kind, secret: 'hook' });
    const ids = [];
    for (let count = 0; count < 5; count += 1) {
      ids.push((await cloud.scenario.raiseAlert({ timestampMs: context.clock.now() - 60_000 + count * 10_000 })).uuid);
    }
    await until(() => cloud.webhooks.deliveries.length === 5);
    await context.clock.advance(61_000);
    await until(() => events.length >= 5);
    expect(events.map(({ id }) => id)).toEqual(ids.map((id) => `rhombus-${id}`));
  },
);

test('a webhook alone is enough, also without a time in it', async () => {
  const port = await freePort();
  const { cloud, events } = await play({
    ...polling,
    pollSeconds: 3600,
    webhook: { enabled: true, secret: 's3cret', port },
  });
  cloud.webhooks.register({ url: `http://127.0.0.1:${port}/`, kind: 'organisation', secret: 's3cret' });
  await cloud.scenario.raiseAlert({ policyAlertTriggers: ['MOTION_HUMAN'] });
  await until(() => events.length === 1);
  expect(events[0]).toMatchObject({ source: 'webhook', label: 'person' });
  await cloud.scenario.raiseAlert({ without: ['timestampMs'] });
  await until(() => events.length === 2);
  expect(events[1]?.occurredAt).toBe(events[1]?.observedAt);
});

test('a webhook port that is taken is a problem of the service until it is free', async () => {
  const other = createServer().listen(0, '127.0.0.1');
  await once(other, 'listening');
  const { port } = other.address() as AddressInfo;
  onClose(() => other.close());
  const { service, waitFor, context } = await play({ ...polling, webhook: { enabled: true, secret: 'hook', port } });
  await until(() => service.devices.problem !== undefined);
  expect(service.devices.problem).toMatch(/another program uses it; choose another port/);
  await context.clock.advance(30_000);
  other.close();
  await waitFor(() => service.devices.problem === undefined);
  const said = context.log.lines.map(String).filter((line) => line.includes('webhook port'));
  expect(said).toHaveLength(2);
});

test('what happened in a pause of five hours is told, each once, the oldest first, and not as motion', async () => {
  const first = await play(polling);
  await first.service.stop();
  const { clock } = first.context;
  const uuids: string[] = [];
  for (let hour = 0; hour < 5; hour += 1) {
    for (let count = 0; count < 120; count += 1) {
      uuids.push((await first.cloud.scenario.raiseAlert({ timestampMs: clock.now() + hour * hourMs + count })).uuid);
    }
  }
  clock.jump(5 * hourMs);
  const second = await restart(first, polling);
  expect(new Set(second.events.map(({ id }) => id))).toEqual(new Set(uuids.map((id) => `rhombus-${id}`)));
  expect(second.events).toHaveLength(uuids.length);
  expect(second.events.map(({ occurredAt }) => occurredAt)).toEqual(
    second.events.map(({ occurredAt }) => occurredAt).toSorted((a, b) => a - b),
  );
  expect(second.service.devices.state('front-door', 'motion')?.detected).toBe(false);
});

test('a look back is bounded by a day', async () => {
  const first = await play(polling);
  await first.service.stop();
  const { clock } = first.context;
  await first.cloud.scenario.raiseAlert({ timestampMs: clock.now() + hourMs });
  const late = await first.cloud.scenario.raiseAlert({ timestampMs: clock.now() + 7 * 24 * hourMs });
  clock.jump((7 * 24 + 20) * hourMs);
  const second = await restart(first, polling);
  expect(second.events.map(({ id }) => id)).toEqual([`rhombus-${late.uuid}`]);
});

async function requestsOfAnHour({ cloud, context, waitFor }: Play): Promise<number> {
  const before = cloud.api.requests.length;
  const end = context.clock.monotonic() + hourMs;
  await waitFor(() => context.clock.monotonic() >= end, 15_000);
  return cloud.api.requests.length - before;
}

test.each([60, 300])(
  'a budget of %d requests an hour is kept, the first hour too, and alerts are still told',
  async (budget) => {
    const running = await play({ ...polling, pollSeconds: 5, requestsPerHour: budget });
    const atStart = running.cloud.api.requests.length;
    expect(atStart + (await requestsOfAnHour(running))).toBeLessThanOrEqual(budget);
    await running.cloud.scenario.raiseAlert();
    await running.waitFor(() => running.events.length === 1);
    expect(running.service.devices.problem).toBeUndefined();
  },
  30_000,
);

test('Retry-After is kept: not one call before its time', async () => {
  const { cloud, context, waitFor, service } = await play(polling);
  const trouble = { type: 'status', status: 429, headers: { 'retry-after': '300' }, body: 'calm' } as const;
  cloud.faults.add({ match: '/api/', trouble, times: 1 });
  await context.clock.advance(30_000);
  await until(() => service.devices.problem === 'Rhombus asks to call less often.');
  const before = cloud.api.requests.length;
  for (let second = 0; second < 295; second += 5) await context.clock.advance(5000);
  expect(cloud.api.requests).toHaveLength(before);
  await waitFor(() => service.devices.problem === undefined);
});

test('an outage with many faces is told once, with its first face', async () => {
  const { cloud, context, waitFor, service } = await play(polling);
  const troubles = [
    { type: 'status', status: 503 },
    { type: 'reset' },
    { type: 'status', status: 500 },
    { type: 'truncate', bytes: 3 },
  ] as const;
  for (const trouble of troubles) cloud.faults.add({ match: '/api/', trouble, times: 1 });
  const asked = cloud.api.requests.length;
  await waitFor(() => cloud.api.requests.length > asked + troubles.length && !service.devices.problem, 10_000);
  const told = context.log.lines.filter((line) => /answer/.test(line));
  expect(told).toEqual([expect.stringMatching(/answered 503/), expect.stringMatching(/answers again/)]);
}, 20_000);

test('alerts that cannot be completed, and doors of the access control, cost few calls', async () => {
  const running = await play({ snapshots: false });
  const { cloud, context } = running;
  await streaming(running);
  cloud.faults.add({ match: '/api/event/getPolicyAlertDetails', trouble: { type: 'status', status: 500 } });
  const timeless = await cloud.scenario.raiseAlert({ without: ['timestampMs'] });
  const door = { type: 'ACCESS_CONTROLLED_DOOR_POLICY_ALERT', accessControlledDoorUuid: 'd'.repeat(22) } as const;
  for (let count = 0; count < 30; count += 1)
    await cloud.scenario.raiseAlert({ ...door, timestampMs: context.clock.now() });
  const before = cloud.api.requests.length;
  const end = context.clock.monotonic() + 300_000;
  await running.waitFor(() => context.clock.monotonic() >= end, 5000);
  expect(cloud.api.requests.length - before).toBeLessThan(60);
  // What a push told of happens now, as long as nobody says otherwise.
  expect(running.events.map(({ id }) => id)).toEqual([`rhombus-${timeless.uuid}`]);
});

test('a flood of news of devices does not use the budget up', async () => {
  const running = await play({ snapshots: false });
  const { cloud, context } = running;
  await streaming(running);
  const before = cloud.api.requests.length;
  const end = context.clock.monotonic() + 600_000;
  await running.waitFor(() => {
    for (const entity of ['CAMERA_STATE', 'DEVICE_SHADOW', 'SEEK_POINT'])
      cloud.scenario.publish({ entity, type: 'UPDATE' });
    return context.clock.monotonic() >= end;
  }, 5000);
  expect(running.asked('getMinimalCameraStateList')).toBeGreaterThan(2);
  expect(cloud.api.requests.length - before).toBeLessThan(1200 / 6);
});

test('who may not read alerts still sees cameras, and is told what is missing', async () => {
  const running = await play(polling);
  const { cloud, context, service } = running;
  cloud.faults.add({ match: '/api/event/', trouble: { type: 'status', status: 403 } });
  await context.clock.advance(30_000);
  await until(() => service.devices.problem !== undefined);
  expect(service.devices.problem).toMatch(
    /refuses event\/getPolicyAlerts: check the key, its region, and that its role/,
  );
  const lists = running.asked('getMinimalCameraStateList');
  await running.waitFor(() => running.asked('getMinimalCameraStateList') > lists);
  cloud.faults.clear();
  await running.waitFor(() => service.devices.problem === undefined);
});

test.each([
  [1_200_000, 'slow'],
  [-1_200_000, 'fast'],
])('Rhombus %d ms ahead: the clock is said to be %s, and nothing is missed for it', async (aheadMs, word) => {
  const context = buildContext();
  const cloud = await startOrganisation(context, { now: () => context.clock.now() + aheadMs });
  onClose(() => cloud.close());
  const { service, events } = await startService(cloud, polling, context);
  onClose(() => service.stop());
  expect(service.devices.problem).toMatch(`The clock of this machine is ${word}`);
  await cloud.scenario.raiseAlert();
  await until(async () => {
    await context.clock.advance(1000);
    return events.length === 1;
  });
  expect(service.devices.state('front-door', 'motion')?.detected).toBe(true);
  for (let turn = 0; turn < 30; turn += 1) await context.clock.advance(1000);
  expect(service.devices.state('front-door', 'motion')?.detected).toBe(false);
  expect(context.log.lines.filter((line) => line.includes('clock'))).toHaveLength(1);
});
