import { expect, test } from '@jest/globals';
import { globSync, readFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { isSystemProgram, packagesOf } from '../system-programs.ts';

const root = fileURLToPath(new URL('../..', import.meta.url));
const files = '{packages,plugins,config-schemas,addon,examples,tools,e2e}/**/*.test.ts';

test('every program that a test asks for can be found and installed', () => {
  const tests = globSync(files, { cwd: root, exclude: (name) => name === 'node_modules' || name === 'dist' });
  const asked = tests.flatMap((file) => {
    const [, line = ''] = /^\/\/ requires: (.+)$/m.exec(readFileSync(`${root}/${file}`, 'utf8')) ?? [];
    return line.split(/[\s,]+/).filter(Boolean);
  });
  expect([...new Set(asked)].filter((name) => !isSystemProgram(name))).toEqual([]);
  expect(asked).toContain('mosquitto');
});

test('programs come from the packages of Debian', () => {
  expect(packagesOf(['mosquitto_pub', 'ping', 'postgres'])).toEqual([
    'mosquitto-clients',
    'iputils-ping',
    'postgresql',
  ]);
});
