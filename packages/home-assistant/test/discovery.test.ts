import { expect, test } from '@jest/globals';
import { commandSchema, stateSchema } from '../../bus/src/contract/payloads.ts';
import { capabilities, deviceDescriptionSchema, isCapabilityName, type CommandableName } from '@porchlight/core';
import nunjucks from 'nunjucks';
import { describeDiscovery } from '../src/index.ts';
import type { Component } from '../src/component.ts';

const jinja = new nunjucks.Environment(null, { autoescape: false });
jinja.addFilter('tojson', (value: unknown) => JSON.stringify(value));
const render = (template: unknown, variables: object): string => jinja.renderString(String(template), variables);

const place = { service: 'house', root: 'porchlight' };
const everything = {
  motion: {},
  contact: {},
  alarm: { modes: ['home', 'away', 'night'], code: 'number' },
  switch: {},
  'power-cycle': {},
  connectivity: {},
  battery: {},
  temperature: {},
  doorbell: {},
  camera: {},
  measurement: { quantities: { power: { name: 'Power', unit: 'W', deviceClass: 'power' } } },
  health: {},
};

function describe(given: object) {
  const device = deviceDescriptionSchema.parse({ id: 'thing', name: 'Thing', room: 'Hall', capabilities: given });
  return describeDiscovery(device, place);
}

const component = (given: object, key: string): Component => {
  const found = describe(given)?.components[key];
  if (!found) throw new Error(`There is no ${key}.`);
  return found;
};

test('every capability that Home Assistant can show is there, with ids that never change', () => {
  const discovery = describe(everything);
  expect(discovery?.device).toMatchObject({
    identifiers: ['porchlight_house_thing'],
    name: 'Thing',
    suggested_area: 'Hall',
  });
  const kinds = Object.entries(discovery?.components ?? {}).map(([key, { platform, unique_id }]) => [
    key,
    platform,
    unique_id,
  ]);
  expect(kinds).toEqual([
    ['motion', 'binary_sensor', 'porchlight_house_thing_motion'],
    ['alarm', 'alarm_control_panel', 'porchlight_house_thing_alarm'],
    ['switch', 'switch', 'porchlight_house_thing_switch'],
    ['restart', 'button', 'porchlight_house_thing_restart'],
    ['power-cycle', 'sensor', 'porchlight_house_thing_power-cycle'],
    ['connectivity', 'binary_sensor', 'porchlight_house_thing_connectivity'],
    ['status', 'sensor', 'porchlight_house_thing_status'],
    ['contact', 'binary_sensor', 'porchlight_house_thing_contact'],
    ['battery', 'sensor', 'porchlight_house_thing_battery'],
    ['battery-low', 'binary_sensor', 'porchlight_house_thing_battery-low'],
    ['temperature', 'sensor', 'porchlight_house_thing_temperature'],
    ['doorbell', 'event', 'porchlight_house_thing_doorbell'],
    ['power', 'sensor', 'porchlight_house_thing_power'],
    ['problem', 'binary_sensor', 'porchlight_house_thing_problem'],
  ]);
});

test('another house on the same broker has names of its own', () => {
  const device = deviceDescriptionSchema.parse({ id: 'thing', name: 'Thing', capabilities: { motion: {} } });
  const there = describeDiscovery(device, { service: 'house', root: 'site-b/porchlight' });
  expect(there?.device['identifiers']).toEqual(['porchlight_site_b_porchlight_house_thing']);
});

test('a device that has nothing to show is not announced', () => {
  expect(describe({ camera: {} })).toBeUndefined();
});

