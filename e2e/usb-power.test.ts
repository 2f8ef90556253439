// requires: mosquitto mosquitto_pub
import { afterEach, expect, jest, test } from '@jest/globals';
import { buildHouse, startHost } from '@porchlight/host';
import { silentLog } from '@porchlight/core';
import { freePort, until } from '@porchlight/core/testing';
import { startUsb, type Usb } from '@porchlight/simulators';
import { execFile } from 'node:child_process';
import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { startMosquitto, type Mosquitto } from '../packages/bus/test/support/mosquitto.ts';
import { eventually, pair, type Controller } from './support/controller.ts';
import { createHomebridge, type Homebridge } from './support/homebridge.ts';

jest.setTimeout(90_000);
const run = promisify(execFile);
const cleanUps: (() => unknown)[] = [];
afterEach(async () => {
  for (const cleanUp of cleanUps.splice(0).toReversed()) await cleanUp();
});

const disable = 'bus/usb/devices/1-1:1.0/1-1-port4/disable';
const away = 1;
const triggered = 4;

async function openMachine(): Promise<Usb> {
  const folder = await mkdtemp(join(tmpdir(), 'porchlight-e2e-usb-'));
  cleanUps.push(() => rm(folder, { recursive: true, force: true }));
  const usb = startUsb({ folder, isWatching: true });
  cleanUps.push(() => usb.close());
  return usb;
}

/** The plugin's block for the machine's port 1-1.4. */
function block(usb: Usb, broker: object, lamp: object = {}): object {
  const lamps = [{ name: 'Lamp', port: '1-1.4', ...lamp }];
  return {
    platform: 'PorchlightUsbPower',
    sysfsFolder: usb.sysfsFolder,
    uhubctlPath: join(usb.sysfsFolder, 'none'),
    pollSeconds: 0.5,
    lamps,
    broker,
  };
}

async function open(platforms: object[], version: '2' | '1.11' = '2'): Promise<Homebridge> {
  const homebridge = await createHomebridge({ version, platforms });
  cleanUps.push(() => homebridge.remove());
  await homebridge.start();
  return homebridge;
}

async function control(homebridge: Homebridge): Promise<Controller> {
  const controller = await pair(homebridge);
  cleanUps.push(() => controller.close());
  return controller;
}

/** HAP writes truth as true or 1. */
async function shows(controller: Controller, service: 'Lightbulb' | 'Outlet', on: boolean): Promise<void> {
  const read = (): Promise<unknown> => controller.read(service, 'On').catch(() => undefined);
  await until(async () => [on, Number(on)].includes((await read()) as boolean));
}

async function openMosquitto(): Promise<Mosquitto> {
  const mosquitto = await startMosquitto();
  cleanUps.push(() => mosquitto.stop());
  return mosquitto;
}

async function publish(port: number, topic: string, message: object): Promise<void> {
  const args = ['-h', '127.0.0.1', '-p', String(port), '-q', '1', '-t', topic, '-m', JSON.stringify(message)];
  await run('mosquitto_pub', args);
}

test.each(['2', '1.11'] as const)(
  'Homebridge %s: switched in Home, seen in sysfs; switched by hand, seen in Home',
  async (version) => {
    const usb = await openMachine();
    const homebridge = await open([block(usb, { port: await freePort() })], version);
    const controller = await control(homebridge);
    await shows(controller, 'Lightbulb', false);
    await until(() => !usb.isLit('1-1.4'));
    const states = await controller.watch('Lightbulb', 'On');
    await controller.write('Lightbulb', 'On', true);
    expect(await readFile(join(usb.sysfsFolder, disable), 'utf8')).toMatch(/^0/);
    await until(() => usb.isLit('1-1.4'));

    // Another program writes where the plugin writes.
    for (const side of [disable, disable.replaceAll('1-1', '2-1')]) await writeFile(join(usb.sysfsFolder, side), '1');
    await until(() => states.includes(false) || states.includes(0));
    await shows(controller, 'Lightbulb', false);

    await controller.write('Lightbulb', 'On', true);
    await until(() => usb.isLit('1-1.4'));
    await controller.close();
    await homebridge.stop();
    await until(() => !usb.isLit('1-1.4'));
    expect(homebridge.lines.filter((line) => /error|uncaught|warn/i.test(line))).toEqual([]);
  },
);

