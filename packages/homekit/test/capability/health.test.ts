import { describe, expect, test } from '@jest/globals';
import type { NewDevice } from '@porchlight/core';
import { hosts } from '../support/hosts.ts';
import { addDoor, createHome, type Home } from '../support/home.ts';

type ServiceName = Parameters<Home['service']>[1];
type Condition = [fault: number, active: boolean];

const everything: Pick<NewDevice, 'capabilities' | 'state'> = {
  capabilities: { alarm: { modes: ['away'] }, motion: {}, connectivity: {}, temperature: {}, switch: {}, battery: {} },
  state: {
    alarm: { mode: 'away', phase: 'armed' },
    motion: { detected: false },
    connectivity: { status: 'online' },
    temperature: { celsius: 20 },
    switch: { on: false },
    battery: { low: false },
  },
};
const withFault: ServiceName[] = ['SecuritySystem', 'MotionSensor', 'ContactSensor', 'TemperatureSensor'];
const withActive: ServiceName[] = ['MotionSensor', 'ContactSensor', 'TemperatureSensor'];
const noResponse = { status: -70402 };

function expectCondition(home: Home, [fault, active]: Condition): void {
  for (const service of withFault) expect(home.value('door', service, 'StatusFault')).toBe(fault);
  for (const service of withActive) expect(home.value('door', service, 'StatusActive')).toBe(active);
}

describe.each(hosts)('health on $name', (host) => {
  test('a fault shows on every service that has a place for it, and goes with it', async () => {
    const home = createHome({ host });
    const door = addDoor(home, everything);
    expectCondition(home, [0, true]);
    door.update('health', { ok: false, problem: 'The battery is old.' });
    expectCondition(home, [1, true]);
    expect(await home.read('door', 'MotionSensor', 'MotionDetected')).toBe(false);
    door.update('health', { ok: true });
    expectCondition(home, [0, true]);
  });

  test('an unreachable device does not respond, and does again when it is back', async () => {
    const home = createHome({ host });
    const door = addDoor(home, everything);
    door.update('health', { ok: false, reachable: false });
    expectCondition(home, [1, false]);
    expect(await home.read('door', 'MotionSensor', 'MotionDetected')).toEqual(noResponse);
    expect(await home.read('door', 'SecuritySystem', 'SecuritySystemCurrentState')).toEqual(noResponse);
    expect(await home.read('door', 'Switch', 'On')).toEqual(noResponse);
    expect(home.characteristic('door', 'Switch', 'On').statusCode).toBe(-70402);
    door.update('health', { ok: true });
    expectCondition(home, [0, true]);
    expect(await home.read('door', 'Switch', 'On')).toBe(false);
  });

  test('trouble of the whole service is a fault of all its devices', () => {
    const home = createHome({ host });
    addDoor(home, everything);
    home.devices.setProblem('The account is locked.');
    expectCondition(home, [1, true]);
    home.devices.setProblem(undefined);
    expectCondition(home, [0, true]);
  });

  test('a capability without a state yet does not respond', async () => {
    const home = createHome({ host });
    addDoor(home, { capabilities: { temperature: {} } });
    expect(await home.read('door', 'TemperatureSensor', 'CurrentTemperature')).toEqual(noResponse);
  });
});
