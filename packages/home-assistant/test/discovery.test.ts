import { expect, test } from '@jest/globals';
import { commandSchema, stateSchema } from '../../bus/src/contract/payloads.ts';
import { capabilities, deviceDescriptionSchema, isCapabilityName, type CommandableName } from '@porchlight/core';
import nunjucks from 'nunjucks';
import { describeDiscovery } from '../src/index.ts';
import type { Component } from '../src/component.ts';
import { quantities as watchdogFigures } from '../../../plugins/watchdog/src/adapters/devices/figures.ts';
import { objectionsTo } from './support/rules.ts';

const jinja = new nunjucks.Environment(null, { autoescape: false });
jinja.addFilter('tojson', (value: unknown) => JSON.stringify(value));
// Functions that Home Assistant's templates have.
jinja.addFilter('timestamp_utc', (seconds: number) => new Date(seconds * 1000).toISOString());
jinja.addGlobal('now', () => new Date('2026-01-01T12:00:00Z').toISOString());
jinja.addGlobal('as_timestamp', (time: string) => Date.parse(time) / 1000);
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
    ['take-snapshot', 'button', 'porchlight_house_thing_take-snapshot'],
    ['last-snapshot', 'sensor', 'porchlight_house_thing_last-snapshot'],
    ['power', 'sensor', 'porchlight_house_thing_power'],
    ['problem', 'binary_sensor', 'porchlight_house_thing_problem'],
  ]);
});

const measured = (part: object) => ({ measurement: { quantities: { figure: { name: 'Figure', ...part } } } });
const figures: [what: string, capabilities: object][] = [
  ['power', measured({ unit: 'W', deviceClass: 'power' })],
  ['energy', measured({ unit: 'kWh', deviceClass: 'energy' })],
  ['humidity', measured({ unit: '%', deviceClass: 'humidity' })],
  ['carbon dioxide', measured({ unit: 'ppm', deviceClass: 'carbon_dioxide' })],
  ['fine dust', measured({ unit: 'µg/m³', deviceClass: 'pm25' })],
  ['organic compounds', measured({ unit: 'ppb', deviceClass: 'volatile_organic_compounds_parts' })],
  ['air quality', measured({ deviceClass: 'aqi' })],
  ['a point in time', measured({ deviceClass: 'timestamp', diagnostic: true })],
  ['a count against its threshold', measured({ unit: 'of 2' })],
  ['the figures of the watchdog', { connectivity: {}, measurement: { quantities: watchdogFigures } }],
];

test.each<[string, object]>([
  ['everything at once', everything],
  ['a light', { switch: { as: 'light' } }],
  ['an outlet', { switch: { as: 'outlet' } }],
  ['an alarm with a code of letters', { alarm: { modes: ['away'], code: 'text', codeToArm: true } }],
  ['an alarm without a code', { alarm: { modes: ['home'] } }],
  ...figures,
])('Home Assistant has no objection to %s', (_what, given) => {
  expect(objectionsTo(describe(given))).toEqual([]);
});

test('what Home Assistant keeps statistics of', () => {
  const classes = figures.map(([what, given]) => [what, describe(given)?.components['figure']?.['state_class']]);
  expect(Object.fromEntries(classes)).toMatchObject({
    power: 'measurement',
    energy: 'total_increasing',
    'a point in time': undefined,
    'a count against its threshold': undefined,
  });
});

test('the first of a device takes its name, the others have their own', () => {
  const { components = {} } = describe({ contact: {}, motion: {}, switch: {} }) ?? {};
  expect(Object.values(components).map(({ name }) => name)).toEqual([null, 'Switch', 'Opening']);
});

test('another house on the same broker has names of its own', () => {
  const device = deviceDescriptionSchema.parse({ id: 'thing', name: 'Thing', capabilities: { motion: {} } });
  const there = describeDiscovery(device, { service: 'house', root: 'site-b/porchlight' });
  expect(there?.device['identifiers']).toEqual(['porchlight_site_b_porchlight_house_thing']);
});

