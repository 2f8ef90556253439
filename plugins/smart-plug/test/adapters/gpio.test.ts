import { afterEach, beforeEach, describe, expect, test } from '@jest/globals';
import { until } from '@porchlight/core/testing';
import { fork } from 'node:child_process';
import { once } from 'node:events';
import { chmod, mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { driver, signal } from '../support/plugs.ts';

let folder = '';
const path = process.env['PATH'];

/** Writes the level of the line to a file for as long as it holds it, as the real gpioset holds the line. */
const fake = (version: string): string => `#!/bin/bash
echo "$*" >> "$FOLDER/calls"
case "$*" in *--version*) echo "gpioset (libgpiod) ${version}"; exit 0;; *[0-9]=0) echo 0 > "$FOLDER/level"; exit 0;; esac
if [[ "$*" == *"99=1"* ]]; then echo "no such line" >&2; exit 1; fi
echo 1 > "$FOLDER/level"
trap 'echo 0 > "$FOLDER/level"; kill $waiting; exit 0' TERM INT
hold=1000
[[ "$*" =~ --sec=([0-9]+) ]] && hold=\${BASH_REMATCH[1]}
[[ "$*" =~ --toggle\\ ([0-9]+)ms ]] && hold=$((BASH_REMATCH[1] / 1000))
sleep $hold & waiting=$!
wait $waiting
echo 0 > "$FOLDER/level"
`;

beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'porchlight-gpio-'));
  process.env['FOLDER'] = folder;
  process.env['PATH'] = `${folder}:${path}`;
  await install('v1.6.3');
});
afterEach(async () => {
  process.env['PATH'] = path;
  await rm(folder, { recursive: true, force: true, maxRetries: 10 });
});

async function install(version: string): Promise<void> {
  const program = join(folder, 'gpioset');
  await writeFile(program, fake(version));
  await chmod(program, 0o755);
}

const level = (): Promise<string> =>
  readFile(join(folder, 'level'), 'utf8').then(
    (text) => text.trim(),
    () => '',
  );
const calls = (): Promise<string> => readFile(join(folder, 'calls'), 'utf8');

describe.each(['v1.6.3', 'v2.1.2'])('gpioset %s', (version) => {
  test('a restart pulls the relay in for its time; the contact is normally closed', async () => {
    await install(version);
    const port = driver({ type: 'gpio', line: 17 });
    expect(await port.read(signal())).toEqual({ on: true });
    await port.cut(1, signal());
    expect(await port.read(signal())).toEqual({ on: false });
    await until(async () => (await level()) === '1');
    await until(async () => (await port.read(signal())).on);
    await until(async () => (await level()) === '0');
    expect(port.grade).toBe('A');
    expect(await calls()).toContain('17=1');
  });

  test('off holds until on', async () => {
    await install(version);
    const port = driver({ type: 'gpio', line: 17, activeLow: true });
    await port.switch(false, signal());
    await until(async () => (await level()) === '1');
    await port.switch(true, signal());
    expect([await level(), await port.read(signal())]).toEqual(['0', { on: true }]);
    expect(await calls()).toContain('--active-low');
  });
});

test('kill -9 of the process that holds the line puts it at rest at once', async () => {
  const program = fileURLToPath(new URL('../support/gpio-holder.ts', import.meta.url));
  const node = ['--conditions=@porchlight/source', '--no-warnings'];
  const child = fork(program, [], { execArgv: node, env: process.env, stdio: 'inherit' });
  await once(child, 'message');
  await until(async () => (await level()) === '1');
  child.kill('SIGKILL');
  await until(async () => (await level()) === '0');
  // The next start finds it at rest, and would put it there.
  await writeFile(join(folder, 'level'), '1');
  const port = driver({ type: 'gpio', line: 17 });
  expect(await port.read(signal())).toEqual({ on: true });
  expect(await level()).toBe('0');
});

test('a line that does not exist is refused', async () => {
  const port = driver({ type: 'gpio', line: 99 });
  await expect(port.cut(10, signal())).rejects.toMatchObject({ code: 'plug.refused' });
  expect(await port.read(signal())).toEqual({ on: true });
});

test('without gpioset nothing happens', async () => {
  await rm(join(folder, 'gpioset'));
  process.env['PATH'] = folder;
  const port = driver({ type: 'gpio', line: 17 });
  await expect(port.cut(10, signal())).rejects.toMatchObject({
    code: 'plug.library',
    message: expect.stringContaining('gpioset'),
  });
});
