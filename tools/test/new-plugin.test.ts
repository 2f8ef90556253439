import { afterEach, beforeEach, expect, test } from '@jest/globals';
import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { checkShape } from '../check-shape.ts';
import { makePlugin } from '../new-plugin.ts';

let root: string;

beforeEach(() => {
  root = mkdtempSync(join(tmpdir(), 'porchlight-new-'));
  mkdirSync(join(root, 'config-schemas/src'), { recursive: true });
  for (const name of ['bus', 'host']) mkdirSync(join(root, 'packages', name, 'src'), { recursive: true });
  const files = {
    'lerna.json': '{ "version": "0.3.0" }',
    'tsconfig.json': '{ "files": [], "references": [] }',
    'config-schemas/package.json': '{ "dependencies": { "zod": "4" } }',
    'config-schemas/src/index.ts': "export * from './shared/broker.ts';\n",
    'config-schemas/src/forms.ts': "import type * as z from 'zod';\n\nexport const forms = [\n];\n",
    'packages/host/package.json': '{ "dependencies": { "zod": "4" } }',
    'packages/host/tsconfig.json': '{ "references": [] }',
    'packages/host/src/services.ts': 'const modules = {\n};\n\nexport const serviceNames = Object.keys(modules);\n',
    'packages/bus/src/device-publisher.ts': '',
  };
  for (const [path, text] of Object.entries(files)) writeFileSync(join(root, path), text);
});
afterEach(() => rmSync(root, { recursive: true }));

test('makes a plugin that passes the shape check', () => {
  const files = makePlugin(root, 'garage-door');
  expect(files).toContain('plugins/garage-door/src/domain/remember-switch.ts');
  expect(checkShape(root)).toEqual([]);
});

test('leaves no placeholder and enters it in the build', () => {
  for (const file of makePlugin(root, 'garage-door'))
    expect(readFileSync(join(root, file), 'utf8')).not.toMatch(/\{\{/);
  expect(readFileSync(join(root, 'plugins/garage-door/src/index.ts'), 'utf8')).toContain("'PorchlightGarageDoor'");
  expect(JSON.parse(readFileSync(join(root, 'plugins/garage-door/package.json'), 'utf8'))).toMatchObject({
    name: 'homebridge-porchlight-garage-door',
    version: '0.3.0',
  });
  expect(readFileSync(join(root, 'tsconfig.json'), 'utf8')).toContain('plugins/garage-door');
  expect(readFileSync(join(root, 'config-schemas/src/index.ts'), 'utf8')).toContain(
    "export * from './garage-door.ts';",
  );
});

test('its form is generated and the host can run it', () => {
  makePlugin(root, 'garage-door');
  const read = (path: string): string => readFileSync(join(root, path), 'utf8');
  const forms = read('config-schemas/src/forms.ts');
  expect(forms).toContain("import { garageDoorSchema } from './garage-door.ts';");
  expect(forms).toMatch(/service: 'garage-door',\n[^}]*schema: garageDoorSchema,[^}]*\},\n\];/);
  expect(read('packages/host/src/services.ts')).toContain("import('homebridge-porchlight-garage-door/service')");
  expect(JSON.parse(read('packages/host/package.json'))).toEqual({
    dependencies: { 'homebridge-porchlight-garage-door': '0.3.0', zod: '4' },
  });
  expect(read('packages/host/tsconfig.json')).toContain('../../plugins/garage-door');
});

test('refuses odd names and names that are taken', () => {
  expect(() => makePlugin(root, 'GarageDoor')).toThrow('kebab-case');
  expect(() => makePlugin(root, '')).toThrow('kebab-case');
  makePlugin(root, 'garage-door');
  expect(() => makePlugin(root, 'garage-door')).toThrow('already');
});

test('a plugin that loses a file or grows a strange one does not pass', () => {
  makePlugin(root, 'garage-door');
  rmSync(join(root, 'plugins/garage-door/src/ports.ts'));
  writeFileSync(join(root, 'plugins/garage-door/src/helpers.ts'), '');
  expect(checkShape(root).map(({ where }) => where)).toEqual([
    'plugins/garage-door/src/ports.ts',
    'plugins/garage-door/src/helpers.ts',
  ]);
});
