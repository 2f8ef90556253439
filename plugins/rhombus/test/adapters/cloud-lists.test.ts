import { afterEach, expect, test } from '@jest/globals';
import { connect, failure } from '../support/connect.ts';
import { closeAll } from '../support/play.ts';

afterEach(closeAll);

test('lists that the key may not see are left out and named; a list that is garbled is unread', async () => {
  const { cloud, rhombus } = await connect();
  rhombus.faults.add({ match: '/api/door/', trouble: { type: 'status', status: 403 } });
  rhombus.faults.add({ match: '/api/location/', trouble: { type: 'status', status: 403 } });
  rhombus.faults.add({ match: '/api/occupancy/', trouble: { type: 'replace', body: '{}' } });
  const { devices, unseen, unread } = await cloud.devices(true);
  expect(unseen).toEqual(['locations', 'doors']);
  expect([...unread]).toEqual(['door', 'occupancy']);
  expect(devices.some(({ kind }) => kind === 'climate')).toBe(true);
  expect(devices.every(({ room }) => room === undefined)).toBe(true);
});

test('a sensor list behind a dead network fails the whole question', async () => {
  const { cloud, rhombus } = await connect();
  rhombus.faults.add({ match: '/api/climate/', trouble: { type: 'status', status: 502 } });
  expect((await failure(() => cloud.devices(true))).code).toBe('rhombus.status');
});

test('sensors are read as they are on the wire', async () => {
  const { cloud, rhombus } = await connect();
  rhombus.scenario.setOnline(rhombus.org.sensors.find(({ name }) => name === 'Cellar')?.uuid ?? '', false);
  const { devices } = await cloud.devices(true);
  const named = (name: string): unknown => devices.find((device) => device.name === name);
  expect(named('Back Door')).toMatchObject({ kind: 'door', isOpen: false, batteryPercent: 91, model: 'DOOR_D20' });
  expect(named('Cellar')).toMatchObject({
    kind: 'climate',
    celsius: 17.5,
    air: { humidity: 58 },
    isOnline: false,
    problem: 'Rhombus does not hear from it: is its battery empty, or is it too far away?',
  });
  expect(named('Attic')).toMatchObject({ kind: 'climate', celsius: 24, air: { humidity: 41, co2: 612 } });
  expect(named('Stairs')).toMatchObject({ kind: 'occupancy', isOccupied: false, batteryPercent: 55 });
});
