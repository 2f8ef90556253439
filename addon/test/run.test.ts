// requires: mosquitto
import { afterEach, expect, test } from '@jest/globals';
import { until } from '@porchlight/core/testing';
import { spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtemp, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { brokerSettings, observe, tempFolder } from '../../packages/bus/test/support/house.ts';
import { startMosquitto } from '../../packages/bus/test/support/mosquitto.ts';
import { passwordLine } from '../../packages/host/test/support/password-file.ts';
import { startSupervisor } from './support/supervisor.ts';

const main = fileURLToPath(new URL('../../packages/host/src/main.ts', import.meta.url));
const runScript = fileURLToPath(new URL('../run.sh', import.meta.url));
const token = 'the-supervisor-token';
const password = 'the-mqtt-password';
const stops: (() => unknown)[] = [];
afterEach(async () => {
  for (const stop of stops.splice(0).toReversed()) await stop();
});

/** run.sh as in the image: its folder of data, `porchlight` on the path, the Supervisor's variables. */
async function runAddon(options: object, env: NodeJS.ProcessEnv) {
  const data = await mkdtemp(join(tmpdir(), 'porchlight-addon-'));
  await writeFile(join(data, 'options.json'), JSON.stringify(options));
  const program = `#!/bin/sh\nexec "${process.execPath}" --conditions=@porchlight/source "${main}" "$@"\n`;
  await writeFile(join(data, 'porchlight'), program, { mode: 0o755 });
  const child = spawn('/bin/sh', [runScript], {
    env: { PATH: `${data}:/usr/bin:/bin`, PORCHLIGHT_ADDON_DATA: data, SUPERVISOR_TOKEN: token, ...env },
  });
  stops.push(() => child.kill('SIGKILL'));
  let text = '';
  for (const stream of [child.stdout, child.stderr]) stream.on('data', (part) => (text += String(part)));
  return { child, data, output: () => text };
}

test("waits for Home Assistant's broker, serves there, shows the alarm, and ends with 0", async () => {
  const supervisor = await startSupervisor(token);
  stops.push(() => supervisor.stop());
  const options = { services: ['event-alarm'], broker: {}, 'event-alarm': { name: 'House' } };
  const addon = await runAddon(options, { PORCHLIGHT_SUPERVISOR_URL: supervisor.url });
  await until(() => supervisor.asked > 1, 30_000);
  expect(addon.output()).toMatch(/offers no MQTT broker; install the Mosquitto add-on, or set broker\.url\. Waiting/);

  const mosquitto = await startMosquitto(['allow_anonymous false', 'password_file %d/users'], {
    users: passwordLine('addons', password),
  });
  stops.push(() => mosquitto.stop());
  const { port } = mosquitto;
  supervisor.mqtt = { host: '127.0.0.1', port, ssl: false, username: 'addons', password, protocol: '3.1.1' };
  await until(() => addon.output().includes('Running: event-alarm.'), 30_000);

  const observer = await observe(
    brokerSettings({ url: mosquitto.url, username: 'addons', password }),
    await tempFolder(),
  );
  stops.push(() => observer.stop());
  let discovery = '';
  observer.client.foreign.subscribe('homeassistant/device/+/config', ({ payload }) => {
    discovery = Buffer.from(payload).toString();
  });
  await until(
    () => discovery.includes('alarm_control_panel') && discovery.includes('porchlight/event-alarm/alarm'),
    20_000,
  );

  const askedAt = performance.now();
  addon.child.kill('SIGTERM');
  expect(await once(addon.child, 'exit')).toEqual([0, null]);
  expect(performance.now() - askedAt).toBeLessThan(5_000);
  expect(addon.output()).not.toMatch(/the-supervisor-token|the-mqtt-password/);
}, 90_000);

test('asked to end while it waits for a broker, it ends with 0', async () => {
  const supervisor = await startSupervisor(token);
  stops.push(() => supervisor.stop());
  const addon = await runAddon({ services: ['event-alarm'] }, { PORCHLIGHT_SUPERVISOR_URL: supervisor.url });
  await until(() => addon.output().includes('Waiting'), 30_000);
  addon.child.kill('SIGTERM');
  expect(await once(addon.child, 'exit')).toEqual([0, null]);
}, 60_000);

test('a broker of the owner is taken without asking the Supervisor; a mistake is named', async () => {
  const mosquitto = await startMosquitto();
  stops.push(() => mosquitto.stop());
  const supervisor = await startSupervisor(token);
  stops.push(() => supervisor.stop());
  const options = { services: ['event-alarm', 'blink'], broker: { url: mosquitto.url }, blink: { email: 'me' } };
  const addon = await runAddon(options, { PORCHLIGHT_SUPERVISOR_URL: supervisor.url });
  await until(() => addon.output().includes('Running: event-alarm, blink.'), 30_000);
  expect(addon.output()).toContain('blink: email: must be a valid email');
  expect(supervisor.asked).toBe(0);
}, 60_000);
