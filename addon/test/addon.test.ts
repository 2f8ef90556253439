import { buildHouse } from '@porchlight/host';
import { expandAddonOptions, forms, renderAddon } from '@porchlight/config-schemas';
import { parseConfig } from '@porchlight/core';
import { expect, test } from '@jest/globals';
import { readFileSync } from 'node:fs';
import { parse } from 'yaml';
import { objectionsTo, unreadableTypes } from './support/supervisor.ts';

const read = (file: string): string => readFileSync(new URL(`../${file}`, import.meta.url), 'utf8');
const config = parse(read('config.yaml')) as Record<string, unknown>;
const { options, schema } = renderAddon(forms);

/** Keys that the Supervisor knows (home-assistant/supervisor, apps/validate.py), as far as we use them. */
const known = [
  'name',
  'version',
  'slug',
  'description',
  'url',
  'arch',
  'homeassistant',
  'init',
  'startup',
  'services',
  'map',
  'usb',
  'gpio',
  'ports',
  'timeout',
  'options',
  'schema',
];

test('the Supervisor knows every key', () => {
  expect(Object.keys(config).filter((key) => !known.includes(key))).toEqual([]);
  expect(config).toMatchObject({ slug: 'porchlight', services: ['mqtt:want'], options, schema });
  expect(unreadableTypes(schema)).toEqual([]);
});

/** As the Supervisor puts the options of an owner over those of the add-on: key by key, at the top only. */
const merged = (own: object): Record<string, unknown> => ({ ...options, ...own });

const examples = Array.from(read('DOCS.md').matchAll(/```yaml\n([^]*?)```/g), ([, text = '']) => text);

test.each<[string, object]>([
  ['nothing', {}],
  ['one setting', { 'event-alarm': { thresholdEventCount: 3 } }],
  ['a rule', { 'event-alarm.rules': [{ name: 'Night', modes: ['night'], 'sources.labels': ['person'] }] }],
  ['a sequence', { 'smart-plug.sequences': [{ name: 'Internet', steps: [{ plug: 'Router' }] }] }],
  ...examples.map((text): [string, object] => ['what DOCS.md shows', parse(text) as object]),
])('the Supervisor takes options with %s', (_what, own) => {
  expect(objectionsTo(merged(own), schema)).toEqual([]);
});

test('it refuses what the schema does not allow', () => {
  expect(objectionsTo(merged({ 'event-alarm': { thresholdEventCount: 0 }, blink: undefined }), schema)).toEqual([
    '/event-alarm/thresholdEventCount is no int(1,1000)',
    '/blink is no group',
  ]);
});

function problemsOf(own: object): string[] {
  const house = buildHouse(expandAddonOptions(merged(own)), {});
  const found = [...house.services].flatMap(([name, raw]) => {
    const form = forms.find(({ service }) => service === name);
    const result = form && parseConfig(form.schema, raw);
    return result?.ok ? result.warnings : (result?.problems ?? [`${name} is unknown`]);
  });
  return [...house.problems, ...found];
}

test('the options it starts with, every service at once, and the example are houses that run', () => {
  expect(problemsOf({})).toEqual([]);
  expect(problemsOf({ services: forms.map(({ service }) => service) })).toEqual([]);
  expect(examples.map((text) => problemsOf(parse(text) as object))).toEqual([[]]);
});

test('options become the configuration of a house: dots are paths, the lists of a service are its own', () => {
  const own = {
    services: ['event-alarm', 'blink'],
    broker: { url: 'mqtt://broker' },
    'event-alarm': { code: '4711', 'sources.labels': ['person'], 'notifications.quietHours.from': '22:00' },
    'event-alarm.rules': [{ name: 'Night', 'sources.devices': ['blink/yard'] }],
    'event-alarm.notifications.channels': [{ type: 'ntfy', topic: 'house' }],
    rhombus: { apiKey: 'not chosen' },
  };
  expect(expandAddonOptions(own)).toEqual({
    broker: { url: 'mqtt://broker' },
    services: {
      'event-alarm': {
        code: '4711',
        sources: { labels: ['person'] },
        rules: [{ name: 'Night', sources: { devices: ['blink/yard'] } }],
        notifications: { quietHours: { from: '22:00' }, channels: [{ type: 'ntfy', topic: 'house' }] },
      },
      blink: {},
    },
  });
});

test('every option has a name in the translation', () => {
  interface Texts {
    name: string;
    fields?: Record<string, Texts>;
  }
  const translation = parse(read('translations/en.yaml')) as {
    configuration: Record<string, Texts>;
    network: Record<string, string>;
  };
  const check = (node: unknown, texts: Texts | undefined): void => {
    expect(texts?.name).toMatch(/\S/);
    const members: unknown = Array.isArray(node) ? node[0] : node;
    if (typeof members !== 'object' || members === null) return;
    for (const [key, member] of Object.entries(members)) check(member, texts?.fields?.[key]);
  };
  for (const [key, node] of Object.entries(schema)) check(node, translation.configuration[key]);
  expect(Object.keys(translation.network)).toEqual(Object.keys(config['ports'] as object));
});

test.each([
  ['icon.png', 128, 128],
  ['logo.png', 320, 100],
])('%s is a picture of %d x %d', (file, width, height) => {
  const bytes = readFileSync(new URL(`../${file}`, import.meta.url));
  expect(bytes.subarray(1, 4).toString()).toBe('PNG');
  expect([bytes.readUInt32BE(16), bytes.readUInt32BE(20)]).toEqual([width, height]);
});

test('the image holds what the services run, and starts the host alone', () => {
  const dockerfile = read('Dockerfile');
  for (const program of ['ffmpeg', 'iputils-ping', 'tini', 'uhubctl']) expect(dockerfile).toContain(program);
  expect(dockerfile).toContain(`ARG BUILD_VERSION=${String(config['version'])}`);
  expect(read('run.sh')).toMatch(/^exec porchlight run --addon$/m);
});

test('the AppArmor profile bears the name of the add-on, and its braces match', () => {
  const profile = read('apparmor.txt');
  expect(profile).toMatch(new RegExp(`^profile ${String(config['slug'])} flags=`, 'm'));
  const rules = profile.split('\n').filter((line) => /^ {2}[^#\s]/.test(line));
  expect(rules.filter((line) => !line.endsWith(','))).toEqual([]);
  expect(profile.split('{').length).toBe(profile.split('}').length);
});
