import { buildHouse } from '@porchlight/host';
import { forms } from '@porchlight/config-schemas';
import { parseConfig } from '@porchlight/core';
import { expect, test } from '@jest/globals';
import { readFileSync } from 'node:fs';
import { parse } from 'yaml';

const read = (file: string): string => readFileSync(new URL(`../${file}`, import.meta.url), 'utf8');
const config = parse(read('config.yaml')) as Record<string, unknown>;

/** Keys that the Supervisor knows (home-assistant/supervisor, apps/validate.py), as far as we use them. */
const known = [
  'name',
  'version',
  'slug',
  'description',
  'url',
  'arch',
  'init',
  'startup',
  'boot',
  'services',
  'map',
  'timeout',
  'options',
  'schema',
];
const types = /^(str|bool|password|(int|float)(\(-?[\d.]*,-?[\d.]*\))?|list\([^()]+\))\??$/;

test('the Supervisor knows every key', () => {
  expect(Object.keys(config).filter((key) => !known.includes(key))).toEqual([]);
  expect(config).toMatchObject({ slug: 'porchlight', services: ['mqtt:want'] });
});

test('every option has a type that the Supervisor knows', () => {
  const check = (node: unknown): void => {
    if (typeof node === 'string') expect(node).toMatch(types);
    else if (Array.isArray(node)) {
      expect(node).toHaveLength(1);
      check(node[0]);
    } else for (const member of Object.values(node as object)) check(member);
  };
  check(config['schema']);
});

test('every option has a name in the translation', () => {
  interface Texts {
    name: string;
    fields?: Record<string, Texts>;
  }
  const { configuration } = parse(read('translations/en.yaml')) as { configuration: Record<string, Texts> };
  const check = (node: unknown, texts: Texts | undefined): void => {
    expect(texts?.name).toBeTruthy();
    const members: unknown = Array.isArray(node) ? node[0] : node;
    if (typeof members !== 'object' || members === null || !texts?.fields) return;
    for (const [key, member] of Object.entries(members)) check(member, texts.fields[key]);
  };
  for (const [key, node] of Object.entries(config['schema'] as object)) check(node, configuration[key]);
});

test('the options it starts with are a house that runs', () => {
  const house = buildHouse(config['options'], {});
  expect(house.problems).toEqual([]);
  for (const [name, raw] of house.services) {
    const form = forms.find(({ service }) => service === name);
    expect(form && parseConfig(form.schema, raw)).toMatchObject({ ok: true });
  }
});

test('it starts the host and nothing else', () => {
  expect(read('run.sh')).toMatch(/^exec porchlight run --addon$/m);
  expect(read('Dockerfile')).toMatch(/^ARG BUILD_FROM=\S+$/m);
});
