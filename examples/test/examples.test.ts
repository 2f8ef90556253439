// requires: mosquitto mosquitto_pub
import { afterEach, expect, test } from '@jest/globals';
import { forms } from '@porchlight/config-schemas';
import { parseConfig, silentLog } from '@porchlight/core';
import { until } from '@porchlight/core/testing';
import { buildHouse, runProgram, startHost } from '@porchlight/host';
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
  expect(lines.length).toBeGreaterThan(0);
});

test.each(named('homebridge.json'))('%s: every platform is one of ours and fits its form', (_name, file) => {
  const { platforms } = read(file) as { platforms: { platform: string }[] };
  for (const { platform, ...config } of platforms) {
    const form = forms.find((candidate) => candidate.platform === platform);
    expect(form && parseConfig(form.schema, config)).toMatchObject({ ok: true, warnings: [] });
  }
});

test.each(named('.env.example'))('%s: each of its variables is heard', (_name, file) => {
  const raw = read(join(dirname(file), 'porchlight.json'));
  const without = JSON.stringify([...buildHouse(raw, {}).services]);
  for (const name of Object.keys(parseEnv(readFileSync(file, 'utf8')))) {
    // A number that stands nowhere, and no file: one of both shows.
    const { services, problems } = buildHouse(raw, { [name]: '997' });
    const isHeard = JSON.stringify([...services]) !== without || problems.some((text) => text.startsWith(name));
    expect([name, isHeard]).toEqual([name, true]);
  }
});

test('the unit of systemd: its command is understood, it is notified, and there is time to stop', async () => {
  const unit = readFileSync(join(root, 'systemd/porchlight.service'), 'utf8');
  const [, line = ''] = /^ExecStart=\S+ (.*)$/m.exec(unit) ?? [];
  const said: string[] = [];
  const print = (text: string): void => void said.push(text);
  const parts = { print, printError: print, signal: new AbortController().signal, env: {} };
  expect(await runProgram(line.split(' '), parts)).toBe(2);
  expect(said.join()).toContain('There is no /etc/porchlight/porchlight.json');
  expect(unit).toMatch(/^Type=notify\nNotifyAccess=all$/m);
  expect(Number(/^TimeoutStopSec=(\d+)$/m.exec(unit)?.[1])).toBeGreaterThan(5);
});

test('Mosquitto: services serve, Home Assistant sees and commands, a viewer looks and does not touch', async () => {
  const folder = await mkdtemp(join(tmpdir(), 'porchlight-acl-'));
  const passwords = join(folder, 'passwd');
  await writeFile(passwords, '');
  for (const user of ['porchlight', 'homeassistant', 'viewer']) {
    await run('mosquitto_passwd', ['-b', passwords, user, 'secret']);
  }
  const files = { passwd: readFileSync(passwords, 'utf8'), acl: readFileSync(join(root, 'mosquitto/acl'), 'utf8') };
  const lines = readFileSync(join(root, 'mosquitto/mosquitto.conf'), 'utf8').replaceAll('/etc/mosquitto', '%d');
  const ours = lines.split('\n').filter((line) => !/^(listener|set_tcp_nodelay) /.test(line));
  const mosquitto = await startMosquitto(ours, files);
  stops.push(() => mosquitto.stop());
  const client = (program: string, user: string, ...args: string[]) =>
    run(program, ['-h', '127.0.0.1', '-p', String(mosquitto.port), '-u', user, '-P', 'secret', ...args]);
  const sub = async (user: string, topic: string): Promise<string> =>
    (await client('mosquitto_sub', user, '-t', topic, '-C', '1', '-W', '20')).stdout;

  const broker = { url: mosquitto.url, username: 'porchlight', password: 'secret' };
  const house = buildHouse({ broker, services: { 'event-alarm': {} } }, {});
  const host = await startHost({ house, stateFolder: join(folder, 'state'), log: silentLog });
  stops.push(() => host.stop());
  expect(await sub('homeassistant', 'homeassistant/device/+/config')).toContain('alarm_control_panel');
  const command = '{"command":{"action":"set-mode","mode":"away"}}';
  await client('mosquitto_pub', 'viewer', '-t', 'porchlight/event-alarm/alarm/alarm/set', '-m', command);
  expect(await sub('viewer', 'porchlight/event-alarm/alarm/alarm')).toContain('"disarmed"');
  await client('mosquitto_pub', 'homeassistant', '-t', 'porchlight/event-alarm/alarm/alarm/set', '-m', command);
  await until(async () => (await sub('viewer', 'porchlight/event-alarm/alarm/alarm')).includes('"away"'), 20_000);
}, 60_000);
