import { afterEach, describe, expect, test } from '@jest/globals';
import { readFile, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { eventually, pair, serviceTypes, type Accessory } from './support/controller.ts';
import { createHomebridge, type Homebridge } from './support/homebridge.ts';
import { freePort, until } from '@porchlight/core/testing';

const cleanUps: (() => Promise<unknown>)[] = [];
afterEach(async () => {
  for (const cleanUp of cleanUps.splice(0).toReversed()) await cleanUp();
});

const pluginPath = fileURLToPath(new URL('fixtures', import.meta.url));

const eye = {
  id: 'eye',
  name: 'Hall eye',
  capabilities: { motion: {}, battery: {}, temperature: {} },
  state: { motion: { detected: true }, battery: { percent: 40.4, low: false }, temperature: { celsius: -12.5 } },
};
const door = { id: 'door', name: 'Door', capabilities: { contact: {} }, state: { contact: { open: false } } };
const bell = { id: 'bell', name: 'Bell', capabilities: { doorbell: {}, camera: {} } };
const plug = {
  id: 'plug',
  name: 'Plug',
  capabilities: { switch: { as: 'outlet' }, measurement: { quantities: {} } },
  state: { switch: { on: false, inUse: false } },
};
const lamp = { id: 'lamp', name: 'Lamp', capabilities: { switch: { as: 'light' } }, state: { switch: { on: false } } };
const router = {
  id: 'router',
  name: 'Router',
  capabilities: { 'power-cycle': {} },
  state: { 'power-cycle': { phase: 'idle' } },
};
const alarm = {
  id: 'alarm',
  name: 'Alarm',
  capabilities: { alarm: { modes: ['away'] } },
  state: { alarm: { mode: 'disarmed', phase: 'idle' } },
};

async function open(version: '2' | '1.11', devices: readonly object[]): Promise<Homebridge> {
  const broker = { port: await freePort() };
  const platforms = [{ platform: 'PorchlightFixture', name: 'Fixture', broker, devices: JSON.stringify(devices) }];
  const homebridge = await createHomebridge({ version, platforms, pluginPath });
  cleanUps.push(() => homebridge.remove());
  await homebridge.start();
  return homebridge;
}

async function setDevices(homebridge: Homebridge, devices: readonly object[]): Promise<void> {
  const file = join(homebridge.folder, 'config.json');
  const config = JSON.parse(await readFile(file, 'utf8')) as { platforms: object[] };
  await writeFile(
    file,
    JSON.stringify({ ...config, platforms: [{ ...config.platforms[0], devices: JSON.stringify(devices) }] }),
  );
}

function findAid(accessories: readonly Accessory[], service: string): number | undefined {
  const short = serviceTypes[service];
  return accessories.find(({ services }) => services.some(({ type }) => type === short))?.aid;
}

describe.each(['2', '1.11'] as const)('Homebridge %s', (version) => {
  test('shows devices of every kind, carries out what Home asks, and logs nothing odd', async () => {
    const homebridge = await open(version, [eye, door, bell, plug, lamp, router, alarm]);
    const controller = await pair(homebridge);
    cleanUps.push(() => controller.close());
    await until(async () => (await controller.list()).length === 8);
    expect(await controller.read('MotionSensor', 'MotionDetected')).toBeTruthy();
    expect(await controller.read('Battery', 'BatteryLevel')).toBe(40);
    expect(await controller.read('TemperatureSensor', 'CurrentTemperature')).toBe(-12.5);
    expect(await controller.read('ContactSensor', 'ContactSensorState')).toBe(0);
    expect(await controller.read('MotionSensor', 'StatusFault')).toBe(0);
    expect(await controller.read('Doorbell', 'ProgrammableSwitchEvent')).toBeNull();

    await controller.write('Lightbulb', 'On', true);
    expect(await controller.read('Lightbulb', 'On')).toBeTruthy();
    await controller.write('Outlet', 'On', true);
    await eventually(controller, ['Outlet', 'OutletInUse'], await controller.read('Outlet', 'On'));
    // Momentary: it falls back by itself.
    const presses = await controller.watch('Switch', 'On');
    await controller.write('Switch', 'On', true);
    await until(() => presses.some((on) => !on));
    await controller.write('SecuritySystem', 'TargetState', 1);
    await eventually(controller, ['SecuritySystem', 'CurrentState'], 1);
    // Night is not offered: HAP refuses it.
    await controller.write('SecuritySystem', 'TargetState', 2);
    expect(await controller.read('SecuritySystem', 'TargetState')).toBe(1);
    expect(homebridge.lines.filter((line) => /warn|error|uncaught|characteristic/i.test(line))).toEqual([]);
  });

  test("over a restart: the owner's names and the accessories stay, renamed and removed devices follow", async () => {
    const homebridge = await open(version, [eye, lamp, door]);
    const controller = await pair(homebridge);
    cleanUps.push(() => controller.close());
    await until(async () => (await controller.list()).length === 4);
    await controller.write('MotionSensor', 'ConfiguredName', 'Burglar eye');
    const before = await controller.list();
    await controller.close();
    await homebridge.stop();
    await setDevices(homebridge, [
      { ...eye, name: 'Corridor eye' },
      { ...lamp, name: 'Big lamp' },
    ]);
    await homebridge.start();
    await until(async () => (await controller.list()).length === 3);
    await eventually(controller, ['Lightbulb', 'ConfiguredName'], 'Big lamp');
    expect(await controller.read('MotionSensor', 'ConfiguredName')).toBe('Burglar eye');
    const after = await controller.list();
    for (const service of ['MotionSensor', 'Lightbulb']) expect(findAid(after, service)).toBe(findAid(before, service));
    expect(findAid(after, 'ContactSensor')).toBeUndefined();
  });
});
