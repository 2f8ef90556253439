import { expect, test } from '@jest/globals';
import { Devices, parseCommand, type DeviceChange } from '../src/index.ts';

function open() {
  const devices = new Devices('lamps');
  const changes: DeviceChange[] = [];
  devices.subscribe((change) => changes.push(change));
  return { devices, changes };
}

const lamp = { id: 'lamp', name: 'Lamp', capabilities: { switch: {} }, state: { switch: { on: false } } };

test('every device has a health, and says when it changes, once', () => {
  const { devices, changes } = open();
  const device = devices.add(lamp);
  expect(devices.state('lamp', 'health')).toEqual({ ok: true });
  device.update('switch', { on: true });
  device.update('switch', { on: true });
  device.describe({ name: 'Porch lamp' });
  device.describe({ name: 'Porch lamp' });
  expect(changes.map(({ type }) => type)).toEqual(['added', 'state', 'described']);
});

test('two devices of one id are an error', () => {
  const { devices } = open();
  devices.add(lamp);
  expect(() => devices.add(lamp)).toThrow('There are two devices with the id lamp.');
});

test.each(['status', 'info', 'Front Door', 'a/b', '+', '#', ''])('%j is no id of a device', (id) => {
  expect(() => open().devices.add({ ...lamp, id })).toThrow();
});

test('a device that was removed says nothing any more', () => {
  const { devices, changes } = open();
  const device = devices.add(lamp);
  device.remove();
  device.update('switch', { on: true });
  device.emit({ id: 'e', type: 'motion', occurredAt: 0, observedAt: 0 });
  device.remove();
  expect(changes.map(({ type }) => type)).toEqual(['added', 'removed']);
  expect(devices.list()).toEqual([]);
});

test('an event bears the name of its device', () => {
  const { devices, changes } = open();
  devices.add(lamp).emit({ id: 'e1', type: 'motion', occurredAt: 1, observedAt: 2 });
  expect(changes.at(-1)).toMatchObject({ event: { id: 'e1', service: 'lamps', device: 'lamp', name: 'Lamp' } });
});

test('commands reach their device, or are refused by name', async () => {
  const { devices } = open();
  const seen: unknown[] = [];
  devices.add({ ...lamp, commands: { switch: (command, origin) => void seen.push([command, origin]) } });
  await devices.command({ device: 'lamp', capability: 'switch' }, { on: true }, 'bus');
  expect(seen).toEqual([[{ on: true }, 'bus']]);
  await expect(devices.command({ device: 'x', capability: 'switch' }, { on: true }, 'bus')).rejects.toMatchObject({
    code: 'device.unknown',
  });
  await expect(
    devices.command({ device: 'lamp', capability: 'alarm' }, { action: 'silence' }, 'bus'),
  ).rejects.toMatchObject({ code: 'command.unsupported' });
});

test.each([
  ['switch', { on: true }, undefined],
  ['switch', { on: 'yes' }, /The switch command was not understood: "on"/],
  ['alarm', { action: 'dance' }, /The alarm command was not understood/],
  ['alarm', null, /The alarm command was not understood/],
] as const)('parses a %s command %j', (capability, raw, problem) => {
  const parse = (): unknown => parseCommand(capability, raw);
  if (problem) expect(parse).toThrow(problem);
  else expect(parse()).toEqual(raw);
});

test('the trouble of the service as a whole is said once', () => {
  const { devices, changes } = open();
  devices.setProblem('No account.');
  devices.setProblem('No account.');
  devices.setProblem(undefined);
  expect(changes).toEqual([
    { type: 'problem', problem: 'No account.' },
    { type: 'problem', problem: undefined },
  ]);
});
