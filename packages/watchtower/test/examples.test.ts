import { expect, test } from '@jest/globals';
import { createCaptureLog } from '@porchlight/core/testing';
import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { readConfig } from '../src/config-file.ts';

const folder = fileURLToPath(new URL('../../../examples/watchtower', import.meta.url));
const readme = fileURLToPath(new URL('../README.md', import.meta.url));

test.each(readdirSync(folder).filter((name) => name.endsWith('.json')))(
  '%s is a configuration without a warning',
  async (name) => {
    const log = createCaptureLog();
    await expect(readConfig({ path: join(folder, name), env: {}, log })).resolves.toBeDefined();
    expect(log.lines).toEqual([]);
  },
);

test('the unit and the image start the program that the package brings', () => {
  const { bin } = JSON.parse(readFileSync(fileURLToPath(new URL('../package.json', import.meta.url)), 'utf8')) as {
    bin: Record<string, string>;
  };
  for (const name of ['porchlight-watchtower.service', 'Dockerfile']) {
    for (const program of Object.keys(bin)) expect(readFileSync(join(folder, name), 'utf8')).toContain(program);
  }
});

test('the README names every file of the examples', () => {
  const text = readFileSync(join(folder, 'README.md'), 'utf8');
  for (const name of readdirSync(folder).filter((one) => one !== 'README.md')) expect(text).toContain(name);
});

test('the README names every setting', () => {
  const text = readFileSync(readme, 'utf8');
  const names = readFileSync(fileURLToPath(new URL('../src/config.ts', import.meta.url)), 'utf8').matchAll(
    /^ {2}(\w+): z|^ {2}(\w+): (?:database|mqtt|grace)/gm,
  );
  for (const [, name, other] of names) expect(text).toContain(`\`${name ?? other}`);
});
