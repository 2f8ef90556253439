import { expect, test } from '@jest/globals';
import { until } from '@porchlight/core/testing';
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { cpSync, existsSync, mkdirSync, mkdtempSync, readFileSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';

const script = fileURLToPath(new URL('../../.ci/run', import.meta.url));

/** Starts the script in a folder of its own, with an `npm` that leaves a process in a group of its own behind. */
function start(then: string) {
  const folder = mkdtempSync(join(tmpdir(), 'porchlight-ci-'));
  mkdirSync(join(folder, '.ci'));
  cpSync(script, join(folder, '.ci/run'));
  const npm = `#!/bin/sh\nsetsid sleep 300 &\necho $! > ${folder}/left\n${then}\n`;
  writeFileSync(join(folder, 'npm'), npm, { mode: 0o755 });
  const env = { ...process.env, PATH: `${folder}:${process.env['PATH'] ?? ''}` };
  const child = spawn(join(folder, '.ci/run'), { stdio: ['ignore', 'pipe', 'inherit'], env });
  let output = '';
  child.stdout.on('data', (part) => (output += String(part)));
  const left = (): number => (existsSync(join(folder, 'left')) ? Number(readFileSync(join(folder, 'left'))) : 0);
  return { child, left, output: () => output };
}

function isAlive(pid: number): boolean {
  try {
    return !/^State:\s+Z/m.test(readFileSync(`/proc/${pid}/status`, 'utf8'));
  } catch {
    return false;
  }
}

test.each([
  ['exit 0', 0],
  ['exit 3', 3],
])('after "%s" the figures are its last line, and nothing it started is left', async (end, code) => {
  const { child, left, output } = start(`echo building; echo "2 passed, 0 failed, 0 skipped"; ${end}`);
  expect(await once(child, 'close')).toEqual([code, null]);
  expect(output()).toMatch(/\n2 passed, 0 failed, 0 skipped\n$/);
  await until(() => !isAlive(left()));
});

test('nor when it is asked to end in the middle', async () => {
  const { child, left } = start('exec sleep 300');
  await until(() => left() > 0);
  child.kill('SIGTERM');
  expect(await once(child, 'exit')).toEqual([143, null]);
  await until(() => !isAlive(left()));
});
