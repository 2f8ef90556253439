import { afterEach, expect, test } from '@jest/globals';
import { buildContext, until } from '@porchlight/core/testing';
import { existsSync, readFileSync } from 'node:fs';
import { service as definition } from '../src/service.ts';
import { endpointsOf, startOrganisation, startService, writePem, type Running } from './support/organisation.ts';
import { closeAll, onClose, play, restart, streaming } from './support/play.ts';

afterEach(closeAll);

const motionOf = ({ service }: Running, device = 'front-door') => service.devices.state(device, 'motion');

test('does nothing without a key and says what is missing', async () => {
  const context = buildContext();
  const service = definition.create(definition.configSchema.parse({}), context);
  await service.start();
  await service.start();
  expect(service.devices.problem).toBe('There is no API key yet: enter one in the settings.');
  await service.stop();
  expect(context.clock.pending).toBe(0);
});

test('shows cameras and sensors with rooms, firmware and health', async () => {
  const { service } = await play();
  const list = service.devices.list();
  expect(list.find(({ id }) => id === 'front-door')).toMatchObject({
    name: 'Front Door',
    manufacturer: 'Rhombus',
    model: 'R200',
    room: 'House',
    firmware: '24.8.1',
    capabilities: { motion: {}, camera: {}, health: {} },
  });
  expect(list.filter(({ name }) => name === 'Front Door').map(({ id }) => id)).toEqual(['front-door', 'front-door-2']);
  expect(list.some(({ name }) => name === 'Gone')).toBe(false);
  expect(service.devices.state('offline', 'health')).toEqual({
    ok: false,
    reachable: false,
    problem: 'It is not connected to Rhombus.',
  });
  expect(service.devices.state('cellar', 'temperature')).toEqual({ celsius: 17.5 });
  expect(service.devices.state('back-door', 'contact')).toEqual({ open: false });
  expect(service.devices.state('stairs', 'battery')).toEqual({ percent: 55, low: false });
});

test('cameras are chosen, hidden and renamed', async () => {
  const cameras = [
    { camera: 'Garage', name: 'Car' },
    { camera: 'front door', hide: true },
  ];
  const { service } = await play({ cameras, onlyListed: true, sensors: false });
  expect(service.devices.list().map(({ name }) => name)).toEqual(['Car']);
});

test('an alert of the change stream is an event and a motion that ends', async () => {
  const running = await play();
  const { cloud, events, context } = running;
  await until(() => cloud.stream.subscribers === 1);
  const alert = await cloud.scenario.raiseAlert({ policyAlertTriggers: ['MOTION', 'MOTION_HUMAN'], durationSec: 4 });
  await until(() => events.length === 1);
  expect(events[0]).toMatchObject({ id: `rhombus-${alert.uuid}`, type: 'motion', label: 'person', source: 'stream' });
  expect(motionOf(running)).toMatchObject({ detected: true, label: 'person' });
  const place = events[0]?.media?.[0]?.path ?? '';
  await until(() => existsSync(place));
  expect(readFileSync(place).subarray(0, 2).toString('hex')).toBe('ffd8');
  await context.clock.advance(9_999);
  expect(motionOf(running)?.detected).toBe(true);
  await context.clock.advance(1);
  expect(motionOf(running)).toEqual({ detected: false });
});

test('one alert told by stream and polling, several times, is one event', async () => {
  const running = await play();
  const { cloud, events, context } = running;
  await until(() => cloud.stream.subscribers === 1);
  const alert = await cloud.scenario.raiseAlert({}, { repeats: 3 });
  await cloud.scenario.updateAlert(alert.uuid, { finalized: true });
  await until(() => events.length > 0);
  await context.clock.advance(301_000);
  const asked = () => cloud.api.requests.filter(({ url }) => url.pathname.endsWith('getPolicyAlerts')).length;
  const before = asked();
  await context.clock.advance(301_000);
  await until(() => asked() > before);
  expect(events).toHaveLength(1);
});

test.each(['sparse', 'top-level', 'anonymous'] as const)('understands a %s message', async (stream) => {
  const { cloud, events } = await play();
  await until(() => cloud.stream.subscribers === 1);
  await cloud.scenario.raiseAlert({}, { stream });
  await until(() => events.length === 1);
});

test('what happened while the stream was away is asked for when it is back', async () => {
  const running = await play();
  await streaming(running);
  running.cloud.stream.drop();
  await until(() => running.cloud.stream.subscribers === 0);
  await running.cloud.scenario.raiseAlert({}, { stream: 'none' });
  await running.waitFor(() => running.events.length === 1);
});

test('polling alone tells of everything, beyond the first page', async () => {
  const { cloud, events, context } = await play({ changeStream: false, snapshots: false });
  for (let count = 0; count < 250; count += 1) await cloud.scenario.raiseAlert({ timestampMs: context.clock.now() });
  await context.clock.advance(30_000);
  await until(() => events.length === 250);
});

test('a restart tells of nothing twice, and of what was missed', async () => {
  const first = await play();
  await streaming(first);
  const alert = await first.cloud.scenario.raiseAlert();
  await until(() => first.events.length === 1);
  await first.service.stop();
  const missed = await first.cloud.scenario.raiseAlert({ timestampMs: first.context.clock.now() + 5 });
  const second = await restart(first);
  expect(second.events.map(({ id }) => id)).toEqual([`rhombus-${missed.uuid}`]);
  expect(alert.uuid).not.toBe(missed.uuid);
});

