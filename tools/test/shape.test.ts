import { afterEach, expect, test } from '@jest/globals';
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { checkFiles } from '../shape/files.ts';
import { checkImports, findImports } from '../shape/imports.ts';
import { checkLockfile } from '../shape/lockfile.ts';
import { checkQuality, qualityRules } from '../shape/quality.ts';
import { openTree, type Tree } from '../shape/tree.ts';

let root: string | undefined;

afterEach(() => {
  if (root) rmSync(root, { recursive: true });
  root = undefined;
});

function plant(files: Record<string, string>): Tree {
  root = mkdtempSync(join(tmpdir(), 'porchlight-shape-'));
  for (const [path, text] of Object.entries(files)) {
    mkdirSync(dirname(join(root, path)), { recursive: true });
    writeFileSync(join(root, path), text);
  }
  return openTree(root);
}

const dependencies = (...names: string[]) =>
  JSON.stringify({ dependencies: Object.fromEntries(names.map((name) => [name, '1'])) });

test.each([
  ['packages/core/src/a.ts', "import { x } from '@porchlight/bus';"],
  ['packages/core/src/a.ts', "import { readFile } from 'node:fs/promises';"],
  ['packages/core/src/a.ts', "import mqtt from 'mqtt';"],
  ['config-schemas/src/a.ts', "import type { X } from '@porchlight/core';"],
  ['packages/bus/src/a.ts', "export * from '@porchlight/homekit';"],
  ['packages/bus/src/a.ts', "import x from 'not-a-dependency';"],
  ['packages/homekit/src/a.ts', "import { API } from 'homebridge';"],
  ['packages/homekit/src/a.ts', "import type { API } from '@homebridge/hap-nodejs';"],
  ['packages/homekit/src/a.ts', "const x = await import('hap-nodejs');"],
  ['packages/host/src/a.ts', "import x from 'homebridge-porchlight-blink';"],
  ['packages/simulators/src/a.ts', "import type { X } from '@porchlight/core';"],
  ['plugins/blink/src/service.ts', "import { x } from '@porchlight/homekit';"],
  ['plugins/blink/src/service.ts', "import { x } from 'homebridge-porchlight-watchdog/service';"],
  ['plugins/blink/src/service.ts', "import { x } from '../../watchdog/src/service.ts';"],
  ['plugins/blink/src/index.ts', "import { x } from './domain/x.ts';"],
  ['plugins/blink/src/domain/a.ts', "import { x } from '../adapters/cloud/client.ts';"],
  ['plugins/blink/src/domain/a.ts', "import {\n  x,\n} from 'node:crypto';"],
])('%s may not hold %j', (file, code) => {
  const manifest = `${file.slice(0, file.indexOf('/src/'))}/package.json`;
  expect(checkImports(plant({ [file]: code, [manifest]: dependencies('mqtt') }))).toHaveLength(1);
});

test.each([
  ['packages/core/src/a.ts', "import * as z from 'zod';"],
  ['packages/core/src/node/a.ts', "import { readFile } from 'node:fs/promises';"],
  ['packages/bus/src/a.ts', "import mqtt from 'mqtt';\nimport { x } from '@porchlight/core/node';"],
  ['packages/homekit/src/a.ts', "import type { API } from 'homebridge';\nimport { x } from '@porchlight/bus';"],
  ['packages/host/src/a.ts', "import { service } from 'homebridge-porchlight-blink/service';"],
  ['plugins/blink/src/index.ts', "import { r } from '@porchlight/homekit';\nimport { s } from './service.ts';"],
  ['plugins/blink/src/service.ts', "import { x } from './adapters/cloud/client.ts';\nimport mqtt from 'mqtt';"],
  ['plugins/blink/src/domain/a.ts', "import type { X } from '@porchlight/core';\nimport { y } from './y.ts';"],
  ['plugins/blink/test/a.test.ts', "import x from '../../../packages/bus/src/index.ts';"],
])('%s may hold %j', (file, code) => {
  const folder = file.slice(0, file.search(/\/(src|test)\//));
  expect(checkImports(plant({ [file]: code, [`${folder}/package.json`]: dependencies('mqtt', 'zod') }))).toEqual([]);
});

test('finds imports and re-exports, and no words of comments or texts', () => {
  const code = [
    "import 'a';",
    "import type { B } from 'b';",
    "export { c } from 'c';",
    "// import d from 'd';",
    "const text = 'import from';",
    "export const e = 'e';",
  ].join('\n');
  expect(findImports(code)).toEqual([
    { from: 'a', isTypeOnly: false },
    { from: 'b', isTypeOnly: true },
    { from: 'c', isTypeOnly: false },
  ]);
});

test('names that are not in kebab-case are problems, long files are warnings', () => {
  const tree = plant({ 'packages/core/src/myFile.ts': '', 'packages/core/src/long.ts': '\n'.repeat(251) });
  expect(
    checkFiles(tree)
      .map(({ level, where }) => `${level} ${where}`)
      .toSorted(),
  ).toEqual(['problem packages/core/src/myFile.ts', 'warning packages/core/src/long.ts']);
});

const allDone = Object.keys(qualityRules).map((rule) => `${rule}: done - test/a.test.ts`);

function checkLines(lines: string[]): string[] {
  const tree = plant({ 'plugins/blink/quality.yaml': lines.join('\n'), 'plugins/blink/test/a.test.ts': '' });
  return checkQuality(tree, 'blink').map(({ what }) => what);
}

test('a plugin whose rules are all shown is fine', () => {
  expect(checkLines(['# rules', ...allDone])).toEqual([]);
});

test.each([
  ['domain-is-pure: todo - move the clock out', 'is to do'],
  ['domain-is-pure: done', 'needs a proof'],
  ['domain-is-pure: done - trust me', 'name the file'],
  ['domain-is-pure: done - test/gone.test.ts', 'does not exist'],
  ['domain-is-pure: exempt', 'needs a reason'],
  ['domain-is-pure: maybe', 'cannot read'],
  ['domain-is-quick: exempt - it is', 'is not a rule'],
  ['quiet-hour: exempt - it is', 'stands twice'],
])('%j fails', (line, expected) => {
  const others = allDone.filter((other) => !other.startsWith('domain-is-pure:'));
  expect(checkLines([...others, line]).join('\n')).toContain(expected);
});

test('a rule that is not mentioned fails', () => {
  expect(checkLines(allDone.slice(1))).toEqual(['"domain-is-pure" is missing']);
});

test('a lock file that names a registry does not pass', () => {
  const entry = (resolved: string) => JSON.stringify({ packages: { x: { resolved } } }, null, 2);
  const tree = plant({ 'package-lock.json': entry('https://registry.example.org/x/-/x-1.0.0.tgz') });
  expect(checkLockfile(tree).map(({ what }) => what)).toEqual([
    expect.stringContaining('https://registry.example.org;'),
  ]);
});

test('a lock file of versions alone, links of the workspace included, passes', () => {
  expect(checkLockfile(plant({ 'package-lock.json': '{ "resolved": "packages/core", "link": true }' }))).toEqual([]);
});
