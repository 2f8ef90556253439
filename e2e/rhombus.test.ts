// requires: ffmpeg mosquitto
import { afterEach, expect, test } from '@jest/globals';
import { buildHouse, startHost } from '@porchlight/host';
import { silentLog } from '@porchlight/core';
import { startRhombus, type Rhombus } from '@porchlight/simulators';
import { mkdir, mkdtemp } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { brokerSettings, observe } from '../packages/bus/test/support/house.ts';
import { startMosquitto } from '../packages/bus/test/support/mosquitto.ts';
import { pair } from './support/controller.ts';
import { createHomebridge } from './support/homebridge.ts';
import { freePort, until } from '@porchlight/core/testing';

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

test('a person at a Rhombus camera is a motion in Apple Home, also after kill -9', async () => {
  const { cloud, config } = await openCloud();
  const platforms = [{ platform: 'PorchlightRhombus', ...config, broker: { port: await freePort() } }];
  const homebridge = await createHomebridge({ platforms });
  cleanUps.push(() => homebridge.remove());
  await homebridge.start();
  const controller = await pair(homebridge);
  cleanUps.push(() => controller.close());
  for (const round of [1, 2]) {
    const motions = await controller.watch('MotionSensor', 'MotionDetected');
    await cloud.scenario.raiseAlert({ policyAlertTriggers: ['MOTION', 'MOTION_HUMAN'] });
    await until(() => motions.some(Boolean));
    if (round === 2) break;
    await controller.close();
    await homebridge.kill();
    await homebridge.start();
  }
  expect(homebridge.lines.join('\n')).not.toContain('simulated-api-token');
}, 90_000);

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
}, 60_000);
