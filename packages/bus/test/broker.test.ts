// requires: mosquitto mosquitto_pub
import { afterEach, expect, test } from '@jest/globals';
import { freePort, until } from '@porchlight/core/testing';
import { execFile } from 'node:child_process';
import { readFile, stat } from 'node:fs/promises';
import { join } from 'node:path';
import { promisify } from 'node:util';
import {
  brokerSettings,
  observe,
  runLamp,
  startObserver,
  tempFolder,
  type LampHost,
  type Observer,
} from './support/house.ts';
import { startMosquitto, type Mosquitto } from './support/mosquitto.ts';

const run = promisify(execFile);
const stops: (() => Promise<void>)[] = [];
afterEach(async () => {
  for (const stop of stops.splice(0).toReversed()) await stop();
});

function keep<T extends { stop(): Promise<void> } | LampHost>(thing: T): T {
  stops.push(() => ('run' in thing ? thing.run.stop() : thing.stop()));
  return thing;
}

interface Credentials {
  username: string;
  password: string;
}

const lampAddress = { service: 'lamps', device: 'lamp', capability: 'switch' } as const;
const motion = (id: string) => ({ id, type: 'motion', occurredAt: 1_767_225_600_000, observedAt: 1_767_225_600_000 });

/** What a mosquitto_sub of a user would print. */
async function retained(mosquitto: Mosquitto, filter: string): Promise<Record<string, unknown>> {
  const args = ['-h', '127.0.0.1', '-p', String(mosquitto.port), '-t', filter, '-v', '-W', '1', '--retained-only'];
  const { stdout } = await run('mosquitto_sub', args).catch((error: { stdout: string }) => error);
  return Object.fromEntries(
    stdout
      .split('\n')
      .filter(Boolean)
      .map((line) => [line.slice(0, line.indexOf(' ')), JSON.parse(line.slice(line.indexOf(' ') + 1)) as unknown]),
  );
}

function expectEvents(observer: Observer): string[] {
  const ids: string[] = [];
  observer.client.onEvent({}, (event) => ids.push(event.id));
  return ids;
}

test('a house without a broker: two services meet on the built-in one, with generated credentials (0600)', async () => {
  const folder = await tempFolder();
  const settings = brokerSettings({ port: await freePort() });
  const host = keep(runLamp({ settings, folder, host: 'one' }));
  await host.run.ready;
  const observer = keep(await observe(settings, folder));
  await observer.client.command(lampAddress, { on: true });
  expect(host.lamp()?.state('switch')).toEqual({ on: true });
  expect((await stat(join(folder, 'broker.json'))).mode & 0o777).toBe(0o600);
  const stranger = keep(startObserver(settings, await tempFolder()));
  await until(() => stranger.log.lines.some((line) => line.includes('cannot be reached')));
  expect(stranger.client.connected).toBe(false);
}, 30_000);

test('when the process with the built-in broker goes, another takes over within 2 s and no event is lost', async () => {
  const folder = await tempFolder();
  const settings = brokerSettings({ port: await freePort() });
  const first = await observe(settings, folder);
  const host = keep(runLamp({ settings, folder, host: 'one' }));
  await host.run.ready;
  const observer = keep(await observe(settings, folder));
  const ids = expectEvents(observer);
  await first.stop();
  const goneAt = performance.now();
  host.lamp()?.emit(motion('while-away'));
  await until(() => ids.includes('while-away'));
  expect(performance.now() - goneAt).toBeLessThan(2_000);
});

test('retained topics say what there is, survive a broker without memory, and go with the device', async () => {
  const mosquitto = keep(await startMosquitto());
  const settings = brokerSettings({ url: mosquitto.url });
  const host = keep(runLamp({ settings, folder: await tempFolder(), host: 'one' }));
  await host.run.ready;
  const expected = {
    'porchlight/lamps/lamp': expect.objectContaining({ id: 'lamp', name: 'Lamp' }),
    'porchlight/lamps/lamp/switch': { on: false },
    'porchlight/lamps/lamp/health': { ok: true },
    'porchlight/lamps/status': expect.objectContaining({ state: 'online', owner: 'one' }),
    'porchlight/lamps/info': expect.objectContaining({ version: '1.2.3', capabilities: ['switch', 'health'] }),
  };
  await eventually(async () => expect(await retained(mosquitto, 'porchlight/#')).toMatchObject(expected));

  await mosquitto.kill();
  host.lamp()?.update('switch', { on: true });
  host.lamp()?.update('switch', { on: false });
  await mosquitto.restart();
  const observer = keep(await observe(settings, await tempFolder()));
  let online = false;
  observer.client.onServiceStatus((_service, status) => (online = status.state === 'online'));
  await until(() => online);
  await eventually(async () => expect(await retained(mosquitto, 'porchlight/#')).toMatchObject(expected));

  host.lamp()?.remove();
  await eventually(async () =>
    expect(Object.keys(await retained(mosquitto, 'porchlight/lamps/+')).toSorted()).toEqual([
      'porchlight/lamps/info',
      'porchlight/lamps/status',
    ]),
  );
}, 30_000);

/** Looks again for a while: what is said at a start or an end arrives one by one. */
async function eventually(check: () => Promise<void>): Promise<void> {
  for (let attempt = 1; attempt < 10; attempt++) {
    try {
      return await check();
    } catch {
      // Not yet.
    }
  }
  await check();
}

