// requires: ffmpeg
import { afterEach, beforeEach, expect, jest, test } from '@jest/globals';
import { footageSchema } from '@porchlight/config-schemas';
import { type Clock, parseConfig, type Service } from '@porchlight/core';
import { systemClock } from '@porchlight/core/node';
import { buildContext, until } from '@porchlight/core/testing';
import { type Camera, createFleet } from '@porchlight/simulators';
import { readdir } from 'node:fs/promises';
import { onDone, onRequest, pendingSchema, toCommands, windowOf } from '../src/domain/footage-request.ts';
import { service as definition } from '../src/service.ts';
import { openPlace, type Place } from './support/organisation.ts';

jest.setTimeout(60_000);

let place: Place;
let nowSec: number;
let context: ReturnType<typeof buildContext>;
let running: Service | undefined;
beforeEach(async () => {
  nowSec = Math.floor(Date.now() / 1000);
  place = await openPlace({ organisation: createFleet(nowSec, { cameras: 2 }) });
  context = buildContext();
});
afterEach(async () => {
  await running?.stop();
  await place.close();
});

async function start(more: object = {}, clock: Clock = systemClock): Promise<Service> {
  const raw = { apiKey: 'simulated-api-token', output: place.folder, beforeSeconds: 4, afterSeconds: 4 };
  const parsed = parseConfig(footageSchema, { ...raw, apiUrl: place.rhombus.apiUrl, caFile: place.caFile, ...more });
  if (!parsed.ok) throw new Error(parsed.problems.join());
  running = definition.create(parsed.config, { ...context, clock });
  await running.start();
  return running;
}

/** Long waits pass at once. */
function createHastyClock(onWait: (ms: number) => void = () => undefined): Clock {
  return {
    ...systemClock,
    async sleep(ms, signal) {
      if (ms < 60_000) return systemClock.sleep(ms, signal);
      onWait(ms);
      signal?.throwIfAborted();
    },
  };
}

const camera = (index: number): Camera => place.rhombus.cameras[index]!;
const ask = (request: unknown, retained = false): void =>
  context.bus.receive({
    topic: 'porchlight/footage/films/copy/request',
    payload: Buffer.from(JSON.stringify(request)),
    retained,
  });
const describe = (device: string, description: object): void =>
  context.bus.receive({
    topic: `porchlight/rhombus/${device}`,
    payload: Buffer.from(JSON.stringify(description)),
    retained: true,
  });
const at = (secondsAgo: number): string => new Date((nowSec - secondsAgo) * 1000).toISOString();
const answers = (): Record<string, unknown>[] =>
  context.bus.published
    .filter(({ topic }) => topic === 'porchlight/footage/films/copy/answer')
    .map(({ payload }) => JSON.parse(payload) as Record<string, unknown>);
const films = async (): Promise<string[]> => (await readdir(place.folder)).filter((name) => name.endsWith('.mp4'));

test('who asks on the bus is told where the film is; a repeated request is one request', async () => {
  await start();
  const request = { id: 'r1', at: at(900), cameras: ['Camera 2'] };
  ask(request);
  ask(request);
  ask({ id: 'old', at: at(900) }, true);
  await until(() => answers().length > 0);
  const file = `Camera2_${camera(1).uuid}_${nowSec - 904}_video.mp4`;
  const film = { camera: 'Camera 2', result: 'copied', file, gaps: [] };
  expect(answers()).toEqual([{ id: 'r1', ok: true, exitCode: 0, folder: place.folder, films: [film] }]);
  expect(await films()).toEqual([file]);
  ask({ ...request, id: 'r2' });
  await until(() => answers().length > 1);
  expect(answers().at(-1)).toMatchObject({ id: 'r2', ok: true, films: [{ file, result: 'known' }] });
});

