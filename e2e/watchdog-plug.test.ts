// requires: mosquitto
import { afterEach, expect, test } from '@jest/globals';
import { until } from '@porchlight/core/testing';
import { once } from 'node:events';
import { mkdir, mkdtemp, rm, symlink, writeFile } from 'node:fs/promises';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { runProgram } from '@porchlight/host';
import { startHomeNetwork, startShellyGen2, type HomeNetwork } from '@porchlight/simulators';
import { startMosquitto } from '../packages/bus/test/support/mosquitto.ts';
import { eventually, pair, type Controller } from './support/controller.ts';
import { createHomebridge, type Homebridge } from './support/homebridge.ts';

const cleanUps: (() => unknown)[] = [];
afterEach(async () => {
  for (const cleanUp of cleanUps.splice(0).toReversed()) await cleanUp();
});

const closed = 0;
const offSeconds = 5;

interface House {
  network: HomeNetwork;
  homebridge: Homebridge;
  controller: Controller;
}

interface HouseOptions {
  watchdog?: object;
  plug?: object;
  /** The plug is reached past the router that it feeds. */
  isPlugApart?: boolean;
  pluginPath?: string;
}

/** Both plugins in one Homebridge, in a home whose router hangs on a Shelly, which hangs on the router's network. */
async function openHouse(options: HouseOptions = {}): Promise<House> {
  const { watchdog = {}, plug = {}, isPlugApart = false, ...more } = options;
  const network = await startHomeNetwork({ bootMs: 1_000 });
  cleanUps.push(() => network.close());
  const shelly = await startShellyGen2({ relay: network.relay });
  cleanUps.push(() => shelly.close());
  const mosquitto = await startMosquitto();
  cleanUps.push(() => mosquitto.stop());
  const port = isPlugApart ? shelly.port : await network.expose(shelly.port);
  const broker = { url: mosquitto.url };
  const router = { type: 'shelly', name: 'Router', host: '127.0.0.1', port, offSeconds, pollSeconds: 2 };
  const homebridge = await createHomebridge({
    ...more,
    platforms: [
      { platform: 'PorchlightSmartPlug', plugs: [{ ...router, allowUnproven: true, ...plug }], broker },
      { platform: 'PorchlightWatchdog', ...settings(network), broker, ...watchdog },
    ],
  });
  cleanUps.push(() => homebridge.remove());
  await homebridge.start();
  const controller = await pair(homebridge);
  cleanUps.push(() => controller.close());
  await eventually(controller, ['ContactSensor', 'ContactSensorState'], closed);
  return { network, homebridge, controller };
}

function settings({ targets }: HomeNetwork): object {
  const probes = [
    ...targets.tcp.map((target, index) => ({ type: 'tcp', ...target, owner: `host ${index}` })),
    { type: 'http', url: `${targets.http}/success.txt`, body: 'success' },
  ];
  const times = { intervalSeconds: 2, timeoutSeconds: 1, offlineAfterSeconds: 5, startupGraceSeconds: 0 };
  return { device: 'smart-plug/router', offSeconds, bootGraceSeconds: 30, gateway: '127.0.0.1', probes, ...times };
}

const hasSaid = ({ lines }: Homebridge, text: string, ms?: number): Promise<void> =>
  until(() => lines.some((line) => line.includes(text)), ms).catch(() => {
    throw new Error(`Nobody said "${text}", but:\n${lines.slice(-20).join('\n')}`);
  });

test('the line hangs, the plug restarts the router that feeds the plug, and all is well', async () => {
  const { network, homebridge, controller } = await openHouse();
  const contacts = await controller.watch('ContactSensor', 'ContactSensorState');
  await network.outage({ type: 'wan', until: 'reboot', needsOffMs: 3_000 });
  await until(() => contacts.includes(1), 30_000);
  await until(() => contacts.at(-1) === closed, 60_000);
  expect(network.state.reboots).toBe(1);
  expect(network.relay.on).toBe(true);
  await hasSaid(homebridge, 'The router was restarted once.');
}, 150_000);

test('the timer of the plug fails: it is told to come on until it is on, and the router is back', async () => {
  const { network, homebridge, controller } = await openHouse({ isPlugApart: true });
  const contacts = await controller.watch('ContactSensor', 'ContactSensorState');
  network.relay.isTimerBroken = true;
  await network.outage({ type: 'wan', until: 'reboot' });
  await network.until(({ router }) => router === 'off', 40_000);
  await network.until(({ router }) => router === 'up', 40_000);
  await until(() => contacts.at(-1) === closed, 60_000);
  await hasSaid(homebridge, 'The router was restarted once.');
  expect(network.relay.history.map(({ on }) => on)).toEqual([false, true]);
}, 150_000);

test('a plug that has not shown that it comes back by itself is never told to go off', async () => {
  const { network, homebridge } = await openHouse({ plug: { allowUnproven: false } });
  await network.outage({ type: 'wan', until: 'mended' });
  await hasSaid(homebridge, 'Router has not passed its test', 40_000);
  await network.mend();
  await hasSaid(homebridge, 'back online', 40_000);
  expect(network.relay.history).toEqual([]);
}, 150_000);

