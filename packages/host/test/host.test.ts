// requires: mosquitto
import { afterEach, expect, test } from '@jest/globals';
import { topics } from '@porchlight/bus';
import { spawn, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { existsSync, readFileSync } from 'node:fs';
import { mkdtemp, readFile, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { freePort, until } from '@porchlight/core/testing';
import { brokerSettings, observe, tempFolder } from '../../bus/test/support/house.ts';
import { startMosquitto } from '../../bus/test/support/mosquitto.ts';
import { call, callWith, writeConfig } from './support/program.ts';
import { passwordLine } from './support/password-file.ts';

const main = fileURLToPath(new URL('../src/main.ts', import.meta.url));
const stops: (() => unknown)[] = [];
afterEach(async () => {
  for (const stop of stops.splice(0).toReversed()) await stop();
});

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

test('runs the alarm without Homebridge: status, arm, disarm with a code, a stop within 5 s', async () => {
  const port = await freePort();
  const folder = await writeConfig({
    broker: { port },
    services: { 'event-alarm': { code: '4711', delays: [{ mode: 'night', exitSeconds: 600 }] } },
  });
  const host = launch(['run', '--config', folder]);
  await until(() => host.output().includes('Running: event-alarm.'), 20_000);

  expect(await call('arm', 'away', '--config', folder)).toEqual({ code: 0, output: 'Armed (away).' });
  const table = await call('status', '--config', folder);
  expect(table.code).toBe(0);
  expect(table.output).toMatch(/event-alarm +online +porchlight@/);
  expect(table.output).toMatch(/Alarm +alarm away armed, measurement values=\{"rule1":0\}/);
  expect(await call('disarm', '--config', folder)).toEqual({ code: 1, output: 'The code is missing or wrong.' });
  expect(await call('disarm', '--code', '4711', '--config', folder)).toEqual({ code: 0, output: 'Disarmed.' });
  const arming = await call('arm', 'night', '--config', folder);
  expect(arming).toEqual({ code: 0, output: expect.stringMatching(/^Arming \(night\): armed in (600|59\d) s\.$/) });

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

test("Home Assistant finds the alarm; the broker's password from the environment serves announcer and commands too", async () => {
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

/** A folder whose `systemd-notify` writes down what it is told, as systemd would hear it. */
async function fakeSystemd(): Promise<{ env: NodeJS.ProcessEnv; told: () => string }> {
  const folder = await mkdtemp(join(tmpdir(), 'porchlight-systemd-'));
  const log = join(folder, 'told');
  await writeFile(join(folder, 'systemd-notify'), `#!/bin/sh\necho "$@" >> ${log}\n`, { mode: 0o755 });
  const env = { PATH: `${folder}:${process.env['PATH'] ?? ''}`, NOTIFY_SOCKET: '/run/x', WATCHDOG_USEC: '200000' };
  return { env, told: () => (existsSync(log) ? readFileSync(log, 'utf8') : '') };
}

test('under systemd: ready when it runs, a beat as long as it lives, a word when it stops', async () => {
  const folder = await writeConfig({ broker: { port: await freePort() }, services: { 'event-alarm': {} } });
  const { env, told } = await fakeSystemd();
  const host = launch(['run', '--config', folder], env);
  await until(() => /READY=1 STATUS=Running event-alarm/.test(told()), 20_000);
  expect(told()).toContain(`--pid=${host.child.pid} `);
  await until(() => (told().match(/WATCHDOG=1/g)?.length ?? 0) >= 3);
  host.child.kill('SIGTERM');
  await once(host.child, 'exit');
  await until(() => told().includes('STOPPING=1'));
}, 60_000);

test('asked to end while it still waits for its broker, it ends at once and is not said to run', async () => {
  const folder = await writeConfig({
    broker: { url: `mqtt://127.0.0.1:${await freePort()}` },
    services: { 'event-alarm': {} },
  });
  const { env, told } = await fakeSystemd();
  const host = launch(['run', '--config', folder], env);
  await until(() => told().includes('WATCHDOG=1'), 20_000);
  const askedAt = performance.now();
  host.child.kill('SIGTERM');
  const [code] = (await once(host.child, 'exit')) as [number];
  expect([code, performance.now() - askedAt < 5_000]).toEqual([0, true]);
  expect(told()).not.toContain('READY=1');
}, 60_000);

test('events --follow: each event as it happens, as a line or as JSON, until Ctrl-C', async () => {
  const mosquitto = await startMosquitto();
  stops.push(() => mosquitto.stop());
  const folder = await writeConfig({ broker: { url: mosquitto.url }, services: { 'event-alarm': {} } });
  const readable = launch(['events', '--follow', '--config', folder]);
  const json = launch(['events', '--json', '--config', folder]);
  const observer = await observe(brokerSettings({ url: mosquitto.url }), await tempFolder());
  stops.push(() => observer.stop());
  const params = { service: 'script', device: 'hall', type: 'motion' };
  const occurredAt = Date.parse('2026-01-01T12:00:00Z');
  const event = { ...params, v: 1 as const, name: 'Hall', label: 'person', occurredAt, observedAt: occurredAt };
  let count = 0;
  await until(async () => {
    await observer.client.publish(topics.event, params, { ...event, id: `e${++count}` });
    return readable.output() !== '' && json.output() !== '';
  }, 20_000);
  expect(readable.output()).toMatch(/^2026-01-01T12:00:00.000Z {2}motion +Hall \(person\) {2}script\/hall\n/);
  expect(JSON.parse(json.output().split('\n')[0]!)).toMatchObject({ name: 'Hall', type: 'motion', label: 'person' });
  readable.child.kill('SIGINT');
  expect(await once(readable.child, 'exit')).toEqual([0, null]);
}, 60_000);

test("arm and disarm go to the alarm's own broker, status looks at every one", async () => {
  const port = await freePort();
  const folder = await writeConfig({
    broker: { port },
    services: { 'usb-power': {}, 'event-alarm': { broker: { port: await freePort() } } },
  });
  const host = launch(['run', '--config', folder]);
  await until(() => host.output().includes('Running: usb-power, event-alarm.'), 20_000);
  expect(await call('arm', 'night', '--config', folder)).toEqual({ code: 0, output: 'Armed (night).' });
  const { output } = await call('status', '--config', folder);
  expect(output).toMatch(/^usb-power +online/m);
  expect(output).toContain('alarm night armed');
}, 60_000);

test("the origin's three variables are settings of the alarm that runs", async () => {
  const port = await freePort();
  const folder = await writeConfig({ broker: { port }, services: { 'event-alarm': {} } });
  const env = { EVENTS_LOOKBACK_MINUTES: '30', ALARM_LOOKBACK_MINUTES: '20', ALARM_THRESHOLD_EVENT_COUNT: '7' };
  const host = launch(['run', '--config', folder], env);
  await until(() => host.output().includes('Running'), 20_000);
  const observer = await observe(brokerSettings({ port }), join(folder, 'state'));
  stops.push(() => observer.stop());
  let unit = '';
  observer.client.subscribe(topics.device, { service: 'event-alarm', device: 'alarm' }, (_params, device) => {
    unit = JSON.stringify(device?.capabilities ?? {});
  });
  await until(() => unit.includes('of 7'), 15_000);
}, 60_000);
