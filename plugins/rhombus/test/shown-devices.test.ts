import { afterEach, expect, test } from '@jest/globals';
import { until } from '@porchlight/core/testing';
import { makeCamera } from '@porchlight/simulators';
import { closeAll, play, restart, streaming, type Play } from './support/play.ts';

afterEach(closeAll);

const polling = { changeStream: false, snapshots: false };

function sensor({ cloud }: Play, name: string): string {
  return cloud.org.sensors.find((one) => one.name === name)?.uuid ?? '';
}

test('a camera that is added is shown without a restart, one that is removed goes after a while', async () => {
  const running = await play({ snapshots: false });
  const { cloud, service, waitFor } = running;
  await streaming(running);
  const camera = makeCamera('New one', Math.floor(running.context.clock.now() / 1000));
  await cloud.addDevice(camera);
  cloud.scenario.publish({ entity: 'CAMERA', entityUuid: camera.uuid, type: 'CREATE', deviceUuid: camera.uuid });
  const isShown = (): boolean => service.devices.list().some(({ id }) => id === 'new-one');
  await waitFor(isShown);
  cloud.scenario.removeDevice(camera.uuid);
  await waitFor(() => service.devices.state('new-one', 'health')?.reachable === false);
  expect(service.devices.state('new-one', 'health')?.problem).toBe('Rhombus does not list it any more.');
  await waitFor(() => !isShown(), 10_000);
});

test('an alert of a camera that is not known yet is told as soon as the camera is', async () => {
  const running = await play({ snapshots: false });
  const { cloud, events, waitFor } = running;
  await streaming(running);
  const camera = makeCamera('Surprise', Math.floor(running.context.clock.now() / 1000));
  await cloud.addDevice(camera);
  const alert = await cloud.scenario.raiseAlert({ deviceUuid: camera.uuid });
  await waitFor(() => events.length === 1);
  expect(events[0]).toMatchObject({ id: `rhombus-${alert.uuid}`, device: 'surprise' });
});

test('a list that cannot be read for a while takes nothing away', async () => {
  const { cloud, service, waitFor, context } = await play(polling);
  const before = service.devices.list().map(({ id }) => id);
  cloud.faults.add({ match: '/api/door/', trouble: { type: 'status', status: 403 } });
  await waitFor(() => service.devices.state('back-door', 'health')?.reachable === false);
  for (let minute = 0; minute < 20; minute += 1) await context.clock.advance(60_000);
  expect(service.devices.list().map(({ id }) => id)).toEqual(before);
  expect(context.log.lines.map(String).filter((line) => line.includes('may not list doors'))).toHaveLength(1);
});

test('doors: alerts at once, the list as it is', async () => {
  const running = await play(polling);
  const { cloud, service, events, waitFor } = running;
  const deviceUuid = sensor(running, 'Back Door');
  const opened = await cloud.scenario.raiseAlert({ deviceUuid, policyAlertTriggers: ['DOOR_OPENED'] });
  await waitFor(() => service.devices.state('back-door', 'contact')?.open === true);
  expect(service.devices.state('back-door', 'contact')?.since).toBe(opened.timestampMs);
  expect(events[0]).toMatchObject({ type: 'contact', device: 'back-door' });
  cloud.scenario.setReadings(deviceUuid, { status: 'CLOSED', batteryPercent: 7 });
  await waitFor(() => service.devices.state('back-door', 'battery')?.low === true);
  expect(service.devices.state('back-door', 'contact')?.open).toBe(false);
});

test('occupancy: alerts and the list make motion, whatever labels are chosen for cameras', async () => {
  const running = await play({ ...polling, labels: ['person'] });
  const { cloud, service, events, waitFor } = running;
  const deviceUuid = sensor(running, 'Stairs');
  const stairs = (): unknown => service.devices.state('stairs', 'motion');
  await cloud.scenario.raiseAlert({ deviceUuid, policyAlertTriggers: ['PIR_OCCUPIED'] });
  await waitFor(() => events.length === 1);
  expect(stairs()).toMatchObject({ detected: true, label: 'occupancy' });
  await cloud.scenario.raiseAlert({ deviceUuid, policyAlertTriggers: ['PIR_VACANT'] });
  await waitFor(() => service.devices.state('stairs', 'motion')?.detected === false);
  expect(events).toHaveLength(1);
  cloud.scenario.setReadings(deviceUuid, { status: 'OCCUPIED' });
  await waitFor(() => service.devices.state('stairs', 'motion')?.detected === true);
  cloud.scenario.setReadings(deviceUuid, { status: 'VACANT' });
  await waitFor(() => service.devices.state('stairs', 'motion')?.detected === false);
  expect(events).toHaveLength(1);
});