test('kill -9 while it burns: it burns on, and the next start puts it out before anything else', async () => {
  const usb = await openMachine();
  const homebridge = await open([block(usb, { port: await freePort() })]);
  const controller = await control(homebridge);
  await shows(controller, 'Lightbulb', false);
  await controller.write('Lightbulb', 'On', true);
  await until(() => usb.isLit('1-1.4'));
  await controller.close();
  await homebridge.kill();
  expect(usb.isLit('1-1.4')).toBe(true);
  await homebridge.start();
  await until(() => !usb.isLit('1-1.4'));
  await shows(controller, 'Lightbulb', false);
});

test('a disk in its place: Home is told that it did not work, and the disk keeps its power', async () => {
  const usb = await openMachine();
  const homebridge = await open([block(usb, { port: await freePort() }, { as: 'outlet' })]);
  const controller = await control(homebridge);
  await shows(controller, 'Outlet', false);
  await controller.write('Outlet', 'On', true);
  usb.plug('1-1.4', { vendor: '0781', product: '5581', name: 'Ultra', disk: 'sda' });
  // Some controllers reject, others resolve with the status of the characteristic.
  await controller.write('Outlet', 'On', false).catch(() => undefined);
  await shows(controller, 'Outlet', true);
  expect(usb.isLit('1-1.4')).toBe(true);
  await until(() => homebridge.lines.some((line) => line.includes('Ultra (0781:5581, 1-1.4) with the disk sda')));
});

test('the alarm makes the lamp flash; disarmed, it is dark', async () => {
  const usb = await openMachine();
  const mosquitto = await openMosquitto();
  const broker = { url: mosquitto.url };
  const switches = [{ device: 'usb-power/lamp', pattern: 'flash', onSeconds: 0.4, offSeconds: 0.4 }];
  const homebridge = await open([block(usb, broker), { platform: 'PorchlightEventAlarm', switches, broker }]);
  const controller = await control(homebridge);
  await shows(controller, 'Lightbulb', false);
  await controller.write('SecuritySystem', 'TargetState', away);
  await eventually(controller, ['SecuritySystem', 'CurrentState'], away);
  let count = 0;
  await until(async () => {
    count += 1;
    const at = new Date().toISOString();
    const event = { v: 1, id: `e${count}`, type: 'motion', service: 'script', device: 'hall', name: 'Hall' };
    await publish(mosquitto.port, 'porchlight/event/script/hall/motion', { ...event, occurredAt: at, observedAt: at });
    return (await controller.read('SecuritySystem', 'CurrentState')) === triggered;
  });
  for (const isLit of [true, false, true, false, true]) await until(() => usb.isLit('1-1.4') === isLit);
  await publish(mosquitto.port, 'porchlight/event-alarm/alarm/alarm/set', { command: { action: 'silence' } });
  await shows(controller, 'Lightbulb', false);
  await until(() => !usb.isLit('1-1.4'));
  expect(await controller.read('SecuritySystem', 'CurrentState')).toBe(away);
});

test('the host without Homebridge serves it too, over MQTT', async () => {
  const usb = await openMachine();
  const mosquitto = await openMosquitto();
  const { platform: _platform, broker: _broker, ...lamps } = block(usb, {}) as Record<string, unknown>;
  const house = buildHouse({ broker: { url: mosquitto.url }, services: { 'usb-power': lamps } }, {});
  const stateFolder = await mkdtemp(join(tmpdir(), 'porchlight-e2e-usb-host-'));
  cleanUps.push(() => rm(stateFolder, { recursive: true, force: true }));
  const host = await startHost({ house, stateFolder, log: silentLog });
  cleanUps.push(() => host.stop());
  await until(() => !usb.isLit('1-1.4'));
  await until(async () => {
    await publish(mosquitto.port, 'porchlight/usb-power/lamp/switch/set', { command: { on: true } });
    return usb.isLit('1-1.4');
  });
  await host.stop();
  await until(() => !usb.isLit('1-1.4'));
});
