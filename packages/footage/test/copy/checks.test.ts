// requires: ffmpeg
import { afterEach, beforeEach, expect, jest, test } from '@jest/globals';
import { createFleet } from '@porchlight/simulators';
import { mkdir, readdir, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { expectedSeconds, probe, readSeconds } from '../support/film.ts';
import { manifestOf, openPlace, type Place, type Ran, runCommand } from '../support/organisation.ts';

jest.setTimeout(60_000);

let place: Place;
let startSec: number;
beforeEach(async () => {
  const nowSec = Math.floor(Date.now() / 1000);
  startSec = nowSec - 1000;
  place = await openPlace({ organisation: createFleet(nowSec, { cameras: 1, audio: true }) });
});
afterEach(() => place.close());

const copy = (...more: string[]): Promise<Ran> =>
  runCommand(place, ['-s', String(startSec), '-u', '10', '--json', ...more]);
const silence = (): unknown => place.rhombus.org.gateways.splice(0);
const films = async (): Promise<string[]> => (await readdir(place.folder)).filter((name) => name.endsWith('.mp4'));
const mostRequests = (): number => Math.max(...place.rhombus.ledger.requestsPerSegment({ whole: true }).values());

/** An ffmpeg and an ffprobe that find fault with the first so many films that they are given. */
async function makeFaultfinder(faults: number): Promise<string> {
  const folder = join(place.folder, 'programs');
  await mkdir(folder);
  for (const program of ['ffmpeg', 'ffprobe']) {
    const script = `#!/bin/sh
[ "$1" = -version ] && exec ${program} "$@"
echo x >> "${folder}/count"
[ $(wc -l < "${folder}/count") -gt ${faults} ] && exec ${program} "$@"
${program} "$@"
echo 'error while decoding' >&2
`;
    await writeFile(join(folder, program), script, { mode: 0o755 });
  }
  return join(folder, 'ffmpeg');
}

test('a film that does not pass its check is copied anew', async () => {
  silence();
  const ran = await copy('--ffmpeg', await makeFaultfinder(1));
  expect({ code: ran.code, err: ran.err }).toMatchObject({
    code: 0,
    err: expect.stringContaining('It is copied anew'),
  });
  expect(mostRequests()).toBe(2);
  expect(await films()).toHaveLength(1);
});

test('a film that never passes its check gets no name, and is tried again by the next run', async () => {
  silence();
  const ran = await copy('--ffmpeg', await makeFaultfinder(100));
  expect(ran).toMatchObject({ code: 1, err: expect.stringContaining('error while decoding') });
  expect(await films()).toEqual([]);
  expect((await copy()).code).toBe(0);
  expect(await films()).toHaveLength(1);
});

test('sound with which the film does not pass its check is left out, and put in by the next run', async () => {
  const ran = await copy('--ffmpeg', await makeFaultfinder(1));
  expect(ran).toMatchObject({ code: 1, err: expect.stringContaining('The sound could not be put in') });
  expect(await films()).toEqual([expect.stringMatching(/_video\.mp4$/)]);
  expect((await copy()).code).toBe(0);
  expect(await films()).toEqual([expect.stringMatching(/_videoWithAudio\.mp4$/)]);
});

test.each(['decode', 'keyframes', 'structure'])('--verify %s stands in the list', async (how) => {
  silence();
  expect((await copy('--verify', how)).code).toBe(0);
  expect([...(await manifestOf(place)).values()]).toMatchObject([{ checked: how }]);
});

test('sound is added later also to a film with a gap', async () => {
  const { uuid } = place.rhombus.cameras[0]!;
  place.rhombus.scenario.addGap(uuid, { startSec: startSec + 4, durationSec: 2 });
  expect((await copy('--ffmpeg', '/nowhere/ffmpeg')).code).toBe(1);
  await copy();
  const [film = ''] = await films();
  expect(film).toMatch(/_videoWithAudio\.mp4$/);
  expect(await probe(join(place.folder, film))).toMatchObject({ codecs: ['h264', 'opus'] });
  const left = expectedSeconds(startSec, 10).filter((_, index) => index !== 4 && index !== 5);
  expect(await readSeconds(join(place.folder, film))).toEqual(expect.arrayContaining(left));
});

test('a disk that is too full: the oldest films go out, and when that is not enough the run ends', async () => {
  silence();
  await copy();
  startSec += 20;
  const ran = await copy('--min-free', '900T', '--when-full', 'rotate');
  expect(ran).toMatchObject({ code: 5, err: expect.stringContaining('The disk is full') });
  expect(ran.events.filter(({ event }) => event === 'deleted')).toMatchObject([{ reason: 'disk full' }]);
  expect(await films()).toEqual([]);
});