test('air is measured, and what a sensor begins to measure is shown', async () => {
  const running = await play(polling);
  const { cloud, service, waitFor } = running;
  expect(service.devices.state('attic', 'measurement')).toEqual({ values: { humidity: 41, co2: 612 } });
  const describe = () => service.devices.list().find(({ id }) => id === 'cellar')?.capabilities.measurement;
  expect(Object.keys(describe()?.quantities ?? {})).toEqual(['humidity']);
  cloud.scenario.setReadings(sensor(running, 'Cellar'), { co2: 900 });
  await waitFor(() => Object.keys(describe()?.quantities ?? {}).length === 2);
});

test('a motion lasts as long as its alert, and learns that it is a person', async () => {
  const running = await play({ snapshots: false });
  const { cloud, service, context } = running;
  await streaming(running);
  const motion = () => service.devices.state('front-door', 'motion');
  const alert = await cloud.scenario.raiseAlert({ durationSec: 0, finalized: false });
  await until(() => motion()?.detected === true);
  await cloud.scenario.updateAlert(alert.uuid, { durationSec: 40, policyAlertTriggers: ['MOTION', 'MOTION_HUMAN'] });
  await until(() => motion()?.label === 'person');
  await context.clock.advance(39_999);
  expect(motion()?.detected).toBe(true);
  await context.clock.advance(1);
  expect(motion()?.detected).toBe(false);
});

test('cameras of chosen locations only, and a camera with a reserved name', async () => {
  const { service } = await play({ ...polling, locations: ['shed'] });
  expect(service.devices.list().map(({ name }) => name)).toEqual(['No LAN', 'Two addresses', 'Front Door']);
  expect(service.devices.list().map(({ room }) => room)).toEqual(['Loft', 'Loft', 'Loft']);
});

test('locations that cannot be read for a while take no chosen device away', async () => {
  const { cloud, service, context, asked } = await play({ ...polling, locations: ['Shed'] });
  const before = service.devices.list();
  cloud.faults.add({ match: '/api/location/', trouble: { type: 'status', status: 403 } });
  const lists = asked('getLocations');
  await until(async () => {
    await context.clock.advance(60_000);
    return asked('getLocations') > lists + 1;
  });
  expect(service.devices.list()).toEqual(before);
});

test('what was told counts as told only after a moment, so that a crash before tells it again', async () => {
  const running = await play({ snapshots: false });
  const { cloud, context, events } = running;
  await streaming(running);
  await until(() => running.asked('getPolicyAlerts') === 2);
  const alert = await cloud.scenario.raiseAlert();
  await until(() => events.length === 1);
  const isWritten = (): boolean => (context.storage.files.get('seen') ?? '').includes(alert.uuid);
  await context.clock.advance(499);
  expect(isWritten()).toBe(false);
  await context.clock.advance(1);
  expect(isWritten()).toBe(true);
  const again = await restart(running);
  expect(again.events).toEqual([]);
});

test('somebody who was on the stairs before a restart is not shown there until Rhombus says so again', async () => {
  const first = await play(polling);
  first.cloud.scenario.setReadings(sensor(first, 'Stairs'), { status: 'OCCUPIED' });
  await first.waitFor(() => first.service.devices.state('stairs', 'motion')?.detected === true);
  await first.service.stop();
  first.cloud.faults.add({ match: '/api/', trouble: { type: 'status', status: 503 } });
  const second = await restart(first, polling);
  expect(second.service.devices.state('stairs', 'motion')).toEqual({ detected: false });
  second.cloud.faults.clear();
  await second.waitFor(() => second.service.devices.state('stairs', 'motion')?.detected === true);
});

test('an alert whose details say too little at first is asked for again when the stream tells more of it', async () => {
  const running = await play({ snapshots: false });
  const { cloud, events } = running;
  await streaming(running);
  const alert = await cloud.scenario.raiseAlert({ without: ['policyAlertTriggers'] }, { stream: 'sparse' });
  await until(() => running.asked('getPolicyAlertDetails') === 1);
  await cloud.scenario.updateAlert(alert.uuid, { policyAlertTriggers: ['MOTION_HUMAN'] }, { stream: 'sparse' });
  await until(() => events.length === 1);
  expect(events[0]).toMatchObject({ id: `rhombus-${alert.uuid}`, label: 'person', source: 'poll' });
});
