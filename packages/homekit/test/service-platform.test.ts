import { expect, test } from '@jest/globals';
import type { RunningService, RunOptions } from '@porchlight/bus';
import { Devices, defineService, type ServiceConfig } from '@porchlight/core';
import { createCaptureLog, createFakeClock } from '@porchlight/core/testing';
import type { PlatformAccessory } from 'homebridge';
import { hostname } from 'node:os';
import * as z from 'zod';
import { registerService } from '../src/index.ts';
import { createFakeHomebridge, type FakeHomebridge } from './support/hosts.ts';
import { settle } from './support/home.ts';

interface Platform {
  configureAccessory(accessory: PlatformAccessory): void;
  stop(): Promise<void>;
}

const definition = defineService({
  name: 'testing',
  version: '1.2.3',
  configSchema: z.looseObject({}) as unknown as z.ZodType<ServiceConfig, unknown>,
  create: () => {
    throw new Error('The fake run creates no service.');
  },
});
const identity = { plugin: 'homebridge-porchlight-testing', platform: 'PorchlightTesting' };
const motion = { capabilities: { motion: {} }, state: { motion: { detected: false } } };

interface SetUp {
  config?: unknown;
  stop?: () => Promise<void>;
  run?: (options: RunOptions) => RunningService;
  restored?: PlatformAccessory[];
}

function setUp({ config = { platform: 'PorchlightTesting' }, stop, run, restored = [] }: SetUp = {}) {
  const homebridge: FakeHomebridge = createFakeHomebridge();
  homebridge.accessories.push(...restored);
  const devices = new Devices('testing');
  const log = createCaptureLog();
  const ready = Promise.withResolvers<void>();
  const runs: RunOptions[] = [];
  let stops = 0;
  const running: RunningService = { devices, ready: ready.promise, stop: stop ?? (async () => void stops++) };
  registerService(definition, identity, {
    clock: createFakeClock(),
    run: (_definition, options) => {
      runs.push(options);
      return run ? run(options) : running;
    },
  })(homebridge.api);
  const PlatformClass = homebridge.platform as unknown as new (...args: unknown[]) => Platform;
  const platform = new PlatformClass(log, config, homebridge.api);
  for (const accessory of restored) platform.configureAccessory(accessory);
  return { homebridge, platform, devices, log, ready, runs, stops: () => stops };
}

test('starts nothing before Homebridge has launched, then runs the service with its settings', () => {
  const { homebridge, runs } = setUp({
    config: { platform: 'PorchlightTesting', _bridge: {}, thresholdEventCount: 2 },
  });
  expect(runs).toEqual([]);
  homebridge.launch();
  expect(runs).toHaveLength(1);
  expect(runs[0]).toMatchObject({ config: { thresholdEventCount: 2 }, folder: '/var/lib/homebridge/porchlight' });
  expect(runs[0]?.config).not.toHaveProperty('platform');
  expect(runs[0]?.host).toMatch(new RegExp(`^homebridge@${hostname()}-[0-9a-f]{4}$`));
});

test.each([[null], [{}]])('with the configuration %j it stays idle and keeps what it had', async (config) => {
  const first = setUp();
  first.homebridge.launch();
  first.devices.add({ id: 'door', name: 'Front door', ...motion });
  const { homebridge, runs, log, platform } = setUp({ config, restored: first.homebridge.readCache() });
  homebridge.launch();
  await settle();
  expect(runs).toEqual([]);
  expect(homebridge.accessories).toHaveLength(1);
  expect(log.lines).toEqual([]);
  await platform.stop();
});

test('shows the devices and prunes when the service is ready', async () => {
  const first = setUp();
  first.homebridge.launch();
  first.devices.add({ id: 'gone', name: 'Old door', ...motion });
  const { homebridge, devices, ready } = setUp({ restored: first.homebridge.readCache() });
  homebridge.launch();
  devices.add({ id: 'door', name: 'Front door', ...motion });
  expect(homebridge.accessories.map(({ displayName }) => displayName)).toEqual(['Old door', 'Front door']);
  ready.resolve();
  await settle();
  expect(homebridge.accessories.map(({ displayName }) => displayName)).toEqual(['Front door']);
});

test('stops the service once when Homebridge shuts down', async () => {
  const { homebridge, platform, devices, stops } = setUp();
  homebridge.launch();
  homebridge.shutDown();
  await platform.stop();
  expect(stops()).toBe(1);
  devices.add({ id: 'door', name: 'Front door', ...motion });
  expect(homebridge.accessories).toEqual([]);
});

test('a service that cannot be started or stopped is reported and never thrown at Homebridge', async () => {
  const broken = setUp({
    run: () => {
      throw new Error('no such module');
    },
  });
  broken.homebridge.launch();
  expect(broken.log.lines).toEqual(['error: The service could not be started: no such module']);
  await broken.platform.stop();

  const stuck = setUp({ stop: () => Promise.reject(new Error('it is stuck')) });
  stuck.homebridge.launch();
  await stuck.platform.stop();
  expect(stuck.log.lines).toEqual(['error: The service did not stop cleanly: it is stuck']);
});

test('a shutdown before the launch is no trouble', async () => {
  const { homebridge, platform, log } = setUp();
  homebridge.shutDown();
  await platform.stop();
  expect(log.lines).toEqual([]);
});