test('a device that has nothing to show is not announced', () => {
  expect(describe({})).toBeUndefined();
});

const epoch = '1970-01-01T00:00:00.000Z';

test.each<[string, object, string, object, string]>([
  ['a motion', { motion: {} }, 'motion', { detected: true }, 'ON'],
  ['no motion', { motion: {} }, 'motion', { detected: false }, 'OFF'],
  ['an open door', { contact: {} }, 'contact', { open: true }, 'ON'],
  ['an alarm that is off', { alarm: everything.alarm }, 'alarm', { mode: 'disarmed', phase: 'idle' }, 'disarmed'],
  ['an alarm that is being armed', { alarm: everything.alarm }, 'alarm', { mode: 'away', phase: 'arming' }, 'arming'],
  ['an armed alarm', { alarm: everything.alarm }, 'alarm', { mode: 'night', phase: 'armed' }, 'armed_night'],
  ['a ringing alarm', { alarm: everything.alarm }, 'alarm', { mode: 'away', phase: 'triggered' }, 'triggered'],
  ['a switch', { switch: {} }, 'switch', { on: true }, 'ON'],
  ['a connection nobody has looked at', { connectivity: {} }, 'connectivity', { status: 'unknown' }, 'None'],
  ['no internet', { connectivity: {} }, 'connectivity', { status: 'offline' }, 'OFF'],
  ['a status', { connectivity: {} }, 'status', { status: 'rebooting' }, 'rebooting'],
  ['a battery', { battery: {} }, 'battery', { percent: 80, low: false }, '80'],
  ['a battery that only says low', { battery: {} }, 'battery-low', { low: true }, 'ON'],
  ['a temperature', { temperature: {} }, 'temperature', { celsius: 21.5 }, '21.5'],
  ['a picture', { camera: {} }, 'last-snapshot', { snapshotAt: '2026-01-01T00:00:00Z' }, '2026-01-01T00:00:00Z'],
  ['no picture yet', { camera: {} }, 'last-snapshot', {}, 'None'],
  ['a figure', { measurement: everything.measurement }, 'power', { values: { power: 12 } }, '12'],
  ['a figure that is nought', { measurement: everything.measurement }, 'power', { values: { power: 0 } }, '0'],
  ['a figure that is not there', { measurement: everything.measurement }, 'power', { values: {} }, 'None'],
  ['a time in milliseconds', measured({ deviceClass: 'timestamp' }), 'figure', { values: { figure: 0 } }, epoch],
  ['a time in words', measured({ deviceClass: 'timestamp' }), 'figure', { values: { figure: epoch } }, epoch],
  ['no time', measured({ deviceClass: 'timestamp' }), 'figure', { values: {} }, 'None'],
  ['a problem', { motion: {} }, 'problem', { ok: false }, 'ON'],
])('reads %s', (_what, given, key, state, expected) => {
  const { value_template: template, state_topic: topic } = component({ ...given, health: {} }, key);
  const capability = String(topic).split('/').at(-1) ?? '';
  expect(isCapabilityName(capability) && stateSchema(capability)?.safeParse(state).success).toBe(true);
  expect(render(template, { value_json: state })).toBe(expected);
});

test('a press rings by its event, once: the state is published again with every reconnect and must not', () => {
  const bell = component({ doorbell: {} }, 'doorbell');
  expect(bell['state_topic']).toBe('porchlight/event/house/thing/doorbell');
  const said = (occurredAt: string): string => render(bell['value_template'], { value_json: { occurredAt } });
  expect(JSON.parse(said('2026-01-01T11:59:00Z'))).toEqual({
    event_type: 'ring',
    occurred_at: '2026-01-01T11:59:00Z',
  });
  expect(said('2026-01-01T09:00:00Z')).toBe('');
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
  ['camera', 'take-snapshot', 'payload_press', { action: 'take-snapshot' }],
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
