// requires: mosquitto mosquitto_pub
import { afterEach, expect, test } from '@jest/globals';
import { buildEvent, until } from '@porchlight/core/testing';
import { execFile, spawn } from 'node:child_process';
import { promisify } from 'node:util';
import { topics } from '../src/index.ts';
import { brokerSettings, observe, runLamp, tempFolder } from './support/house.ts';
import { startMosquitto } from './support/mosquitto.ts';

const run = promisify(execFile);
const stops: (() => Promise<void>)[] = [];
afterEach(async () => {
  for (const stop of stops.splice(0).toReversed()) await stop();
});

async function setUp(lines?: readonly string[]) {
  const mosquitto = await startMosquitto(lines);
  stops.push(() => mosquitto.stop());
  const settings = brokerSettings({ url: mosquitto.url });
  const host = runLamp({ settings, folder: await tempFolder(), host: 'one' });
  stops.push(() => host.run.stop());
  await host.run.ready;
  const observer = await observe(settings, await tempFolder());
  stops.push(() => observer.stop());
  return { mosquitto, host, observer };
}

test('a state that does not fit the contract is said once and not sent; the process and the others go on', async () => {
  const { host, observer } = await setUp();
  const seen: unknown[] = [];
  observer.client.onState({ service: 'lamps', capability: 'switch' }, (_address, state) => seen.push(state));
  await until(() => seen.length > 0);
  for (let count = 0; count < 3; count += 1)
    host.lamp()?.update('switch', { on: `odd-${count}` as unknown as boolean });
  host.lamp()?.emit({ id: 'x'.repeat(300), type: 'motion', occurredAt: 0, observedAt: 0 });
  await until(() => host.log.lines.some((line) => line.includes('cannot be sent')));
  host.lamp()?.update('switch', { on: true });
  await until(() => seen.some((state) => JSON.stringify(state) === '{"on":true}'));
  expect(host.log.lines.filter((line) => line.includes('does not fit'))).toEqual([
    expect.stringContaining('(lamps/lamp/switch) does not fit the contract: on: '),
  ]);
});

test("one listener's fault costs nobody else the message, and is said once", async () => {
  const { observer } = await setUp();
  const seen: string[] = [];
  observer.client.foreign.subscribe('other/+', () => {
    throw new Error('a bug');
  });
  observer.client.foreign.subscribe('other/+', ({ topic }) => seen.push(topic));
  for (let count = 0; count < 3; count += 1) await observer.client.foreign.publish('other/thing', 'x');
  await until(() => seen.length === 3);
  const said = observer.log.lines.filter((line) => line.includes('could not be dealt with'));
  expect(said).toEqual([expect.stringContaining('other/thing could not be dealt with: a bug')]);
});

test('a thousand commands that fail are a few lines', async () => {
  const { host, observer } = await setUp();
  host.lamp()?.update('health', { ok: false, problem: 'no power' });
  const commands = Array.from({ length: 1_000 }, () =>
    observer.client.command({ service: 'lamps', device: 'lamp', capability: 'switch' }, { on: true }).catch(String),
  );
  expect(new Set(await Promise.all(commands))).toEqual(new Set(['PorchlightError: The lamp has no power.']));
  expect(host.log.lines.filter((line) => line.includes('no power')).length).toBeLessThan(3);
}, 30_000);

test('a broker that has hung does not hold the stop', async () => {
  const { mosquitto, host } = await setUp();
  mosquitto.freeze();
  stops.push(async () => mosquitto.thaw());
  const startedAt = performance.now();
  await host.run.stop();
  expect(performance.now() - startedAt).toBeLessThan(5_000);
  mosquitto.thaw();
}, 30_000);

test('a packet that would fill the memory is not taken, and what follows is', async () => {
  const { mosquitto, observer } = await setUp();
  const seen: number[] = [];
  observer.client.foreign.subscribe('big/+', ({ payload }) => seen.push(payload.length));
  await observer.client.foreign.publish('big/first', 'x');
  await until(() => seen.length === 1);
  const publisher = spawn('mosquitto_pub', ['-p', String(mosquitto.port), '-t', 'big/one', '-q', '1', '-s']);
  publisher.stdin.end(Buffer.alloc(8_000_000));
  await new Promise((resolve) => publisher.once('exit', resolve));
  await run('mosquitto_pub', ['-p', String(mosquitto.port), '-t', 'big/last', '-q', '1', '-m', 'xyz']);
  await until(() => seen.at(-1) === 3);
  expect(seen).toEqual([1, 3]);
  expect(observer.client.connected).toBe(true);
}, 30_000);

test('an event whose topic and payload disagree is refused', async () => {
  const { observer } = await setUp();
  const ids: string[] = [];
  observer.client.onEvent({}, ({ id }) => ids.push(id));
  const params = { service: 'blink', device: 'front-door', type: 'motion' };
  const forged = { v: 1 as const, ...buildEvent({ id: 'forged' }) };
  await observer.client.publish(topics.event, { ...params, device: 'back-door' }, forged);
  await observer.client.publish(topics.event, params, { ...forged, id: 'true' });
  await until(() => ids.length > 0);
  expect(ids).toEqual(['true']);
  expect(observer.client.counters.refused).toBe(1);
});

test('a retained command is never carried out', async () => {
  const mosquitto = await startMosquitto();
  stops.push(() => mosquitto.stop());
  const payload = JSON.stringify({ command: { on: true } });
  const topic = 'porchlight/lamps/lamp/switch/set';
  await run('mosquitto_pub', ['-p', String(mosquitto.port), '-t', topic, '-r', '-m', payload]);
  const host = runLamp({ settings: brokerSettings({ url: mosquitto.url }), folder: await tempFolder(), host: 'one' });
  stops.push(() => host.run.stop());
  await host.run.ready;
  await until(() => host.log.lines.some((line) => line.includes('it is retained')));
  expect(host.lamp()?.state('switch')).toEqual({ on: false });
});
