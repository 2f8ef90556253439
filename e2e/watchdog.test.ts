// requires: mosquitto
import { afterEach, describe, expect, test } from '@jest/globals';
import { silentLog } from '@porchlight/core';
import { until } from '@porchlight/core/testing';
import { buildHouse, startHost } from '@porchlight/host';
import { startHomeNetwork, type HomeNetwork } from '@porchlight/simulators';
import mqtt from 'mqtt';
import { once } from 'node:events';
import { mkdtemp } from 'node:fs/promises';
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
    await until(() => contacts[0] === open);
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

/** What Home Assistant shows of the connection. */
const figures = [
  'Status',
  'Cause',
  'Latency',
  'Packet loss',
  'Last outage',
  'Length of the last outage',
  'Reboots in 24 hours',
  'Next allowed reboot',
];

/** The names of everything of the connection that Home Assistant is told of, from now on. */
async function announcedNames({ url }: Mosquitto): Promise<Set<string>> {
  const names = new Set<string>();
  const client = await mqtt.connectAsync(url);
  cleanUps.push(() => client.endAsync(true));
  client.on('message', (topic, payload) => {
    if (!topic.includes('internet')) return;
    const { components } = JSON.parse(payload.toString()) as { components: Record<string, { name: string }> };
    for (const { name } of Object.values(components)) names.add(name);
  });
  await client.subscribeAsync('homeassistant/#');
  return names;
}

test('without Homebridge: Home Assistant is told all figures, a refusing plug is a fault, the watchtower hears a beat', async () => {
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
  const announced = await announcedNames(mosquitto);
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
  await until(() => figures.every((name) => announced.has(name)));

  await network.outage({ type: 'lan', until: 'mended' });
  await until(() => seen.status === 'offline', 30_000);
  await until(() => seen.problem === 'The router could not be restarted: its test has not been passed', 30_000);
  await network.mend();
  await until(() => seen.status === 'online' && seen.problem === undefined, 30_000);
  expect(plug.commands).toHaveLength(1);
}, 120_000);
