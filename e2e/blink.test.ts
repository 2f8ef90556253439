// requires: mosquitto mosquitto_pub
import { afterEach, expect, test } from '@jest/globals';
import { silentLog, type DeviceEvent } from '@porchlight/core';
import { until } from '@porchlight/core/testing';
import { buildHouse, startHost } from '@porchlight/host';
import { startBlink, type Blink } from '@porchlight/simulators';
import { execFile } from 'node:child_process';
import { mkdtemp } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { brokerSettings, observe } from '../packages/bus/test/support/house.ts';
import { startMosquitto } from '../packages/bus/test/support/mosquitto.ts';
import { pair, type Controller } from './support/controller.ts';
import { createHomebridge, type Homebridge } from './support/homebridge.ts';

const run = promisify(execFile);
const cleanUps: (() => unknown)[] = [];
afterEach(async () => {
  for (const cleanUp of cleanUps.splice(0).toReversed()) await cleanUp();
});

interface Cloud {
  blink: Blink;
  config: object;
}

async function openCloud(): Promise<Cloud> {
  const blink = await startBlink({ now: () => Date.now() });
  cleanUps.push(() => blink.close());
  blink.scenario.uploadMs = 500;
  for (const camera of blink.account.cameras) Object.assign(camera, { clipSeconds: 1, retriggerSeconds: 0 });
  const { email, password } = blink.account;
  const api = { oauthUrl: blink.url, restUrl: blink.url };
  const polling = { armedSeconds: 5, stateSeconds: 30, requestsPerHour: 5000 };
  return { blink, config: { email, password, api, polling, localStorage: 'off' } };
}

async function openHomebridge(config: object): Promise<Homebridge> {
  const homebridge = await createHomebridge({ platforms: [{ platform: 'PorchlightBlink', ...config }] });
  cleanUps.push(() => homebridge.remove());
  await homebridge.start();
  return homebridge;
}

/** Everything that is told on the bus, and a way to enter a PIN there. */
async function openBus(): Promise<{ url: string; events: DeviceEvent[]; enterPin(pin: string): Promise<void> }> {
  const mosquitto = await startMosquitto();
  cleanUps.push(() => mosquitto.stop());
  const observer = await observe(brokerSettings({ url: mosquitto.url }), await mkdtemp(join(tmpdir(), 'porchlight-')));
  cleanUps.push(() => observer.stop());
  const events: DeviceEvent[] = [];
  observer.client.onEvent({ service: 'blink' }, (event) => events.push(event));
  const topic = 'porchlight/blink/account/pin/enter';
  const enterPin = async (pin: string): Promise<void> => {
    await run('mosquitto_pub', ['-h', '127.0.0.1', '-p', String(mosquitto.port), '-t', topic, '-m', pin]);
  };
  return { url: mosquitto.url, events, enterPin };
}

/** The switches of accessories with a motion sensor: `aid.iid` by the accessory's name. */
async function cameraSwitches(controller: Controller): Promise<Record<string, string>> {
  const entries = (await controller.list()).flatMap(({ aid, services }) => {
    const has = (type: string) => services.find((service) => service.type.replace(/^0+/, '').startsWith(type));
    const name = services.flatMap(({ characteristics }) => characteristics).find(({ type }) => /^0*23(-|$)/.test(type));
    const on = has('49')?.characteristics.find(({ type }) => /^0*25(-|$)/.test(type));
    return has('85') && on ? [[String(name?.value), `${aid}.${on.iid}`]] : [];
  });
  return Object.fromEntries(entries) as Record<string, string>;
}

test('sign-in with a PIN, motion, kill -9, expiry and outage: every motion in Apple Home, told once', async () => {
  const { blink, config } = await openCloud();
  const { url, events, enterPin } = await openBus();
  const homebridge = await openHomebridge({ ...config, broker: { url }, motionSeconds: 2 });
  const controller = await pair(homebridge);
  cleanUps.push(() => controller.close());
  await until(() => homebridge.lines.some((line) => line.includes('Blink has sent a PIN')));
  await enterPin('000000');
  await until(() => homebridge.lines.some((line) => line.includes('does not accept this PIN')));
  await enterPin(blink.account.pin);
  await until(() => homebridge.lines.some((line) => line.includes('Signed in to Blink')));

  const expected: string[] = [];
  const move = () => expected.push(`blink-${blink.scenario.trigger(4001)?.id}`);
  // What was on its way when the process was killed may come twice on the bus; everyone counts by id.
  const told = () => [...new Set(events.map(({ id }) => id))];
  const motions = await controller.watch('MotionSensor', 'MotionDetected');
  move();
  await until(() => motions.some(Boolean) && told().length === 1, 20_000);
  await controller.close();
  await homebridge.stop();
  await homebridge.start();
  move();
  await until(() => told().length === 2, 20_000);
  expect(events).toHaveLength(2);
  await homebridge.kill();
  blink.scenario.watch(blink.account.media[0]!);
  move();
  await homebridge.start();
  await until(() => told().length === 3, 20_000);

  blink.oauth.expireAccess();
  move();
  await until(() => told().length === 4, 20_000);

  blink.troubles.serverError(503);
  move();
  await new Promise((resolve) => setTimeout(resolve, 12_000));
  expect(told()).toHaveLength(4);
  blink.troubles.clear();
  await until(() => told().length === 5, 30_000);
  expect(told()).toEqual(expected);
  expect(blink.oauth.messages).toHaveLength(1);
  const secrets = ['correct horse', blink.account.pin, '000000'];
  for (const secret of secrets) expect(homebridge.lines.join('\n')).not.toContain(secret);
}, 150_000);

test('one scene that switches five cameras switches five cameras', async () => {
  const { blink, config } = await openCloud();
  blink.account.twoFactor = 'none';
  blink.commands.durationMs = 1000;
  blink.scenario.addCamera({ name: 'Attic', networkId: 2001 });
  const { url } = await openBus();
  const homebridge = await openHomebridge({ ...config, broker: { url } });
  const controller = await pair(homebridge);
  cleanUps.push(() => controller.close());
  const names = ['Attic', 'Front Door', 'Garage', 'Hall', 'Yard'];
  let switches: Record<string, string> = {};
  await until(async () => {
    switches = await cameraSwitches(controller);
    return names.every((name) => name in switches);
  });
  await controller.writeAll(Object.fromEntries(names.map((name) => [switches[name], false])));
  const five = blink.account.cameras.filter(({ networkId }) => networkId === 2001);
  await until(() => five.every(({ enabled }) => !enabled), 40_000);
  expect(five).toHaveLength(5);
}, 120_000);

test('the same service without Homebridge: its events are on the bus', async () => {
  const { blink, config } = await openCloud();
  blink.account.twoFactor = 'none';
  const { url, events } = await openBus();
  const house = buildHouse({ broker: { url }, services: { blink: config } }, {});
  const stateFolder = await mkdtemp(join(tmpdir(), 'porchlight-blink-'));
  const host = await startHost({ house, stateFolder, log: silentLog });
  cleanUps.push(() => host.stop());
  blink.scenario.trigger(5001, 'cv_motion', { labels: ['person'] });
  await until(() => events.length > 0, 20_000);
  expect(events).toMatchObject([{ device: 'hall', label: 'person' }]);
}, 60_000);