test.each<[string, object, string, object, string]>([
  ['a motion', { motion: {} }, 'motion', { detected: true }, 'ON'],
  ['no motion', { motion: {} }, 'motion', { detected: false }, 'OFF'],
  ['an open door', { contact: {} }, 'contact', { open: true }, 'ON'],
  ['an alarm that is off', { alarm: everything.alarm }, 'alarm', { mode: 'disarmed', phase: 'idle' }, 'disarmed'],
  ['an alarm that is being armed', { alarm: everything.alarm }, 'alarm', { mode: 'away', phase: 'arming' }, 'arming'],
  ['an armed alarm', { alarm: everything.alarm }, 'alarm', { mode: 'night', phase: 'armed' }, 'armed_night'],
  ['a ringing alarm', { alarm: everything.alarm }, 'alarm', { mode: 'away', phase: 'triggered' }, 'triggered'],
  ['a switch', { switch: {} }, 'switch', { on: true }, 'ON'],
  ['no internet', { connectivity: {} }, 'connectivity', { status: 'offline' }, 'OFF'],
  ['a status', { connectivity: {} }, 'status', { status: 'rebooting' }, 'rebooting'],
  ['a battery', { battery: {} }, 'battery', { percent: 80, low: false }, '80'],
  ['a battery that only says low', { battery: {} }, 'battery-low', { low: true }, 'ON'],
  ['a temperature', { temperature: {} }, 'temperature', { celsius: 21.5 }, '21.5'],
  ['a press', { doorbell: {} }, 'doorbell', { lastPress: '2026-01-01T00:00:00Z' }, '{"event_type":"ring"}'],
  ['no press yet', { doorbell: {} }, 'doorbell', {}, ''],
  ['a figure', { measurement: everything.measurement }, 'power', { values: { power: 12 } }, '12'],
  ['a figure that is nought', { measurement: everything.measurement }, 'power', { values: { power: 0 } }, '0'],
  ['a problem', { motion: {} }, 'problem', { ok: false }, 'ON'],
])('reads %s', (_what, given, key, state, expected) => {
  const { value_template: template, state_topic: topic } = component({ ...given, health: {} }, key);
  const capability = String(topic).split('/').at(-1) ?? '';
  expect(isCapabilityName(capability) && stateSchema(capability)?.safeParse(state).success).toBe(true);
  expect(render(template, { value_json: state })).toBe(expected);
});

test.each([
  ['ARM_AWAY', '', { action: 'set-mode', mode: 'away' }],
  ['ARM_NIGHT', '1234', { action: 'set-mode', mode: 'night', code: '1234' }],
  ['DISARM', '1234', { action: 'set-mode', mode: 'disarmed', code: '1234' }],
  ['DISARM', '"};', { action: 'set-mode', mode: 'disarmed', code: '"};' }],
  ['TRIGGER', '', { action: 'trigger' }],
])('commands the alarm: %s', (action, code, command) => {
  const text = render(component({ alarm: everything.alarm }, 'alarm')['command_template'], { action, code });
  expect(commandSchema('alarm')?.parse(JSON.parse(text))).toMatchObject({ command });
});

test.each<[CommandableName, string, string, object]>([
  ['switch', 'switch', 'payload_on', { on: true }],
  ['switch', 'switch', 'payload_off', { on: false }],
  ['power-cycle', 'restart', 'payload_press', { action: 'run' }],
])('commands a %s', (capability, key, payload, command) => {
  const text = String(component({ [capability]: {} }, key)[payload]);
  expect(commandSchema(capability)?.parse(JSON.parse(text))).toMatchObject({ command });
  expect(capabilities[capability].command?.safeParse(command).success).toBe(true);
});

test('a light compares its state with its own commands', () => {
  const light = component({ switch: { as: 'light' } }, 'switch');
  expect(light.platform).toBe('light');
  expect(render(light['state_value_template'], { value_json: { on: true } })).toBe(light['payload_on']);
  expect(render(light['state_value_template'], { value_json: { on: false } })).toBe(light['payload_off']);
});

test('is available while the service runs and the device answers', () => {
  const [status, health] = describe({ motion: {} })?.availability ?? [];
  expect(render(status?.['value_template'], { value_json: { state: 'offline' } })).toBe('offline');
  expect(render(health?.['value_template'], { value_json: { ok: true } })).toBe('online');
  expect(render(health?.['value_template'], { value_json: { ok: false, reachable: false } })).toBe('offline');
});

test('a code is asked for where the alarm wants one, and only there', () => {
  expect(component({ alarm: everything.alarm }, 'alarm')).toMatchObject({
    code: 'REMOTE_CODE',
    code_arm_required: false,
  });
  expect(component({ alarm: { modes: ['away'] } }, 'alarm')).not.toHaveProperty('code');
});
