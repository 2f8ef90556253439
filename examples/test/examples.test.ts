// requires: mosquitto mosquitto_pub
import { afterEach, expect, test } from '@jest/globals';
import { forms } from '@porchlight/config-schemas';
import { parseConfig } from '@porchlight/core';
import { runProgram } from '@porchlight/host';
import { execFile } from 'node:child_process';
import { globSync, readFileSync } from 'node:fs';
import { mkdtemp, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { basename, dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { parseEnv, promisify } from 'node:util';
import { startMosquitto } from '../../packages/bus/test/support/mosquitto.ts';

const root = fileURLToPath(new URL('..', import.meta.url));
const run = promisify(execFile);
const read = (file: string): unknown => JSON.parse(readFileSync(file, 'utf8'));
const stops: (() => unknown)[] = [];
afterEach(async () => {
  for (const stop of stops.splice(0).toReversed()) await stop();
});

const named = (pattern: string): [string, string][] =>
  globSync(join(root, '*', pattern)).map((file) => [basename(dirname(file)), file]);

test.each(named('porchlight.json'))('%s passes check-config without a warning', async (_name, file) => {
  const lines: string[] = [];
  const print = (line: string): void => void lines.push(line);
  const parts = { print, printError: print, signal: new AbortController().signal, env: {} };
  expect(await runProgram(['check-config', '--config', dirname(file)], parts)).toBe(0);
  expect(lines.map((line) => line.split(/\s+/)[0])).toEqual(lines.map(() => 'ok'));
  expect(lines.at(-1)).toBe('ok       event-alarm');
});

test.each(named('homebridge.json'))('%s: every platform is one of ours and fits its form', (_name, file) => {
  const { platforms } = read(file) as { platforms: { platform: string }[] };
  for (const { platform, ...config } of platforms) {
    const form = forms.find((candidate) => candidate.platform === platform);
    expect(form && parseConfig(form.schema, config)).toMatchObject({ ok: true, warnings: [] });
  }
});

test.each(named('.env.example'))('%s: its variables are known', (_name, file) => {
  const names = Object.keys(parseEnv(readFileSync(file, 'utf8')));
  expect(names.every((name) => /^(PORCHLIGHT_|EVENTS_|ALARM_)/.test(name))).toBe(true);
});

test('the access list of Mosquitto lets a viewer look and not touch', async () => {
  const acl = readFileSync(join(root, 'mosquitto/acl'), 'utf8');
  const folder = await mkdtemp(join(tmpdir(), 'porchlight-acl-'));
  const passwords = join(folder, 'passwd');
  await writeFile(passwords, '');
  for (const user of ['porchlight', 'viewer']) await run('mosquitto_passwd', ['-b', passwords, user, 'secret']);
  const files = { passwd: readFileSync(passwords, 'utf8'), acl };
  const mosquitto = await startMosquitto(
    ['allow_anonymous false', 'password_file %d/passwd', 'acl_file %d/acl'],
    files,
  );
  stops.push(() => mosquitto.stop());
  const client = (program: string, user: string, ...args: string[]) =>
    run(program, ['-h', '127.0.0.1', '-p', String(mosquitto.port), '-u', user, '-P', 'secret', ...args]);
  await client('mosquitto_pub', 'porchlight', '-t', 'porchlight/a/b/switch', '-r', '-m', 'true');
  await client('mosquitto_pub', 'viewer', '-t', 'porchlight/a/b/switch', '-r', '-m', 'forged');
  const { stdout } = await client('mosquitto_sub', 'viewer', '-t', 'porchlight/a/b/switch', '-C', '1', '-W', '5');
  expect(stdout.trim()).toBe('true');
});