test('a device on the bus is found by its serial number, whatever its owner calls it', async () => {
  await start();
  describe('shed', { v: 1, id: 'shed', name: 'Old shed', serial: camera(1).serialNumber, capabilities: {} });
  describe('stairs', { v: 1, id: 'stairs', name: 'Stairs', serial: 'no-camera', capabilities: {} });
  ask({ id: 'r', at: at(900), until: at(895), cameras: ['rhombus/shed', 'rhombus/stairs'] });
  await until(() => answers().length > 0);
  expect(answers()).toMatchObject([
    {
      ok: false,
      films: [{ camera: 'Camera 2', result: 'copied' }],
      problem: expect.stringContaining('there is no camera "no-camera"'),
    },
  ]);
});

test('without a name all cameras of the configuration are copied', async () => {
  await start({ cameras: ['Camera 1'] });
  ask({ id: 'r', at: at(300) });
  await until(() => answers().length > 0);
  expect(answers()).toMatchObject([{ id: 'r', ok: true, films: [{ camera: 'Camera 1' }] }]);
});

const wrong: [string, unknown, RegExp][] = [
  ['no time', { id: 'w' }, /^at: /],
  ['a time that is none', { id: 'w', at: 'yesterday' }, /^at: /],
  ['an end before the begin', { id: 'w', at: '2026-01-01T10:00:00Z', until: '2026-01-01T09:00:00Z' }, /^until: must/],
  ['a day', { id: 'w', at: '2026-01-01T10:00:00Z', until: '2026-01-02T10:00:00Z' }, /^until: must lie within 3600 s/],
  ['no camera', { id: 'w', at: '2026-01-01T10:00:00Z', cameras: [] }, /^cameras: /],
  ['too long', { id: 'w', at: '2026-01-01T10:00:00Z', afterSeconds: 1e9 }, /^afterSeconds: /],
];

test.each(wrong)('a request with %s is refused by its id', async (_, request, problem) => {
  await start();
  ask(request);
  ask('nonsense');
  await until(() => answers().length > 0);
  expect(answers()).toEqual([{ id: 'w', ok: false, problem: expect.stringMatching(problem) }]);
  expect(context.log.lines.filter((line) => line.includes('was refused'))).toHaveLength(2);
});

test('what could not be had is tried again later, and answered again', async () => {
  place.rhombus.scenario.setOnline(camera(0).uuid, false);
  const waits: number[] = [];
  const clock = createHastyClock((ms) => {
    waits.push(ms);
    place.rhombus.scenario.setOnline(camera(0).uuid, true);
  });
  await start({}, clock);
  ask({ id: 'r', at: at(900), cameras: ['Camera 1'] });
  await until(() => answers().length > 1);
  expect(answers()).toMatchObject([
    { ok: false, exitCode: 1, films: [{ result: 'absent', gaps: [{ reason: 'offline' }] }] },
    { ok: true, exitCode: 0, films: [{ result: 'copied' }] },
  ]);
  expect(waits).toEqual([60_000]);
});

test('a request that a restart finds waiting is kept until the bus has said who its device is', async () => {
  const document = context.storage.document('requests', pendingSchema, { pending: [], done: [] });
  const request = { id: 'r', at: (nowSec - 900) * 1000, cameras: ['rhombus/shed'] };
  await document.write({ pending: [request], done: [] });
  const tellLate = (): void => describe('shed', { v: 1, id: 'shed', name: 'Shed', serial: camera(1).serialNumber });
  await start({}, createHastyClock(tellLate));
  await until(() => answers().length > 1);
  expect(answers().at(-1)).toMatchObject({ id: 'r', ok: true, films: [{ camera: 'Camera 2', result: 'copied' }] });
});

test('sound that could not be had is tried again later, too', async () => {
  await running?.stop();
  await place.close();
  place = await openPlace({ organisation: createFleet(nowSec, { cameras: 1, audio: true }) });
  const gateway = place.rhombus.org.gateways[0]!;
  place.rhombus.mediaFaults.add({ device: gateway.uuid, trouble: { type: 'status', status: 404 } });
  await start(
    {},
    createHastyClock(() => place.rhombus.mediaFaults.clear()),
  );
  ask({ id: 'r', at: at(900), cameras: ['Camera 1'] });
  await until(() => answers().length > 1);
  expect(answers()).toMatchObject([
    { ok: false, films: [{ result: 'partial', gaps: [] }] },
    { ok: true, films: [{ result: 'copied', file: expect.stringContaining('_videoWithAudio') }] },
  ]);
});