test('events of a broker outage arrive afterwards, also when the process was restarted in between', async () => {
  const mosquitto = keep(await startMosquitto());
  const settings = brokerSettings({ url: mosquitto.url });
  const folder = await tempFolder();
  const first = runLamp({ settings, folder, host: 'one' });
  await first.run.ready;
  await mosquitto.kill();
  first.lamp()?.emit(motion('e1'));
  first.lamp()?.emit(motion('e2'));
  await until(() => !first.run.devices.problem);
  await first.run.stop();
  await mosquitto.restart();
  const observer = keep(await observe(settings, await tempFolder()));
  const ids = expectEvents(observer);
  keep(runLamp({ settings, folder, host: 'one' }));
  await until(() => ids.length >= 2);
  expect(ids).toEqual(['e1', 'e2']);
}, 30_000);

test('a clean stop says offline', async () => {
  const mosquitto = keep(await startMosquitto());
  const settings = brokerSettings({ url: mosquitto.url });
  const host = runLamp({ settings, folder: await tempFolder(), host: 'one' });
  await host.run.ready;
  await host.run.stop();
  expect(await retained(mosquitto, 'porchlight/lamps/status')).toMatchObject({
    'porchlight/lamps/status': { state: 'offline', owner: 'one' },
  });
});

test('commands: answered by id; a refusal, a retained one, an old one and nonsense are told apart', async () => {
  const mosquitto = keep(await startMosquitto());
  const settings = brokerSettings({ url: mosquitto.url });
  const host = keep(runLamp({ settings, folder: await tempFolder(), host: 'one' }));
  await host.run.ready;
  const observer = keep(await observe(settings, await tempFolder()));
  const publish = async (payload: string): Promise<void> => {
    const topic = 'porchlight/lamps/lamp/switch/set';
    const published = run('mosquitto_pub', ['-p', String(mosquitto.port), '-t', topic, '-s']);
    published.child.stdin?.end(payload);
    await published;
  };

  await publish(JSON.stringify({ command: { on: true }, at: '2020-01-01T00:00:00Z' }));
  await publish(JSON.stringify({ command: { on: 'yes' } }));
  await publish('{');
  await publish('x'.repeat(300_000));
  expect(host.lamp()?.state('switch')).toEqual({ on: false });

  await publish(JSON.stringify({ command: { on: true } }));
  await until(() => host.lamp()?.state('switch')?.on);
  host.lamp()?.update('health', { ok: false });
  await expect(observer.client.command(lampAddress, { on: true })).rejects.toThrow('The lamp has no power.');
  await expect(
    observer.client.command({ ...lampAddress, device: 'nobody' }, { on: true }, { timeoutMs: 300 }),
  ).rejects.toMatchObject({ code: 'device.unknown' });
  const refusals = host.log.lines.filter((line) => line.includes('was refused'));
  expect(refusals).toEqual([
    'warn: A message on porchlight/lamps/lamp/switch/set was refused: the command is older than 30 s.',
  ]);
});

test('leftovers of devices that are no more are cleared from the broker', async () => {
  const mosquitto = keep(await startMosquitto());
  const old = JSON.stringify({ v: 1, id: 'old', name: 'Old lamp', capabilities: { switch: {} } });
  await run('mosquitto_pub', ['-p', String(mosquitto.port), '-t', 'porchlight/lamps/old', '-r', '-m', old]);
  const settings = brokerSettings({ url: mosquitto.url });
  const host = keep(runLamp({ settings, folder: await tempFolder(), host: 'one' }));
  await host.run.ready;
  await eventually(async () => expect(await retained(mosquitto, 'porchlight/lamps/old')).toEqual({}));
});

test('a refused login is said once, tried again for ever, and mended by the broker alone', async () => {
  const passwords = 'porch:$7$101$';
  const mosquitto = keep(await startMosquitto(['allow_anonymous false', 'password_file %d/passwords'], { passwords }));
  const settings = brokerSettings({ url: mosquitto.url, username: 'porch', password: 'light-secret' });
  const host = keep(runLamp({ settings, folder: await tempFolder(), host: 'one' }));
  await until(() => host.log.lines.some((line) => line.includes('cannot be reached')));
  expect(host.log.lines.join('\n')).not.toContain('light-secret');
  await mosquitto.kill();
  await run('mosquitto_passwd', ['-b', join(mosquitto.folder, 'passwords'), 'porch', 'light-secret']);
  await mosquitto.restart();
  await until(() => host.log.lines.some((line) => line.includes('answers again')), 15_000);
}, 30_000);

test('speaks MQTT 5 where the broker does, and 3.1.1 where it does not', async () => {
  const mosquitto = keep(await startMosquitto(['allow_anonymous true', 'log_type all', 'log_dest file %d/log']));
  keep(await observe(brokerSettings({ url: mosquitto.url }), await tempFolder()));
  await until(() => true);
  expect(await readFile(join(mosquitto.folder, 'log'), 'utf8')).toMatch(/as observer-\w+ \(p5,/);

  const folder = await tempFolder();
  const port = await freePort();
  keep(await observe(brokerSettings({ port }), folder));
  const credentials = JSON.parse(await readFile(join(folder, 'broker.json'), 'utf8')) as Credentials;
  const settings = brokerSettings({
    url: `mqtt://127.0.0.1:${port}`,
    ...credentials,
  });
  const old = keep(await observe(settings, folder));
  expect(old.client.connected).toBe(true);
});

test('foreign topics: wildcards in, plain topics out, never a wildcard out', async () => {
  const mosquitto = keep(await startMosquitto());
  const observer = keep(await observe(brokerSettings({ url: mosquitto.url }), await tempFolder()));
  const topicsSeen: string[] = [];
  observer.client.foreign.subscribe('zigbee2mqtt/+/#', ({ topic }) => topicsSeen.push(topic));
  await observer.client.foreign.publish('zigbee2mqtt/hall/set', '{}');
  await until(() => topicsSeen.length === 1);
  await expect(observer.client.foreign.publish('a/#', 'x')).rejects.toMatchObject({ code: 'bus.topic' });
});
