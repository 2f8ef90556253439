import { describe, expect, test } from '@jest/globals';
import type { NewDevice } from '@porchlight/core';
import { hosts } from '../support/hosts.ts';
import { addDoor, createHome, type Home } from '../support/home.ts';

type Read = Parameters<Home['value']> extends [string, ...infer Rest] ? Rest : never;
type Row = [Pick<NewDevice, 'capabilities' | 'state'>, Read, unknown];

const rows: Row[] = [
  [{ capabilities: { motion: {} }, state: { motion: { detected: true } } }, ['MotionSensor', 'MotionDetected'], true],
  [{ capabilities: { motion: {} }, state: { motion: { detected: false } } }, ['MotionSensor', 'MotionDetected'], false],
  ...(['unknown', 'online', 'degraded', 'offline', 'rebooting'] as const).flatMap((status): Row[] => {
    const isGone = status === 'offline' || status === 'rebooting';
    const state = { connectivity: { status } };
    const contact = { capabilities: { connectivity: {} }, state };
    const occupancy = { capabilities: { connectivity: { as: 'occupancy' as const } }, state };
    return [
      [contact, ['ContactSensor', 'ContactSensorState'], isGone ? 1 : 0],
      [occupancy, ['OccupancySensor', 'OccupancyDetected'], isGone ? 0 : 1],
    ];
  }),
  [{ capabilities: { battery: {} }, state: { battery: { low: true } } }, ['Battery', 'StatusLowBattery'], 1],
  [{ capabilities: { battery: {} }, state: { battery: { low: false } } }, ['Battery', 'StatusLowBattery'], 0],
  [
    { capabilities: { battery: {} }, state: { battery: { low: false, percent: 81.6 } } },
    ['Battery', 'BatteryLevel'],
    82,
  ],
  ...[-40, 0, 21.5, 120].map((celsius): Row => {
    const device = { capabilities: { temperature: {} }, state: { temperature: { celsius } } };
    return [device, ['TemperatureSensor', 'CurrentTemperature'], celsius];
  }),
];

describe.each(hosts)('sensors on $name', (host) => {
  test.each(rows)('%j gives %j = %j', async (device, where, expected) => {
    const home = createHome({ host });
    addDoor(home, device);
    expect(home.value('door', ...where)).toBe(expected);
    expect(await home.read('door', ...where)).toBe(expected);
  });

  test('a change reaches Home before the call that made it returns', () => {
    const home = createHome({ host });
    const door = addDoor(home, { capabilities: { motion: {} }, state: { motion: { detected: false } } });
    door.update('motion', { detected: true });
    expect(home.value('door', 'MotionSensor', 'MotionDetected')).toBe(true);
  });

  test('a battery shows its level only once it is known', () => {
    const home = createHome({ host });
    const door = addDoor(home, { capabilities: { battery: {} }, state: { battery: { low: false } } });
    expect(() => home.value('door', 'Battery', 'BatteryLevel')).toThrow('has no BatteryLevel');
    door.update('battery', { low: false, percent: 40 });
    expect(home.value('door', 'Battery', 'BatteryLevel')).toBe(40);
  });

  test.each([{ camera: {} }, { measurement: { quantities: {} } }, {}])(
    '%j has no place in Apple Home',
    (capabilities) => {
      const home = createHome({ host });
      addDoor(home, { capabilities });
      expect(home.homebridge.accessories).toEqual([]);
    },
  );
});