async function openWebhook(): Promise<{ url: string; messages: string[] }> {
  const messages: string[] = [];
  const server = createServer((request, response) => {
    let body = '';
    request.on('data', (chunk) => (body += chunk));
    request.on('end', () => {
      messages.push((JSON.parse(body) as { text: string }).text);
      response.end();
    });
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  cleanUps.push(() => server.close());
  return { url: `http://127.0.0.1:${(server.address() as AddressInfo).port}/`, messages };
}

test('an outage of the provider, Homebridge killed while the router is off: one restart, one message, one more at the end', async () => {
  const webhook = await openWebhook();
  const notifications = { channels: [{ type: 'webhook', url: webhook.url }] };
  const { network, homebridge, controller } = await openHouse({ watchdog: { maxRebootsPerOutage: 1, notifications } });
  await network.outage({ type: 'wan', until: 'mended' });
  await network.until(({ router }) => router === 'off', 40_000);
  await controller.close();
  await homebridge.kill();
  await network.until(({ router }) => router === 'up', 20_000);
  await homebridge.start();
  await until(() => webhook.messages.length > 0, 60_000);
  expect(webhook.messages[0]).toContain('Restarting the router once did not help');
  await network.mend();
  await until(() => webhook.messages.length > 1, 30_000);
  expect(webhook.messages).toEqual([
    expect.anything(),
    expect.stringMatching(
      /Back online\. Offline for .*: no internet behind the router\. The router was restarted once\./,
    ),
  ]);
  expect(network.state.reboots).toBe(1);
  await expectHistory(homebridge);
}, 200_000);

/** `porchlight watchdog history` over what Homebridge's watchdog has kept, which it may still be writing. */
async function expectHistory(homebridge: Homebridge): Promise<void> {
  let lines: string[] = [];
  await until(async () => {
    lines = await readHistory(homebridge);
    return lines[0] !== 'No outage has been seen.';
  });
  expect(lines[0]).toMatch(/no internet behind the router, 1 restart$/);
  expect(lines.at(-1)).toMatch(/^uptime 365 days +\d+\.\d+ %$/);
}

async function readHistory(homebridge: Homebridge): Promise<string[]> {
  const folder = await mkdtemp(join(tmpdir(), 'porchlight-history-'));
  await writeFile(join(folder, 'porchlight.json'), JSON.stringify({ services: { watchdog: {} } }));
  await symlink(join(homebridge.folder, 'porchlight'), join(folder, 'state'));
  const lines: string[] = [];
  const print = (line: string): void => void lines.push(line);
  const parts = { print, printError: print, signal: new AbortController().signal, env: {} };
  expect(await runProgram(['watchdog', 'history', '--config', folder], parts)).toBe(0);
  return lines;
}

/** A plugin that shifts the wall clock of its Homebridge by as many milliseconds as the file says. */
const wallClock = (file: string): string => `
const { readFileSync } = require('node:fs');
const RealDate = Date;
let shiftMs = 0;
setInterval(() => {
  const next = Number(readFileSync(${JSON.stringify(file)}, 'utf8'));
  if (next !== shiftMs) console.log('The wall clock is shifted by ' + (shiftMs = next));
}, 50).unref();
globalThis.Date = class extends RealDate {
  constructor(...parts) {
    super(...(parts.length > 0 ? parts : [RealDate.now() + shiftMs]));
  }
  static now() {
    return RealDate.now() + shiftMs;
  }
};
module.exports = () => undefined;
`;

/** A folder of plugins with that one in it, and what sets the clock of a Homebridge with them. */
async function openWallClock() {
  const pluginPath = await mkdtemp(join(tmpdir(), 'porchlight-plugins-'));
  cleanUps.push(() => rm(pluginPath, { recursive: true, force: true }));
  for (const name of ['smart-plug', 'watchdog']) {
    const folder = fileURLToPath(new URL(`../plugins/${name}`, import.meta.url));
    await symlink(folder, join(pluginPath, `homebridge-porchlight-${name}`));
  }
  const folder = join(pluginPath, 'homebridge-wall-clock');
  const file = join(pluginPath, 'shift');
  const manifest = {
    name: 'homebridge-wall-clock',
    version: '0.0.0',
    main: 'index.js',
    keywords: ['homebridge-plugin'],
  };
  await mkdir(folder);
  await writeFile(join(folder, 'package.json'), JSON.stringify({ ...manifest, engines: { homebridge: '*' } }));
  await writeFile(join(folder, 'index.js'), wallClock(file));
  await writeFile(file, '0');
  const shift = async (homebridge: Homebridge, days: number): Promise<void> => {
    const ms = days * 86_400_000;
    await writeFile(file, String(ms));
    await hasSaid(homebridge, `The wall clock is shifted by ${ms}`);
  };
  return { pluginPath, shift };
}

test('the wall clock jumps by days: no restart comes too early, none too often, and lengths stay true', async () => {
  const { pluginPath, shift } = await openWallClock();
  const watchdog = { offlineAfterSeconds: 10, maxRebootsPerDay: 1 };
  const { network, homebridge, controller } = await openHouse({ watchdog, pluginPath });
  const contacts = await controller.watch('ContactSensor', 'ContactSensorState');
  await network.outage({ type: 'wan', until: 'reboot' });
  const goneAt = performance.now();
  await shift(homebridge, 1);
  await network.until(({ router }) => router === 'off', 40_000);
  // The last good round was at most one interval before.
  expect(network.relay.history[0]!.at - goneAt).toBeGreaterThan(7_000);
  await shift(homebridge, -1);
  await until(() => contacts.at(-1) === closed, 60_000);
  await until(() => homebridge.lines.some((line) => /Offline for \d+ s: .* restarted once\./.test(line)));
  expect(network.relay.history.map(({ on }) => on)).toEqual([false, true]);

  // The day of the budget is a day of the other clock.
  await shift(homebridge, 3);
  await network.outage({ type: 'wan', until: 'mended' });
  await hasSaid(homebridge, 'The restarts of this day are used up', 40_000);
  expect(network.state.reboots).toBe(1);
}, 150_000);
