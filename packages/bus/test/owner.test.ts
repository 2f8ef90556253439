// requires: mosquitto
import { afterEach, expect, test } from '@jest/globals';
import { RemoteDevices } from '../src/index.ts';
import { until } from '@porchlight/core/testing';
import { brokerSettings, observe, runLamp, tempFolder, type LampHost } from './support/house.ts';
import { spawn } from 'node:child_process';
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { startMosquitto } from './support/mosquitto.ts';

const stops: (() => Promise<void>)[] = [];
afterEach(async () => {
  for (const stop of stops.splice(0).toReversed()) await stop();
});

async function setUp() {
  const mosquitto = await startMosquitto();
  stops.push(() => mosquitto.stop());
  const settings = brokerSettings({ url: mosquitto.url });
  const start = async (host: string): Promise<LampHost> => {
    const lamp = runLamp({ settings, folder: await tempFolder(), host });
    stops.push(() => lamp.run.stop());
    return lamp;
  };
  return { mosquitto, settings, start };
}

const serving = (hosts: LampHost[]): number => hosts.filter((host) => host.lamp() !== undefined).length;

test('a second host stands by with one line, and takes over when the first stops', async () => {
  const { start } = await setUp();
  const first = await start('homebridge@pi');
  await first.run.ready;
  const second = await start('add-on@ha');
  await second.run.ready;
  expect(serving([first, second])).toBe(1);
  expect(second.run.devices.problem).toBe('Standing by: homebridge@pi serves this already.');
  expect(second.log.lines.filter((line) => line.includes('standing by'))).toHaveLength(1);
  await first.run.stop();
  await until(() => second.lamp() !== undefined);
  expect(second.run.devices.problem).toBeUndefined();
  expect(second.run.devices.list().map(({ id }) => id)).toEqual(['lamp']);
}, 30_000);

test('after kill -9 of the owner another host takes over, by the last will', async () => {
  const { settings, start } = await setUp();
  const script = fileURLToPath(new URL('support/lamp-process.ts', import.meta.url));
  const args = ['--conditions=@porchlight/source', script, JSON.stringify(settings), await tempFolder()];
  const owner = spawn(process.execPath, args, { stdio: ['ignore', 'pipe', 'inherit'] });
  stops.push(async () => void owner.kill('SIGKILL'));
  let output = '';
  owner.stdout.on('data', (text) => (output += String(text)));
  await until(() => output.includes('serving'), 20_000);
  const second = await start('two');
  await second.run.ready;
  expect(second.lamp()).toBeUndefined();
  owner.kill('SIGKILL');
  await until(() => second.lamp() !== undefined);
}, 40_000);

test('of two that start at the same time exactly one serves', async () => {
  const { start } = await setUp();
  const hosts = await Promise.all([start('one'), start('two'), start('three')]);
  await Promise.all(hosts.map((host) => host.run.ready));
  await until(() => serving(hosts) === 1);
  expect(hosts.filter((host) => host.run.devices.problem?.startsWith('Standing by'))).toHaveLength(2);
}, 30_000);

test('the owner keeps its place when the broker restarts without a memory', async () => {
  const { mosquitto, start } = await setUp();
  const first = await start('one');
  await first.run.ready;
  const second = await start('two');
  await second.run.ready;
  await mosquitto.kill();
  await mosquitto.restart();
  await until(
    () => first.log.lines.concat(second.log.lines).filter((line) => line.includes('answers again')).length === 2,
  );
  expect([serving([first]), serving([second])]).toEqual([1, 0]);
  expect(first.stops).toBe(0);
}, 30_000);

test('a broker that comes back with an old memory is brought up to date, and gets the events it missed', async () => {
  const lines = ['persistence true', 'persistence_location %d/', 'autosave_on_changes true', 'autosave_interval 1'];
  const mosquitto = await startMosquitto(['allow_anonymous true', ...lines]);
  stops.push(() => mosquitto.stop());
  const settings = brokerSettings({ url: mosquitto.url });
  const host = runLamp({ settings, folder: await tempFolder(), host: 'one' });
  stops.push(() => host.run.stop());
  await host.run.ready;
  const memory = join(mosquitto.folder, 'mosquitto.db');
  let remembered = '';
  await until(() => {
    void readFile(memory, 'latin1').then(
      (text) => (remembered = text),
      () => undefined,
    );
    return remembered.includes('"state":"online"') && remembered.includes('"on":false');
  });
  await mosquitto.kill();
  host.lamp()?.update('switch', { on: true });
  host.lamp()?.emit({ id: 'while-away', type: 'motion', occurredAt: 0, observedAt: 0 });
  await mosquitto.restart();
  const observer = await observe(settings, await tempFolder());
  stops.push(() => observer.stop());
  const ids: string[] = [];
  observer.client.onEvent({}, ({ id }) => ids.push(id));
  let isOn = false;
  observer.client.onState({ capability: 'switch' }, (_address, state) => (isOn = state?.on === true));
  await until(() => isOn && ids.includes('while-away'));
}, 30_000);

test('a service starts on its own while the broker is down', async () => {
  const { mosquitto, start } = await setUp();
  await mosquitto.kill();
  const host = await start('one');
  await host.run.ready;
  expect(host.run.devices.list().map(({ id }) => id)).toEqual(['lamp']);
}, 30_000);

test('remote devices look like local ones, take commands, and are unreachable while their service is offline', async () => {
  const { settings, start } = await setUp();
  const observer = await observe(settings, await tempFolder());
  stops.push(() => observer.stop());
  const remote = new RemoteDevices(observer.client, 'lamps');
  remote.start();
  const host = await start('one');
  await until(
    () => remote.list().length === 1 && remote.problem === undefined && remote.state('lamp', 'switch') !== undefined,
  );
  await remote.command({ device: 'lamp', capability: 'switch' }, { on: true });
  await until(() => remote.state('lamp', 'switch')?.on === true);
  await host.run.stop();
  await until(() => remote.state('lamp', 'health')?.reachable === false);
  expect(remote.list()).toHaveLength(1);
  remote.stop();
}, 30_000);