test('keeps its devices while the cloud is away, says so once, and recovers', async () => {
  const first = await play({ changeStream: false });
  await first.service.stop();
  first.cloud.faults.add({ match: '/api/', trouble: { type: 'status', status: 503 } });
  const { service, context, cloud, waitFor } = await restart(first, { changeStream: false });
  expect(service.devices.list().length).toBeGreaterThan(5);
  expect(service.devices.problem).toMatch(/answered 503/);
  await context.clock.advance(600_000);
  await until(() => context.log.lines.length > 0);
  expect(context.log.lines).toHaveLength(1);
  cloud.faults.clear();
  await waitFor(() => service.devices.problem === undefined, 30_000);
});

test('a wrong key is explained and never shown', async () => {
  const { service, context } = await play({ apiKey: 'a-very-secret-key', changeStream: false });
  expect(service.devices.problem).toMatch(/check the key, its region, and that its role may view cameras/);
  expect(JSON.stringify([context.log.lines, service.devices.problem])).not.toContain('a-very-secret-key');
});

test('a client certificate over TLS serves as well', async () => {
  const context = buildContext();
  const cloud = await startOrganisation(context, { plainCloud: false });
  onClose(() => cloud.close());
  const { cert, key } = await cloud.clientCertificate();
  const running = await startService(
    cloud,
    {
      apiKey: 'simulated-certificate-key',
      certFile: writePem('client.pem', cert),
      keyFile: writePem('client.key', key),
      endpoints: { ...endpointsOf(cloud), caFile: writePem('ca.pem', cloud.authority) },
    },
    context,
  );
  onClose(() => running.service.stop());
  expect(running.service.devices.problem).toBeUndefined();
  expect(running.service.devices.list().length).toBeGreaterThan(5);
});

test('counted movements and their alert are one event each', async () => {
  const { cloud, events, context } = await play({ countMovements: true, snapshots: false });
  await until(() => cloud.stream.subscribers === 1);
  await cloud.scenario.move(cloud.cameras[0]?.uuid ?? '', 'MOTION_HUMAN');
  await until(() => events.length === 1);
  const later = { timestampMs: context.clock.now() + 30_000 };
  for (const activity of ['MOTION', 'MOTION_ANIMAL'])
    cloud.scenario.addSeekpoint(cloud.cameras[0]?.uuid ?? '', { a: activity, ts: later.timestampMs });
  await context.clock.advance(61_000);
  await until(() => events.length === 2);
  expect(events[1]?.label).toBe('animal');
  expect(events.map(({ source }) => source)).toEqual(['stream', 'timeline']);
});

test('stops in the middle of a question and leaves nothing waiting', async () => {
  const context = buildContext();
  const cloud = await startOrganisation(context);
  onClose(() => cloud.close());
  const { service } = await startService(cloud, {}, context);
  await until(() => cloud.stream.subscribers === 1);
  cloud.faults.add({ match: '/api/', trouble: { type: 'hang' } });
  void context.clock.advance(301_000);
  await service.stop();
  await service.stop();
  expect(context.clock.pending).toBe(0);
});

test('killed in the middle it tells of nothing twice, and of what was missed', async () => {
  const first = await play({ changeStream: false });
  await first.cloud.scenario.raiseAlert();
  await first.context.clock.advance(30_000);
  await until(() => first.events.length === 1);
  await first.context.clock.advance(1000);
  // Killed: nothing of it is told to stop.
  const missed = await first.cloud.scenario.raiseAlert();
  const second = await restart(first, { changeStream: false });
  expect(second.events.map(({ id }) => id)).toEqual([`rhombus-${missed.uuid}`]);
});

test('an hour without events is hardly written down', async () => {
  const { cloud, context, waitFor } = await play({ changeStream: false, countMovements: true });
  let writes = 0;
  const { files } = context.storage;
  const set = files.set.bind(files);
  files.set = (name, text) => {
    writes += 1;
    return set(name, text);
  };
  const end = context.clock.monotonic() + 3_600_000;
  await waitFor(() => {
    const cellar = cloud.org.sensors.find(({ name }) => name === 'Cellar')?.uuid ?? '';
    cloud.scenario.setReadings(cellar, { temperatureCelcius: (context.clock.now() / 60_000) % 30 });
    return context.clock.monotonic() >= end;
  }, 15_000);
  expect(writes).toBeLessThanOrEqual(2);
});

test('an hour without events leaves no line in the log', async () => {
  const context = buildContext();
  const cloud = await startOrganisation(context);
  onClose(() => cloud.close());
  cloud.scenario.removeDevice(cloud.cameras.find(({ name }) => name === '…!?')?.uuid ?? '');
  const { service, events } = await startService(cloud, {}, context);
  onClose(() => service.stop());
  await until(() => cloud.stream.subscribers === 1);
  for (let second = 0; second < 3600; second += 60) await context.clock.advance(60_000);
  expect(context.log.lines).toEqual([]);
  expect(events).toEqual([]);
});

test('every camera shows a picture soon after the start, before anything has moved', async () => {
  const { service } = await play();
  const pictureOf = (): string | undefined => service.devices.state('front-door', 'camera')?.picture;
  await until(() => pictureOf() !== undefined);
  expect(
    readFileSync(pictureOf() ?? '')
      .subarray(0, 2)
      .toString('hex'),
  ).toBe('ffd8');
});
