// requires: ffmpeg mosquitto
import { afterEach, expect, test } from '@jest/globals';
import { silentLog } from '@porchlight/core';
import { freePort, until } from '@porchlight/core/testing';
import { buildHouse, startHost } from '@porchlight/host';
import { startRhombus, type Rhombus } from '@porchlight/simulators';
import { mkdir, mkdtemp } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { brokerSettings, observe } from '../packages/bus/test/support/house.ts';
import { startMosquitto } from '../packages/bus/test/support/mosquitto.ts';
import { pair, type Controller } from './support/controller.ts';
import { createHomebridge, type Homebridge, type HomebridgeVersion } from './support/homebridge.ts';

const cleanUps: (() => unknown)[] = [];
afterEach(async () => {
  for (const cleanUp of cleanUps.splice(0).toReversed()) await cleanUp();
});

async function openCloud(): Promise<{ cloud: Rhombus; config: object }> {
  const mediaFolder = join(tmpdir(), 'porchlight-rhombus-film');
  await mkdir(mediaFolder, { recursive: true });
  const cloud = await startRhombus({ mediaFolder, now: () => Date.now(), plainCloud: true });
  cleanUps.push(() => cloud.close());
  const endpoints = { api: cloud.apiUrl, stream: cloud.wsUrl, media: cloud.wanUrl };
  return { cloud, config: { apiKey: 'simulated-api-token', endpoints } };
}

async function startHomebridge(
  config: object,
  version: HomebridgeVersion = '2',
): Promise<{ homebridge: Homebridge; controller: Controller }> {
  const platforms = [{ platform: 'PorchlightRhombus', ...config, broker: { port: await freePort() } }];
  const homebridge = await createHomebridge({ platforms, version });
  cleanUps.push(() => homebridge.remove());
  await homebridge.start();
  const controller = await pair(homebridge);
  cleanUps.push(() => controller.close());
  return { homebridge, controller };
}

test('a person at a Rhombus camera is a motion in Apple Home, also after kill -9', async () => {
  const { cloud, config } = await openCloud();
  const { homebridge, controller } = await startHomebridge(config);
  for (const round of [1, 2]) {
    const motions = await controller.watch('MotionSensor', 'MotionDetected');
    await until(() => cloud.stream.subscribers === 1, 30_000);
    await cloud.scenario.raiseAlert({ policyAlertTriggers: ['MOTION', 'MOTION_HUMAN'] });
    await until(() => motions.some(Boolean));
    if (round === 2) break;
    await controller.close();
    await homebridge.kill();
    await homebridge.start();
  }
  expect(homebridge.lines.join('\n')).not.toContain('simulated-api-token');
}, 180_000);

test('by webhook alone: motion in Apple Home, doors and temperatures beside it', async () => {
  const { cloud, config } = await openCloud();
  const port = await freePort();
  const webhook = { enabled: true, secret: 'a-webhook-secret', port };
  const { homebridge, controller } = await startHomebridge({
    ...config,
    changeStream: false,
    pollSeconds: 3600,
    motionSeconds: 1,
    webhook,
  });
  cloud.webhooks.register({ url: `http://127.0.0.1:${port}/`, kind: 'organisation', secret: webhook.secret });
  const motions = await controller.watch('MotionSensor', 'MotionDetected');
  await cloud.scenario.raiseAlert({ policyAlertTriggers: ['MOTION_CAR'], durationSec: 0 });
  expect(cloud.webhooks.deliveries).toMatchObject([{ outcome: 200 }]);
  await until(() => motions.join() === 'true,false' || motions.join() === '1,0');
  await cloud.scenario.raiseAlert({}, { webhooks: { signature: 'wrong' } });
  expect(cloud.webhooks.deliveries.at(-1)).toMatchObject({ outcome: 401 });
  const door = cloud.org.sensors.find(({ kind }) => kind === 'door')?.uuid ?? '';
  expect(await controller.read('ContactSensor', 'ContactSensorState')).toBe(0);
  await cloud.scenario.raiseAlert({ deviceUuid: door, policyAlertTriggers: ['DOOR_OPENED'] });
  await until(async () => (await controller.read('ContactSensor', 'ContactSensorState')) === 1);
  expect(await controller.read('TemperatureSensor', 'CurrentTemperature')).toBe(17.5);
  expect(homebridge.lines.join('\n')).not.toContain(webhook.secret);
}, 180_000);

test('by polling alone, in Homebridge 1.11: motion in Apple Home, and an outage is a fault', async () => {
  const { cloud, config } = await openCloud();
  const { controller } = await startHomebridge({ ...config, changeStream: false, pollSeconds: 5 }, '1.11');
  const motions = await controller.watch('MotionSensor', 'MotionDetected');
  await cloud.scenario.raiseAlert({ policyAlertTriggers: ['MOTION_HUMAN'] }, { stream: 'none' });
  await until(() => motions.some(Boolean), 20_000);
  expect(await controller.read('MotionSensor', 'StatusFault')).toBe(0);
  cloud.faults.add({ match: '/api/', trouble: { type: 'status', status: 503 } });
  await until(async () => (await controller.read('MotionSensor', 'StatusFault')) === 1, 20_000);
}, 180_000);

test('the same service without Homebridge: its events are on the bus', async () => {
  const { cloud, config } = await openCloud();
  const mosquitto = await startMosquitto();
  cleanUps.push(() => mosquitto.stop());
  const house = buildHouse({ broker: { url: mosquitto.url }, services: { rhombus: config } }, {});
  const stateFolder = await mkdtemp(join(tmpdir(), 'porchlight-rhombus-'));
  const host = await startHost({ house, stateFolder, log: silentLog });
  cleanUps.push(() => host.stop());
  const observer = await observe(brokerSettings({ url: mosquitto.url }), stateFolder);
  cleanUps.push(() => observer.stop());
  const labels: unknown[] = [];
  observer.client.onEvent({ service: 'rhombus', type: 'motion' }, ({ label }) => labels.push(label));
  await until(() => observer.client.connected);
  await cloud.scenario.raiseAlert({ policyAlertTriggers: ['MOTION', 'MOTION_HUMAN'] });
  await until(() => labels.length > 0);
  expect(labels).toEqual(['person']);
}, 120_000);
