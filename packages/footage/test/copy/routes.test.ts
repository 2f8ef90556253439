// requires: ffmpeg
import { afterEach, beforeEach, expect, jest, test } from '@jest/globals';
import { type Camera, createFleet, type LanRoute } from '@porchlight/simulators';
import { readdir } from 'node:fs/promises';
import { join } from 'node:path';
import { expectedSeconds, readSeconds } from '../support/film.ts';
import { openPlace, type Place, type Ran, runCommand } from '../support/organisation.ts';

jest.setTimeout(60_000);

let place: Place;
let startSec: number;
afterEach(() => place.close());

async function openWith(lan: LanRoute[], change: (camera: Camera) => void = () => undefined): Promise<void> {
  const nowSec = Math.floor(Date.now() / 1000);
  startSec = nowSec - 600;
  const organisation = createFleet(nowSec, { cameras: 1 });
  const [camera] = organisation.cameras;
  camera!.lan = lan;
  change(camera!);
  place = await openPlace({ organisation });
}

beforeEach(() => {
  startSec = 0;
});

const copy = (...more: string[]): Promise<Ran> => runCommand(place, ['-s', String(startSec), '-u', '10', ...more]);
const routes = (): string[] => [
  ...new Set(
    place.rhombus.ledger.media.filter(({ whole, part }) => whole && part === 'segment').map(({ route }) => route),
  ),
];

async function expectFilm(ran: Ran): Promise<void> {
  expect({ code: ran.code, err: ran.err }).toMatchObject({ code: 0 });
  const [film = ''] = (await readdir(place.folder)).filter((name) => name.endsWith('.mp4'));
  expect(await readSeconds(join(place.folder, film))).toEqual(expectedSeconds(startSec, 10));
}

const ways: [what: string, lan: LanRoute[], route: string][] = [
  ['an address that refuses is passed over for the next one', ['refused', 'live'], 'lan'],
  ['a name that does not resolve is read for the address in it', ['unresolvable', 'live'], 'lan'],
  ['an address that never answers is left for the cloud', ['silent'], 'wan'],
  ['without a LAN address the cloud serves', [], 'wan'],
];

test.each(ways)('%s', async (_, lan, route) => {
  await openWith(lan);
  await expectFilm(await copy());
  expect(routes()).toEqual([route]);
});

test('a camera that is offline gives what the cloud has of it', async () => {
  await openWith(['live'], (camera) => {
    camera.recording.cloud.push({ startSec: startSec - 100, durationSec: 200 });
    camera.connectionStatus = 'RED';
  });
  await expectFilm(await copy());
  expect(routes()).toEqual(['wan']);
});

test('a camera that is offline and has nothing in the cloud is told, and tried again later', async () => {
  await openWith(['live']);
  place.rhombus.scenario.setOnline(place.rhombus.cameras[0]!.uuid, false);
  expect(await copy()).toMatchObject({ code: 1, err: expect.stringContaining('the camera is offline') });
  place.rhombus.scenario.setOnline(place.rhombus.cameras[0]!.uuid, true);
  await expectFilm(await copy());
});

test('an edge that does not take a token alone is shown the key, the LAN is not', async () => {
  await openWith(['live']);
  place.rhombus.settings.refusedPresentations.add('header');
  place.rhombus.settings.refusedPresentations.add('cookie:RSESSIONID');
  await expectFilm(await copy());
  expect(routes()).toEqual(['wan']);
  expect(place.rhombus.ledger.leaks).toEqual([]);
});

test('at most two segments of a camera are asked for at once', async () => {
  await openWith(['live']);
  place.rhombus.settings.network.lan.latencyMs = 30;
  const [camera] = place.rhombus.cameras;
  await copy();
  expect(place.rhombus.ledger.peak(camera!.uuid).requests).toBe(2);
  startSec += 20;
  place.rhombus.ledger.clear();
  await copy('--segments-in-flight', '1');
  expect(place.rhombus.ledger.peak(camera!.uuid).requests).toBe(1);
});

test('an API that asks to wait is waited for', async () => {
  await openWith(['live']);
  place.rhombus.faults.add({
    match: '/api/camera',
    trouble: { type: 'status', status: 429, headers: { 'retry-after': '1' } },
    times: 1,
  });
  place.rhombus.faults.add({ match: '/api/org', trouble: { type: 'status', status: 500 }, times: 1 });
  await expectFilm(await copy());
});