test('a refused key is a problem on every face, and no request is forgotten for it', async () => {
  const service = await start({ apiKey: 'wrong' });
  ask({ id: 'r', at: at(900), cameras: ['Camera 1'] });
  await until(() => answers().length > 0);
  expect(answers()).toMatchObject([{ ok: false, exitCode: 3, problem: expect.stringContaining('check the key') }]);
  expect(service.devices.state('films', 'health')).toMatchObject({ ok: false });
  await service.stop();
  await start();
  await until(() => answers().length > 1);
  expect(answers().at(-1)).toMatchObject({ id: 'r', ok: true });
  expect(running?.devices.state('films', 'health')).toEqual({ ok: true });
});

test('without a key it is idle, and says what is missing', async () => {
  const parsed = parseConfig(footageSchema, {});
  if (!parsed.ok) throw new Error(parsed.problems.join());
  running = definition.create(parsed.config, context);
  await running.start();
  const problem = 'There is no API key: use apiKey.';
  expect(running.devices.state('films', 'health')).toEqual({ ok: false, problem });
});

test('a request for the future holds up no other; what waits at a stop is done after the next start', async () => {
  const service = await start();
  ask({ id: 'later', at: new Date(Date.now() + 3_600_000).toISOString() });
  ask({ id: 'now', at: at(500), cameras: ['Camera 1'] });
  await until(() => answers().length > 0);
  expect(answers()).toMatchObject([{ id: 'now', ok: true }]);
  await service.stop();
  const document = context.storage.document('requests', pendingSchema, { pending: [], done: [] });
  expect(await document.read()).toMatchObject({ pending: [{ id: 'later' }], done: ['now'] });
  await start({}, createHastyClock());
  await until(() => answers().length > 1);
  expect(answers().at(-1)).toMatchObject({ id: 'later' });
});

test('a stop waits until a request that has just come is on the disk', async () => {
  const { storage } = context;
  const order: string[] = [];
  const document = storage.document.bind(storage);
  storage.document = (name, schema, initial) => {
    const quick = document(name, schema, initial);
    const write = async (value: Parameters<typeof quick.write>[0]): Promise<void> => {
      for (let turn = 0; turn < 20; turn += 1) await new Promise((resolve) => setImmediate(resolve));
      await quick.write(value);
      order.push('written');
    };
    return { ...quick, write };
  };
  const service = await start();
  ask({ id: 'r', at: new Date(Date.now() + 3_600_000).toISOString() });
  await service.stop();
  order.push('stopped');
  await until(() => order.length === 2);
  expect(order).toEqual(['written', 'stopped']);
});

test('requests: known ones once, not more than there is room for, and what they mean', () => {
  const request = { id: 'a', at: 1_000_000 };
  const one = onRequest({ pending: [], done: [] }, request).state;
  expect(onRequest(one, request)).toEqual({ verdict: 'known', state: one });
  const done = onDone(one, 'a');
  expect(done).toEqual({ pending: [], done: ['a'] });
  expect(onRequest(done, request).verdict).toBe('known');
  const full = { pending: Array.from({ length: 100 }, (_, index) => ({ id: `${index}`, at: 0 })), done: [] };
  expect(onRequest(full, request)).toEqual({ verdict: 'too-many', state: full });
  const defaults = { beforeSeconds: 30, afterSeconds: 60, cameras: ['A', '-B'] };
  const same = (name: string): string => name;
  expect(windowOf({ ...request, until: 1_005_500 }, defaults)).toEqual({ startSec: 970, endSec: 1066 });
  expect(toCommands(request, defaults, same)).toEqual([['-s=970', '-u=90', '--camera=A', '--camera=-B']]);
  const narrow = { ...request, cameras: ['C', 'D'], beforeSeconds: 0, afterSeconds: 5 };
  expect(toCommands(narrow, defaults, (name) => `${name}1`)).toEqual([
    ['-s=1000', '-u=5', '--camera=C1'],
    ['-s=1000', '-u=5', '--camera=D1'],
  ]);
});
