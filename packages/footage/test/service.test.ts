import { afterEach, beforeEach, expect, jest, test } from '@jest/globals';
import { footageSchema } from '@porchlight/config-schemas';
import { parseConfig } from '@porchlight/core';
import { systemClock } from '@porchlight/core/node';
import { buildContext, buildEvent } from '@porchlight/core/testing';
import { createFleet } from '@porchlight/simulators';
import { readdir } from 'node:fs/promises';
import { onDone, onRequest, toCommand } from '../src/domain/footage-request.ts';
import { service as definition } from '../src/service.ts';
import { openPlace, type Place } from './support/organisation.ts';

jest.setTimeout(60_000);

let place: Place;
let nowSec: number;
let context: ReturnType<typeof buildContext>;
beforeEach(async () => {
  nowSec = Math.floor(Date.now() / 1000);
  place = await openPlace({ organisation: createFleet(nowSec, { cameras: 2 }) });
  context = buildContext();
});
afterEach(() => place.close());

function open() {
  const raw = { apiKey: 'simulated-api-token', output: place.folder, beforeSeconds: 4, afterSeconds: 4 };
  const parsed = parseConfig(footageSchema, { ...raw, apiUrl: place.rhombus.apiUrl, caFile: place.caFile });
  if (!parsed.ok) throw new Error(parsed.problems.join());
  return definition.create(parsed.config, { ...context, clock: systemClock });
}

const ask = (request: unknown, retained = false): void =>
  context.bus.receive({ topic: 'porchlight/footage/request', payload: Buffer.from(JSON.stringify(request)), retained });
const at = (secondsAgo: number): string => new Date((nowSec - secondsAgo) * 1000).toISOString();
const answers = (): Record<string, unknown>[] =>
  context.bus.published.map(({ payload }) => JSON.parse(payload) as Record<string, unknown>);

async function until(isSo: () => boolean): Promise<void> {
  while (!isSo()) await new Promise((resolve) => setTimeout(resolve, 20));
}

test('who asks on the bus is told where the film is; a repeated request is one request', async () => {
  const service = open();
  await service.start();
  const request = { id: 'r1', at: at(900), camera: 'Camera 2' };
  ask(request);
  ask(request);
  ask('nonsense');
  ask({ id: 'old', at: at(900) }, true);
  await until(() => answers().length > 0);
  const film = { camera: 'Camera 2', result: 'copied', file: expect.stringContaining('_video.mp4') };
  expect(answers()).toEqual([
    { id: 'r1', ok: true, exitCode: 0, folder: place.folder, films: [expect.objectContaining(film)] },
  ]);
  expect(context.log.lines.join('\n')).toContain('not understood');
  await service.stop();
  expect((await readdir(place.folder)).filter((name) => name.endsWith('.mp4'))).toHaveLength(1);
});

test('the alarm fetches the footage of every camera', async () => {
  const service = open();
  await service.start();
  context.bus.emit(
    buildEvent({ id: 'a', service: 'event-alarm', type: 'triggered', occurredAt: (nowSec - 300) * 1000 }),
  );
  await until(() => answers().length > 0);
  expect(answers()).toMatchObject([{ id: 'alarm-a', ok: true, films: [{}, {}] }]);
  await service.stop();
});

test('what waits when the service stops is done after the next start', async () => {
  const service = open();
  await service.start();
  ask({ id: 'later', at: new Date(Date.now() + 3_600_000).toISOString() });
  ask({ id: 'behind', at: at(500), camera: 'Camera 1' });
  await service.stop();
  expect(answers()).toEqual([]);
  const document = context.storage.document(
    'requests',
    (await import('../src/domain/footage-request.ts')).pendingSchema,
    {
      pending: [],
      done: [],
    },
  );
  const { pending } = await document.read();
  expect(pending.map(({ id }) => id)).toEqual(['later', 'behind']);
  await document.write({ pending: pending.slice(1), done: [] });
  const again = open();
  await again.start();
  await until(() => answers().length > 0);
  expect(answers()).toMatchObject([{ id: 'behind', ok: true }]);
  await again.stop();
});

test('requests: known ones once, not more than there is room for, and what they mean', () => {
  const request = { id: 'a', at: 1_000_000 };
  const one = onRequest({ pending: [], done: [] }, request);
  expect(onRequest(one, request)).toBe(one);
  const done = onDone(one, 'a');
  expect(done).toEqual({ pending: [], done: ['a'] });
  expect(onRequest(done, request)).toBe(done);
  const defaults = { beforeSeconds: 30, afterSeconds: 60, cameras: ['A', '-B'] };
  expect(toCommand(request, defaults)).toEqual({
    words: ['-s=970', '-u=90', '--camera=A', '--camera=-B'],
    endSec: 1060,
  });
  expect(toCommand({ ...request, camera: 'C', beforeSeconds: 0, afterSeconds: 5 }, defaults).words).toEqual([
    '-s=1000',
    '-u=5',
    '--camera=C',
  ]);
});
