import { expect, test } from '@jest/globals';
import { readFileSync } from 'node:fs';
import { longName, optionTable } from '../src/domain/option-table.ts';
import { exitCodes } from '../src/domain/outcome.ts';
import { renderHelp } from '../src/help.ts';
import { version } from '../src/version.ts';

const readme = readFileSync(new URL('../README.md', import.meta.url), 'utf8');
const manifest = JSON.parse(readFileSync(new URL('../package.json', import.meta.url), 'utf8')) as { version: string };

test.each(
  optionTable
    .filter(({ name }) => name !== 'help' && name !== 'version')
    .map((spec) => [longName(spec), spec] as const),
)('%s stands in the README and in the help', (name, { short }) => {
  for (const text of [readme, renderHelp()]) for (const word of [name, ...short]) expect(text).toContain(word);
});

test('every exit code stands in the README', () => {
  for (const code of Object.values(exitCodes)) expect(readme).toMatch(new RegExp(`^\\| ${code} `, 'm'));
});

test('the command and its package have one version', () => {
  expect(version).toBe(manifest.version);
});

test('no two options share a name', () => {
  const names = optionTable.flatMap((spec) => [spec.name, ...spec.short]);
  expect(new Set(names).size).toBe(names.length);
});
