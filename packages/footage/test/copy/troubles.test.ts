// requires: ffmpeg
import { afterEach, beforeEach, expect, jest, test } from '@jest/globals';
import type { Camera, MediaFault, MediaTrouble } from '@porchlight/simulators';
import { createFleet } from '@porchlight/simulators';
import { readdir } from 'node:fs/promises';
import { join } from 'node:path';
import { expectedSeconds, probe, readSeconds } from '../support/film.ts';
import { manifestOf, openPlace, type Place, type Ran, runCommand } from '../support/organisation.ts';

jest.setTimeout(60_000);

let place: Place;
let startSec: number;
beforeEach(async () => {
  const nowSec = Math.floor(Date.now() / 1000);
  startSec = nowSec - 1000;
  place = await openPlace({ organisation: createFleet(nowSec, { cameras: 1 }) });
});
afterEach(() => place.close());

const camera = (): Camera => place.rhombus.cameras[0]!;
const fault = (trouble: MediaTrouble, where: Partial<MediaFault> = {}): void =>
  place.rhombus.mediaFaults.add({ part: 'segment', segment: 3, trouble, ...where });
const copy = (...more: string[]): Promise<Ran> =>
  runCommand(place, ['-s', String(startSec), '-u', '20', '--json', ...more]);
const film = (): string => join(place.folder, `Camera1_${camera().uuid}_${startSec}_video.mp4`);
const mostRequests = (): number => Math.max(...place.rhombus.ledger.requestsPerSegment({ whole: true }).values());

async function expectWhole(ran: Ran): Promise<void> {
  expect({ code: ran.code, err: ran.err }).toMatchObject({ code: 0 });
  expect(await readSeconds(film())).toEqual(expectedSeconds(startSec, 20));
  expect((await probe(film())).durationSec).toBeCloseTo(20, 1);
}

const passing: [string, MediaTrouble][] = [
  ['a 500', { type: 'status', status: 500, body: 'oops' }],
  ['a 503 with Retry-After', { type: 'status', status: 503, headers: { 'retry-after': '1' } }],
  ['a 401', { type: 'expire-token' }],
  ['a 404', { type: 'status', status: 404, body: 'not here' }],
  ['a cut', { type: 'cut', afterBytes: 700 }],
  ['a short segment', { type: 'short', bytes: 900 }],
  ['a wrong length', { type: 'wrong-length', deltaBytes: 500 }],
  ['too small a length', { type: 'wrong-length', deltaBytes: -300 }],
  ['gzip', { type: 'gzip' }],
  ['a redirection', { type: 'redirect' }],
  ['a web page', { type: 'html' }],
  ['the footage of another time', { type: 'shift', seconds: 600 }],
];

test.each(passing)('%s in a segment is mended, and nothing else is fetched twice', async (_, trouble) => {
  fault(trouble, { times: 1 });
  await expectWhole(await copy());
  expect(mostRequests()).toBe(1);
});

test('a device that keeps refusing is left for the cloud', async () => {
  fault({ type: 'status', status: 500 }, { route: 'lan' });
  await expectWhole(await copy());
  const routes = place.rhombus.ledger.media.filter(({ whole, part }) => whole && part === 'segment');
  expect(new Set(routes.map(({ route }) => route))).toEqual(new Set(['lan', 'wan']));
});

test('a segment that never comes is a gap, the rest is kept, and the next run fetches only what is missing', async () => {
  fault({ type: 'status', status: 500 });
  const first = await copy();
  expect(first.code).toBe(1);
  const [line] = (await manifestOf(place)).values();
  const gap = { start: (startSec + 6) * 1000, end: (startSec + 8) * 1000, reason: 'failed' };
  expect(line).toMatchObject({ type: 'film', footageSec: 18, gaps: [gap] });
  const left = expectedSeconds(startSec, 20).filter((_, index) => index !== 6 && index !== 7);
  expect([...new Set(await readSeconds(film()))]).toEqual(expect.arrayContaining(left));
  place.rhombus.mediaFaults.clear();
  place.rhombus.ledger.clear();
  await expectWhole(await copy());
  expect([...place.rhombus.ledger.requestsPerSegment().keys()]).toEqual([`${camera().uuid}.v0@${startSec + 6}`]);
});

test('a token that ends in the middle is renewed without a break', async () => {
  for (const segment of [2, 5, 8]) fault({ type: 'expire-token' }, { segment, times: 1 });
  await expectWhole(await copy());
});

test('a device on the LAN never sees the key, neither does a log', async () => {
  fault({ type: 'expire-token' }, { route: 'lan', times: 3 });
  const ran = await copy('-g');
  await expectWhole(ran);
  expect(place.rhombus.ledger.leaks).toEqual([]);
  expect(ran.out + ran.err).not.toContain('simulated-api-token');
  const tokens = place.rhombus.api.requests.filter(({ url }) => url.pathname.endsWith('SessionToken'));
  expect(tokens.length).toBeGreaterThan(1);
});

test('footage that was not recorded is a gap and no film', async () => {
  place.rhombus.scenario.addGap(camera().uuid, { startSec: startSec + 8, durationSec: 4 });
  expect((await copy()).code).toBe(1);
  const [line] = (await manifestOf(place)).values();
  expect(line).toMatchObject({ footageSec: 16, gaps: [{ reason: 'not-recorded' }] });
  expect([...place.rhombus.ledger.requestsPerSegment().keys()]).not.toContain(`${camera().uuid}.v0@${startSec + 8}`);
  place.rhombus.ledger.clear();
  expect((await copy()).code).toBe(0);
  expect(place.rhombus.ledger.media).toEqual([]);
});

test('a window without any footage makes no file', async () => {
  place.rhombus.scenario.addGap(camera().uuid, { startSec: startSec - 10, durationSec: 60 });
  const ran = await copy();
  expect(ran.code).toBe(1);
  expect(ran.err).toContain('not recorded');
  expect((await readdir(place.folder)).filter((name) => name.endsWith('.mp4'))).toEqual([]);
});

test('an odd second is there, whichever way the device treats it', async () => {
  for (const oddSecond of ['short', 'full', 'absent'] as const) {
    startSec += 31;
    place.rhombus.settings.oddSecond = oddSecond;
    const ran = await runCommand(place, ['-s', String(startSec), '-u', '11']);
    expect({ oddSecond, code: ran.code, err: ran.err }).toMatchObject({ code: 0 });
    expect((await readSeconds(film())).slice(0, 11)).toEqual(expectedSeconds(startSec, 11));
  }
});

test('decode times that count from the window are put on one line, too', async () => {
  place.rhombus.settings.decodeTime = 'window';
  await expectWhole(await copy());
});

test('a camera whose clock is wrong is copied, and the list says by how much', async () => {
  camera().clockSkewMs = 7000;
  await expectWhole(await copy());
  const [line] = (await manifestOf(place)).values();
  expect(line).toMatchObject({ clockOffsetMs: 7000 });
});

test('a device that forgets the opened window is asked for the manifest again', async () => {
  place.rhombus.settings.partsBeforeManifest = 400;
  fault({ type: 'status', status: 400 }, { times: 1 });
  await expectWhole(await copy());
});
