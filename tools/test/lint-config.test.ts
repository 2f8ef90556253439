import { afterAll, beforeAll, expect, test } from '@jest/globals';
import { spawnSync } from 'node:child_process';
import { copyFileSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';

const repository = fileURLToPath(new URL('../..', import.meta.url));
let root: string;

beforeAll(() => {
  root = mkdtempSync(join(tmpdir(), 'porchlight-lint-'));
  copyFileSync(join(repository, '.oxlintrc.json'), join(root, '.oxlintrc.json'));
});
afterAll(() => rmSync(root, { recursive: true }));

/** The rules that a file with this text breaks. */
function lint(path: string, text: string): string[] {
  const file = join(root, path);
  mkdirSync(dirname(file), { recursive: true });
  writeFileSync(file, `${text}\n`);
  const { stdout } = spawnSync(join(repository, 'node_modules/.bin/oxlint'), ['-f', 'json', path], {
    cwd: root,
    encoding: 'utf8',
  });
  const { diagnostics } = JSON.parse(stdout) as { diagnostics: { code: string }[] };
  return diagnostics.map(({ code }) => code);
}

test.each(['Date.now()', 'setTimeout(() => 1, 5)', 'setInterval(() => 1, 5)', "fetch('x')", 'process.env'])(
  'the domain may not use %s',
  (code) => {
    expect(lint('plugins/blink/src/domain/a.ts', `export const a = ${code};`)).toEqual([
      'eslint(no-restricted-globals)',
    ]);
    expect(lint('plugins/blink/src/service.ts', `export const a = ${code};`)).toEqual([]);
  },
);

test.each([
  ['plugins/blink/src/domain/a.ts', 'node:fs'],
  ['plugins/blink/src/service.ts', '@porchlight/homekit'],
  ['plugins/blink/src/adapters/cloud/client.ts', 'homebridge'],
  ['packages/core/src/a.ts', '@porchlight/bus'],
  ['packages/simulators/src/a.ts', '@porchlight/core'],
  ['packages/bus/src/a.ts', 'hap-nodejs'],
  ['packages/homekit/src/a.ts', 'homebridge'],
  ['packages/host/src/a.ts', 'homebridge-porchlight-blink'],
])('%s may not import %s', (path, from) => {
  expect(lint(path, `import { a } from '${from}';\nexport const b = a;`)).toEqual(['eslint(no-restricted-imports)']);
});

test.each([
  ['packages/homekit/src/a.ts', "import type { API } from 'homebridge';\nexport type A = API;"],
  [
    'packages/host/src/a.ts',
    "import { service } from 'homebridge-porchlight-blink/service';\nexport const b = service;",
  ],
  ['plugins/blink/src/service.ts', "import { a } from '@porchlight/core';\nexport const b = a;"],
])('%s may hold %j', (path, text) => {
  expect(lint(path, text)).toEqual([]);
});

test('any and ! are for nobody, ! only for tests', () => {
  expect(lint('packages/bus/src/a.ts', 'export const a = (b: any) => b;')).toEqual(['typescript(no-explicit-any)']);
  const text = 'export const a = (b?: string) => b!.length;';
  expect(lint('packages/bus/src/a.ts', text)).toEqual(['typescript(no-non-null-assertion)']);
  expect(lint('packages/bus/test/a.test.ts', text)).toEqual([]);
});
