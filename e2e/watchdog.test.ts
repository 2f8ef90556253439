// requires: mosquitto
import { afterEach, describe, expect, test } from '@jest/globals';
import { silentLog } from '@porchlight/core';
import { until } from '@porchlight/core/testing';
import { buildHouse, runProgram, startHost } from '@porchlight/host';
import { startHomeNetwork, type HomeNetwork } from '@porchlight/simulators';
import { once } from 'node:events';
import { cp, mkdtemp, writeFile } from 'node:fs/promises';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { WebSocketServer } from 'ws';
import { brokerSettings, observe } from '../packages/bus/test/support/house.ts';
import { startMosquitto, type Mosquitto } from '../packages/bus/test/support/mosquitto.ts';
import { eventually, pair, type Controller } from './support/controller.ts';
import { createHomebridge, type Homebridge, type HomebridgeVersion } from './support/homebridge.ts';
import { openRouterPlug } from './support/router-plug.ts';

const cleanUps: (() => unknown)[] = [];
afterEach(async () => {
  for (const cleanUp of cleanUps.splice(0).toReversed()) await cleanUp();
});

const closed = 0;
const open = 1;

async function openMosquitto(): Promise<Mosquitto> {
  const mosquitto = await startMosquitto();
  cleanUps.push(() => mosquitto.stop());
  return mosquitto;
}

async function openNetwork(): Promise<HomeNetwork> {
  const network = await startHomeNetwork({ bootMs: 1_000 });
  cleanUps.push(() => network.close());
  return network;
}

/** The watchdog's settings with times for a test; the checks are those of the simulated home. */
function settings({ targets }: HomeNetwork, more: object = {}): object {
  const probes = [
    ...targets.tcp.map(({ host, port }, index) => ({ type: 'tcp', host, port, owner: `host ${index}` })),
    { type: 'dns', server: `${targets.dns.host}:${targets.dns.port}` },
    { type: 'http', url: `${targets.http}/success.txt`, body: 'success' },
  ];
  const times = {
    intervalSeconds: 2,
    timeoutSeconds: 1,
    offlineAfterSeconds: 5,
    startupGraceSeconds: 0,
    bootGraceSeconds: 30,
  };
  return { device: 'smart-plug/router', offSeconds: 5, gateway: '127.0.0.1', probes, ...times, ...more };
}

async function openHomebridge(version: HomebridgeVersion, block: object): Promise<Homebridge> {
  const homebridge = await createHomebridge({ version, platforms: [{ platform: 'PorchlightWatchdog', ...block }] });
  cleanUps.push(() => homebridge.remove());
  await homebridge.start();
  return homebridge;
}

async function control(homebridge: Homebridge): Promise<Controller> {
  const controller = await pair(homebridge);
  cleanUps.push(() => controller.close());
  return controller;
}

/** The plug that feeds the router of the simulated home: off, and on again by its own timer. */
function cycle({ relay }: HomeNetwork): void {
  relay.set(false);
  relay.flipAfter(1, true);
}

const isOnline = (controller: Controller) => eventually(controller, ['ContactSensor', 'ContactSensorState'], closed);

describe.each(['2', '1.11'] as const)('Homebridge %s', (version) => {
  test('the line hangs: the contact opens, the router is restarted once, and all is well', async () => {
    const network = await openNetwork();
    const mosquitto = await openMosquitto();
    const plug = await openRouterPlug(mosquitto.url, () => cycle(network));
    cleanUps.push(() => plug.close());
    const homebridge = await openHomebridge(version, settings(network, { broker: { url: mosquitto.url } }));
    const controller = await control(homebridge);
    await isOnline(controller);
    const contacts = await controller.watch('ContactSensor', 'ContactSensorState');

    await network.outage({ type: 'wan', until: 'reboot' });
    await until(() => plug.commands.length > 0, 30_000);
    expect(contacts).toEqual([open]);
    await until(() => contacts.at(-1) === closed, 40_000);
    expect(plug.commands).toEqual([
      { action: 'run', offSeconds: 5, reason: 'Watchdog: no internet behind the router' },
    ]);
    expect(network.state.reboots).toBe(1);
    await until(() => homebridge.lines.some((line) => line.includes('The router was restarted once.')));

    // By hand, from Apple Home.
    await until(async () => {
      await controller.write('Switch', 'On', true).catch(() => undefined);
      return plug.commands.length > 1;
    });
    expect(plug.commands.at(-1)?.reason).toBe('Watchdog: by hand');
  }, 150_000);
});

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

