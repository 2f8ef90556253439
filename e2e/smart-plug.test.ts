import { afterEach, describe, expect, test } from '@jest/globals';
import { until } from '@porchlight/core/testing';
import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { startHomeNetwork } from '@porchlight/simulators';
import { Relay, startShellyGen2 } from '@porchlight/simulators';
import { pair, type Controller } from './support/controller.ts';
import { createHomebridge, type Homebridge, type HomebridgeVersion } from './support/homebridge.ts';

const cleanUps: (() => Promise<unknown>)[] = [];
afterEach(async () => {
  for (const cleanUp of cleanUps.splice(0).toReversed()) await cleanUp();
});

async function openPlug(password?: string) {
  const relay = new Relay();
  const plug = await startShellyGen2({ relay, ...(password !== undefined && { password }) });
  cleanUps.push(async () => {
    relay.cancel();
    await plug.close();
  });
  return { relay, plug };
}

async function open(plugs: object[], version: HomebridgeVersion = '2'): Promise<Homebridge> {
  const platforms = [{ platform: 'PorchlightSmartPlug', name: 'Plugs', plugs }];
  const homebridge = await createHomebridge({ platforms, version });
  cleanUps.push(() => homebridge.remove());
  await homebridge.start();
  return homebridge;
}

async function control(homebridge: Homebridge): Promise<Controller> {
  const controller = await pair(homebridge);
  cleanUps.push(() => controller.close());
  return controller;
}

const shelly = (port: number, more: object = {}) => ({
  type: 'shelly',
  name: 'Router',
  host: '127.0.0.1',
  port,
  offSeconds: 3,
  ...more,
});
const isOneOf = (value: unknown, ...wanted: unknown[]): boolean => wanted.includes(value);
const isOn = async (controller: Controller, service = 'Outlet'): Promise<boolean> =>
  isOneOf(await controller.read(service, 'On'), true, 1);

function pendingIn(homebridge: Homebridge): number {
  const file = join(homebridge.folder, 'porchlight/smart-plug/cycles.json');
  if (!existsSync(file)) return 0;
  return Object.keys((JSON.parse(readFileSync(file, 'utf8')) as { cycles: object }).cycles).length;
}

describe.each(['2', '1.11'] as const)('Homebridge %s', (version) => {
  test('an outlet: on, off, in use; the password is nowhere in the log', async () => {
    const { relay, plug } = await openPlug('plug-secret-1');
    const settings = shelly(plug.port, { name: 'Lamp', mayStayOff: true, password: 'plug-secret-1', pollSeconds: 2 });
    const homebridge = await open([settings], version);
    const controller = await control(homebridge);
    await until(() => isOn(controller));
    expect(isOneOf(await controller.read('Outlet', 'OutletInUse'), true, 1)).toBe(true);
    await controller.write('Outlet', 'On', false);
    expect(relay.on).toBe(false);
    await until(async () => isOneOf(await controller.read('Outlet', 'OutletInUse'), false, 0));
    await controller.write('Outlet', 'On', true);
    expect(relay.on).toBe(true);
    // Somebody presses the button of the plug.
    relay.set(false);
    await until(async () => !(await isOn(controller)));
    expect(homebridge.lines.filter((line) => /error|uncaught|plug-secret/i.test(line))).toEqual([]);
  });
});

test('the momentary restart: off, back by the timer of the plug, and the switch falls back by itself', async () => {
  const relay = new Relay();
  const network = await startHomeNetwork({ relay, bootMs: 1000 });
  cleanUps.push(() => network.close());
  const { plug } = await (async () => {
    const started = await startShellyGen2({ relay });
    cleanUps.push(() => started.close());
    return { plug: started };
  })();
  const homebridge = await open([shelly(await network.expose(plug.port))]);
  const controller = await control(homebridge);
  await until(() => isOn(controller));
  expect(await isOn(controller, 'Switch')).toBe(false);
  await controller.write('Switch', 'On', true);
  await network.until(({ router }) => router === 'off');
  await until(async () => !(await isOn(controller)));
  await until(async () => !(await isOn(controller, 'Switch')));
  await network.until(({ router, reboots }) => router === 'up' && reboots === 1);
  await until(() => pendingIn(homebridge) === 0, 20_000);
  await until(() => isOn(controller));
  expect(relay.history.map(({ on }) => on)).toEqual([false, true]);
});

test('switching the router off restarts it', async () => {
  const { relay, plug } = await openPlug();
  const controller = await control(await open([shelly(plug.port)]));
  await until(() => isOn(controller));
  await controller.write('Outlet', 'On', false);
  expect(relay.pending?.on).toBe(true);
  await until(() => relay.on);
  await until(() => isOn(controller));
});

test.each([
  ['with the timer of the plug', false],
  ['while the timer of the plug fails', true],
])('kill -9 in the middle of a restart, %s: the next start finishes it', async (_name, isTimerBroken) => {
  const { relay, plug } = await openPlug();
  relay.isTimerBroken = isTimerBroken;
  const homebridge = await open([shelly(plug.port)]);
  const controller = await control(homebridge);
  await until(() => isOn(controller));
  await controller.write('Switch', 'On', true);
  await until(() => !relay.on);
  expect(pendingIn(homebridge)).toBe(1);
  await controller.close();
  await homebridge.kill();
  await homebridge.start();
  await until(() => relay.on && pendingIn(homebridge) === 0, 25_000);
  await until(() => isOn(controller));
  expect(homebridge.lines.some((line) => line.includes('a restart was interrupted; it is finished now'))).toBe(true);
});

test('an orderly restart in the middle of a cycle', async () => {
  const { relay, plug } = await openPlug();
  const homebridge = await open([shelly(plug.port, { offSeconds: 5 })]);
  const controller = await control(homebridge);
  await until(() => isOn(controller));
  await controller.write('Switch', 'On', true);
  await until(() => !relay.on);
  await controller.close();
  await homebridge.stop();
  await homebridge.start();
  await until(() => relay.on && pendingIn(homebridge) === 0, 25_000);
  await until(() => isOn(controller));
});
