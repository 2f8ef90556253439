// requires: mosquitto
import { afterEach, expect, test } from '@jest/globals';
import { forms } from '@porchlight/config-schemas';
import { spawn, type ChildProcess } from 'node:child_process';
import { pbkdf2Sync, randomBytes } from 'node:crypto';
import { once } from 'node:events';
import { mkdtemp, readFile, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { freePort, until } from '@porchlight/core/testing';
import { brokerSettings, observe, tempFolder } from '../../bus/test/support/house.ts';
import { startMosquitto } from '../../bus/test/support/mosquitto.ts';
import { open as openWebServer } from '../../notify/test/support/servers.ts';
import { runProgram } from '../src/index.ts';

const main = fileURLToPath(new URL('../src/main.ts', import.meta.url));
const stops: (() => unknown)[] = [];
afterEach(async () => {
  for (const stop of stops.splice(0).toReversed()) await stop();
});

async function writeConfig(config: object): Promise<string> {
  const folder = await mkdtemp(join(tmpdir(), 'porchlight-host-'));
  await writeFile(join(folder, 'porchlight.json'), JSON.stringify(config));
  return folder;
}

interface Process {
  child: ChildProcess;
  output: () => string;
}

/** The real program in a process of its own. */
function launch(args: readonly string[], env: NodeJS.ProcessEnv = {}): Process {
  const child = spawn(process.execPath, ['--conditions=@porchlight/source', main, ...args], {
    stdio: ['ignore', 'pipe', 'pipe'],
    env: { ...process.env, ...env },
  });
  stops.push(() => child.kill('SIGKILL'));
  let text = '';
  for (const stream of [child.stdout, child.stderr]) stream.on('data', (part) => (text += String(part)));
  return { child, output: () => text };
}

/** A line of a password file, as mosquitto_passwd writes it (PBKDF2 with SHA-512). */
function passwordLine(user: string, password: string): string {
  const salt = randomBytes(12);
  const hash = pbkdf2Sync(password, salt, 101, 64, 'sha512');
  return `${user}:$7$101$${salt.toString('base64')}$${hash.toString('base64')}\n`;
}

/** A command in this process. */
const call = (...args: string[]): Promise<{ code: number; output: string }> => callWith({}, ...args);

async function callWith(env: NodeJS.ProcessEnv, ...args: string[]): Promise<{ code: number; output: string }> {
  const lines: string[] = [];
  const print = (line: string): void => void lines.push(line);
  const code = await runProgram(args, { print, printError: print, signal: new AbortController().signal, env });
  return { code, output: lines.join('\n') };
}

test('runs the alarm without Homebridge: status, arm, disarm with a code, a stop within 5 s', async () => {
  const port = await freePort();
  const folder = await writeConfig({ broker: { port }, services: { 'event-alarm': { code: '4711' } } });
  const host = launch(['run', '--config', folder]);
  await until(() => host.output().includes('Running: event-alarm.'), 20_000);

  expect(await call('arm', 'away', '--config', folder)).toEqual({ code: 0, output: 'Armed (away).' });
  const table = await call('status', '--config', folder);
  expect(table.code).toBe(0);
  expect(table.output).toMatch(/event-alarm +online +porchlight@/);
  expect(table.output).toMatch(/Alarm +alarm away armed, measurement values=\{"rule1":0\}/);
  expect(await call('disarm', '--config', folder)).toEqual({ code: 1, output: 'The code is missing or wrong.' });
  expect(await call('disarm', '--code', '4711', '--config', folder)).toEqual({ code: 0, output: 'Disarmed.' });

  const stoppedAt = performance.now();
  host.child.kill('SIGTERM');
  const [code] = (await once(host.child, 'exit')) as [number];
  expect([code, performance.now() - stoppedAt < 5_000]).toEqual([0, true]);
  expect(host.output()).not.toContain('4711');
}, 60_000);

test('after kill -9 it is armed as before', async () => {
  const folder = await writeConfig({ broker: { port: await freePort() }, services: { 'event-alarm': {} } });
  const first = launch(['run', '--config', folder]);
  await until(() => first.output().includes('Running'), 20_000);
  await call('arm', 'night', '--config', folder);
  const file = join(folder, 'state/event-alarm/alarm.json');
  let kept = '';
  await until(() => {
    void readFile(file, 'utf8').then(
      (text) => (kept = text),
      () => undefined,
    );
    return kept.includes('armed');
  });
  first.child.kill('SIGKILL');
  await once(first.child, 'exit');
  const second = launch(['run', '--config', folder]);
  await until(() => second.output().includes('Running'), 20_000);
  expect((await call('status', '--config', folder)).output).toContain('alarm night armed');
}, 60_000);

test('a second host of the same house stands by, and takes over after kill -9 of the first', async () => {
  const mosquitto = await startMosquitto();
  stops.push(() => mosquitto.stop());
  const config = { broker: { url: mosquitto.url }, services: { 'event-alarm': {} } };
  const first = launch(['run', '--config', await writeConfig(config)]);
  await until(() => first.output().includes('Running'), 20_000);
  const second = launch(['run', '--config', await writeConfig(config)]);
  await until(() => second.output().includes('standing by'), 20_000);
  const observer = await observe(brokerSettings({ url: mosquitto.url }), await tempFolder());
  stops.push(() => observer.stop());
  const owners: string[] = [];
  observer.client.onServiceStatus((_service, { state, owner }) => state === 'online' && owners.push(owner));
  await until(() => owners.length > 0);
  first.child.kill('SIGKILL');
  await until(() => new Set(owners).size === 2, 15_000);
}, 60_000);

test('Home Assistant finds the alarm', async () => {
  const mosquitto = await startMosquitto();
  stops.push(() => mosquitto.stop());
  const folder = await writeConfig({ broker: { url: mosquitto.url }, services: { 'event-alarm': {} } });
  launch(['run', '--config', folder]);
  const observer = await observe(brokerSettings({ url: mosquitto.url }), await tempFolder());
  stops.push(() => observer.stop());
  let discovery = '';
  observer.client.foreign.subscribe('homeassistant/device/+/config', ({ payload }) => {
    discovery = Buffer.from(payload).toString();
  });
  await until(() => discovery.includes('alarm_control_panel'), 20_000);
}, 60_000);

test("the broker's password from the environment serves services, announcer and commands alike", async () => {
  const password = 'the-mqtt-password';
  const mosquitto = await startMosquitto(['allow_anonymous false', 'password_file %d/users'], {
    users: passwordLine('porchlight', password),
  });
  stops.push(() => mosquitto.stop());
  const folder = await writeConfig({ broker: { url: mosquitto.url }, services: { 'event-alarm': {} } });
  const env = { PORCHLIGHT_BROKER_USERNAME: 'porchlight', PORCHLIGHT_BROKER_PASSWORD: password };
  const host = launch(['run', '--config', folder], env);
  await until(() => host.output().includes('Running'), 20_000);
  expect(await callWith(env, 'arm', 'home', '--config', folder)).toEqual({ code: 0, output: 'Armed (home).' });
  const observer = await observe(
    brokerSettings({ url: mosquitto.url, username: 'porchlight', password }),
    await tempFolder(),
  );
  stops.push(() => observer.stop());
  let discovery = '';
  observer.client.foreign.subscribe('homeassistant/device/+/config', ({ payload }) => {
    discovery = Buffer.from(payload).toString();
  });
  await until(() => discovery.includes('alarm_control_panel'), 20_000);
  expect(host.output()).not.toContain(password);
}, 60_000);

test('a command that only looks on founds no broker', async () => {
  const port = await freePort();
  const folder = await writeConfig({ broker: { port }, services: { 'event-alarm': {} } });
  expect(await call('status', '--config', folder)).toEqual({
    code: 1,
    output: 'The MQTT broker does not answer. Is the host running?',
  });
}, 20_000);

test('notify test: one message through every channel, each with its outcome', async () => {
  const good = await openWebServer();
  const refusing = await openWebServer({ status: 401, body: 'who are you' });
  const channel = (name: string, url: string): object => ({ type: 'webhook', name, url: `${url}/hook?key=url-secret` });
  const channels = [channel('good', good.url), channel('refusing', refusing.url)];
  const folder = await writeConfig({ services: { 'event-alarm': { notifications: { channels } } } });
  const { code, output } = await call('notify', 'test', '--config', folder);
  expect([code, output.split('\n').toSorted()]).toEqual([
    1,
    ['ok       event-alarm: webhook "good"', 'problem  event-alarm: webhook "refusing" answered 401: who are you'],
  ]);
  expect(JSON.parse(good.received[0]!.body.toString())).toMatchObject({ title: 'Porchlight' });
  const none = await writeConfig({ services: { 'event-alarm': {} } });
  expect((await call('notify', 'test', '--config', none)).output).toMatch(/No service has a channel/);
});

test('check-config names every problem with its remedy, and warns of what it does not know', async () => {
  const folder = await writeConfig({
    services: { 'event-alarm': { thresholdEventCount: 0, treshold: 2 }, doorbel: {} },
  });
  expect(await call('check-config', '--config', folder)).toEqual({
    code: 1,
    output: [
      `problem  services.doorbel: there is no such service; known are ${forms.map(({ service }) => service).join(', ')}`,
      'warning  event-alarm.treshold: there is no such setting',
      'problem  event-alarm.thresholdEventCount: must be at least 1',
    ].join('\n'),
  });
  const good = await writeConfig({ services: { 'event-alarm': null } });
  expect(await call('check-config', '--config', good)).toEqual({ code: 0, output: 'ok       event-alarm' });
});

test("settings come from the environment too, under the names of the origin's scripts as well", async () => {
  const folder = await writeConfig({ services: { 'event-alarm': {} } });
  await writeFile(join(folder, '.env'), 'ALARM_THRESHOLD_EVENT_COUNT=many\n');
  const { output } = await call('check-config', '--config', folder);
  expect(output).toContain('ALARM_THRESHOLD_EVENT_COUNT: must be a number');
});

test.each([
  [['run', '--config', '/nowhere'], 2, /There is no \/nowhere\/porchlight\.json/],
  [['frobnicate'], 2, /unknown command/],
  [['--help'], 0, /Usage: porchlight[^]*porchlight <event-alarm\|[^>]*> --help/],
  [['event-alarm'], 2, /event-alarm has no commands of its own/],
  [['alarm', 'frobnicate'], 2, /event-alarm has no commands of its own/],
])('%j ends with %d and says why', async (args, code, said) => {
  const result = await call(...args);
  expect(result.code).toBe(code);
  expect(result.output).toMatch(said);
});

test('without a broker the commands that need one say so', async () => {
  const folder = await writeConfig({ broker: { url: `mqtt://127.0.0.1:${await freePort()}` }, services: {} });
  const { code, output } = await call('status', '--config', folder);
  expect([code, output]).toEqual([1, 'The MQTT broker does not answer. Is the host running?']);
}, 20_000);