test('an outage of the provider: the cap is reached, also over kill -9; one message, no loop, one more at the end', async () => {
  const network = await openNetwork();
  const mosquitto = await openMosquitto();
  const plug = await openRouterPlug(mosquitto.url, () => cycle(network));
  cleanUps.push(() => plug.close());
  const webhook = await openWebhook();
  const notifications = { channels: [{ type: 'webhook', url: webhook.url }] };
  const limits = { maxRebootsPerOutage: 1, cooldownMinutes: 1 };
  const block = settings(network, { broker: { url: mosquitto.url }, notifications, ...limits });
  const homebridge = await openHomebridge('2', block);
  const controller = await control(homebridge);
  await isOnline(controller);

  await network.outage({ type: 'wan', until: 'mended' });
  await until(() => plug.commands.length > 0, 30_000);
  await controller.close();
  await homebridge.kill();
  await homebridge.start();
  await until(() => webhook.messages.length > 0, 60_000);
  expect(webhook.messages[0]).toContain('Restarting the router once did not help');
  await network.mend();
  await until(() => webhook.messages.length > 1, 30_000);
  expect(webhook.messages[1]).toMatch(
    /Back online\. Offline for .*: no internet behind the router\. The router was restarted once\./,
  );
  expect(plug.commands).toHaveLength(1);
  expect(webhook.messages).toHaveLength(2);
  await expectHistory(homebridge);
}, 200_000);

/** `porchlight watchdog history` over what Homebridge's watchdog has kept. */
async function expectHistory(homebridge: Homebridge): Promise<void> {
  const folder = await mkdtemp(join(tmpdir(), 'porchlight-history-'));
  await writeFile(join(folder, 'porchlight.json'), JSON.stringify({ services: { watchdog: {} } }));
  await cp(join(homebridge.folder, 'porchlight'), join(folder, 'state'), { recursive: true });
  const lines: string[] = [];
  const print = (line: string): void => void lines.push(line);
  const parts = { print, printError: print, signal: new AbortController().signal, env: {} };
  expect(await runProgram(['watchdog', 'history', '--config', folder], parts)).toBe(0);
  expect(lines[0]).toMatch(/no internet behind the router, 1 restart$/);
  expect(lines.at(-1)).toMatch(/^uptime 365 days +\d+\.\d+ %$/);
}

test('without Homebridge: a refusing plug is a fault on the bus, and the watchtower hears a beat', async () => {
  const network = await openNetwork();
  const mosquitto = await openMosquitto();
  const plug = await openRouterPlug(mosquitto.url, () => {
    throw new Error('its test has not been passed');
  });
  cleanUps.push(() => plug.close());
  const tower = new WebSocketServer({ port: 0, host: '127.0.0.1' });
  await once(tower, 'listening');
  cleanUps.push(() => tower.close());
  const states: unknown[] = [];
  tower.on('connection', (socket) => {
    socket.send(JSON.stringify({ type: 'welcome', seq: 0, graceSeconds: 60 }));
    socket.on('message', (data: Buffer) => states.push((JSON.parse(data.toString()) as { state?: string }).state));
    cleanUps.push(() => socket.terminate());
  });
  const heartbeat = { url: `ws://127.0.0.1:${(tower.address() as AddressInfo).port}/beat`, token: 'plw_of-this-home' };
  const watchdog = settings(network, { heartbeat });
  const house = buildHouse({ broker: { url: mosquitto.url }, services: { watchdog } }, {});
  const stateFolder = await mkdtemp(join(tmpdir(), 'porchlight-watchdog-'));
  const host = await startHost({ house, stateFolder, log: silentLog });
  cleanUps.push(() => host.stop());
  const observer = await observe(brokerSettings({ url: mosquitto.url }), stateFolder);
  cleanUps.push(() => observer.stop());
  const seen: { status?: unknown; problem?: unknown } = {};
  const filter = { service: 'watchdog', device: 'internet' };
  observer.client.onState(
    { ...filter, capability: 'connectivity' },
    (_address, state) => (seen.status = state?.status),
  );
  observer.client.onState({ ...filter, capability: 'health' }, (_address, state) => (seen.problem = state?.problem));
  await until(() => seen.status === 'online' && states.length > 0);

  await network.outage({ type: 'lan', until: 'mended' });
  await until(() => seen.status === 'offline', 30_000);
  await until(() => seen.problem === 'The router could not be restarted: its test has not been passed', 30_000);
  await network.mend();
  await until(() => seen.status === 'online' && seen.problem === undefined, 30_000);
  expect(plug.commands).toHaveLength(1);
}, 120_000);
