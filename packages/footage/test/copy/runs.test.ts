// requires: ffmpeg
import { afterEach, beforeEach, expect, jest, test } from '@jest/globals';
import { systemClock } from '@porchlight/core/node';
import type { Camera } from '@porchlight/simulators';
import { createFleet } from '@porchlight/simulators';
import { readdir, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { runProgram } from '../../src/program.ts';
import { expectedSeconds, probe, readSeconds } from '../support/film.ts';
import { argumentsFor, manifestOf, openPlace, type Place, runCommand } from '../support/organisation.ts';

jest.setTimeout(60_000);

let place: Place;
let startSec: number;
let nowSec: number;
beforeEach(async () => {
  nowSec = Math.floor(Date.now() / 1000);
  startSec = nowSec - 1000;
  place = await openPlace({ organisation: createFleet(nowSec, { cameras: 2, audio: true }) });
  // One camera with sound, one without.
  place.rhombus.org.gateways.splice(1);
});
afterEach(() => place.close());

const camera = (index: number): Camera => place.rhombus.cameras[index]!;
const films = async (): Promise<string[]> => (await readdir(place.folder)).filter((name) => /\.(mp4|webm)$/.test(name));
const manual = (...more: string[]): string[] => ['-s', String(startSec), '-u', '10', '--json', ...more];
const raise = (index: number, secondsAgo: number, durationSec = 4) =>
  place.rhombus.scenario.raiseAlert({
    deviceUuid: camera(index).uuid,
    timestampMs: (nowSec - secondsAgo) * 1000,
    durationSec,
  });

test('manual mode: names, sound without re-encoding, list, exit code', async () => {
  const ran = await runCommand(place, manual());
  expect({ code: ran.code, err: ran.err }).toEqual({ code: 0, err: expect.any(String) });
  const withSound = `Camera1_${camera(0).uuid}_${startSec}_videoWithAudio.mp4`;
  const without = `Camera2_${camera(1).uuid}_${startSec}_video.mp4`;
  expect((await films()).toSorted()).toEqual([withSound, without].toSorted());
  expect(await probe(join(place.folder, withSound))).toMatchObject({ codecs: ['h264', 'opus'], startSec: 0 });
  expect(await readSeconds(join(place.folder, withSound))).toEqual(expectedSeconds(startSec, 10));
  const lines = [...(await manifestOf(place)).values()];
  expect(lines).toMatchObject([{ type: 'film' }, { type: 'film' }]);
  expect(ran.events.at(-1)).toMatchObject({ event: 'done', copied: 2, exitCode: 0 });
  place.rhombus.ledger.clear();
  expect((await runCommand(place, manual())).code).toBe(0);
  expect(place.rhombus.ledger.media).toEqual([]);
});

test('a film that was deleted is copied again', async () => {
  await runCommand(place, manual());
  await rm(join(place.folder, `Camera2_${camera(1).uuid}_${startSec}_video.mp4`));
  expect((await runCommand(place, manual())).events.at(-1)).toMatchObject({ copied: 1, known: 1 });
});

test('alert mode: overlapping alerts share their segments, each film is whole', async () => {
  const [first, second] = [await raise(1, 900, 10), await raise(1, 893, 10)];
  place.rhombus.scenario.duplicateAlert(first.uuid);
  const ran = await runCommand(place, ['-al', '-ab', '5', '--json']);
  expect({ code: ran.code, err: ran.err }).toMatchObject({ code: 0 });
  const names = await films();
  expect(names).toHaveLength(2);
  for (const [alert, ago] of [
    [first, 905],
    [second, 898],
  ] as const) {
    const safe = alert.uuid.replace(/[-_]/g, '');
    const name = names.find((candidate) => candidate.endsWith(`_alert_motion_${safe}_video.mp4`)) ?? '';
    expect(name).toMatch(new RegExp(`^Camera2_${camera(1).uuid}_\\d{8}_\\d{6}_alert_`));
    expect(await readSeconds(join(place.folder, name))).toEqual(
      expect.arrayContaining(expectedSeconds(nowSec - ago, 20)),
    );
    expect((await probe(join(place.folder, name))).durationSec).toBeLessThanOrEqual(22);
  }
  expect(Math.max(...place.rhombus.ledger.requestsPerSegment().values())).toBe(1);
});

test('an alert that is known later shares the segments that are still there', async () => {
  await raise(1, 900, 10);
  await runCommand(place, ['-al', '-ab', '5']);
  await raise(1, 893, 10);
  const ran = await runCommand(place, ['-al', '-ab', '5', '--json']);
  expect(ran.events.at(-1)).toMatchObject({ copied: 1, known: 1 });
});

test('alerts are paged beyond one answer, and --max_alerts is a limit that is told', async () => {
  for (let count = 0; count < 120; count += 1) await raise(0, 5000 + count, 0);
  const all = await runCommand(place, ['-al', '-ma', '500', '-ab', '1', '--dry-run', '--json']);
  expect(all.events.at(-1)).toMatchObject({ planned: 120 });
  const some = await runCommand(place, ['-al', '-ma', '110', '-ab', '1', '--dry-run', '--json']);
  expect(some.events.at(-1)).toMatchObject({ planned: 110 });
  expect(some.err).toContain('more than 110 alerts');
});

test('alerts without a time, without a device, and of no camera are left out with a word', async () => {
  await place.rhombus.scenario.raiseAlert({ without: ['timestampMs'] });
  await place.rhombus.scenario.raiseAlert({ type: 'ACCESS_CONTROLLED_DOOR_POLICY_ALERT' });
  await place.rhombus.scenario.raiseAlert({ deviceUuid: 'x'.repeat(22), deviceType: 'DOOR_SENSOR' });
  const ran = await runCommand(place, ['-al', '-g']);
  expect(ran.code).toBe(0);
  expect(ran.err).toContain('Alert missing timestamp');
  expect(ran.err).toContain('DOOR_SENSOR');
  expect(await films()).toEqual([]);
});

test('no alerts: said in the words of the guide', async () => {
  expect(await runCommand(place, ['-al'])).toMatchObject({
    code: 0,
    out: expect.stringContaining('No policy alerts found'),
  });
});

test('cameras and locations by name or uuid', async () => {
  const planned = async (...words: string[]): Promise<unknown> =>
    (await runCommand(place, manual('--dry-run', ...words))).events.at(-1)?.['planned'];
  expect(await planned('--camera', 'camera 1')).toBe(1);
  expect(await planned('--camera', camera(0).uuid, '--camera', 'Camera 2')).toBe(2);
  expect(await planned('-cam', camera(1).uuid)).toBe(1);
  expect(await planned('--location', 'House')).toBe(2);
  expect(await planned('--camera', camera(0).serialNumber)).toBe(1);
  const unknown = await runCommand(place, manual('--camera', 'Cellar'));
  expect(unknown).toMatchObject({ code: 2, err: expect.stringContaining('"Camera 1", "Camera 2"') });
  for (const words of [
    ['--location', 'Shed'],
    ['-cam', 'nobody'],
    ['-loc', 'nowhere'],
  ]) {
    const ran = await runCommand(place, manual(...words));
    expect(ran).toMatchObject({ code: 2, err: expect.stringContaining('no camera fits the choice') });
  }
  camera(1).mummified = true;
  expect(await planned()).toBe(1);
  expect(await planned('--camera', 'Camera 2')).toBe(1);
  expect(await films()).toEqual([]);
});

test('without ffmpeg the picture is kept, and the sound is added when there is one', async () => {
  const first = await runCommand(place, manual('--ffmpeg', '/nowhere/ffmpeg'));
  expect(first).toMatchObject({ code: 1, err: expect.stringContaining('apt install ffmpeg') });
  const bare = `Camera1_${camera(0).uuid}_${startSec}_video.mp4`;
  expect(await films()).toContain(bare);
  place.rhombus.ledger.clear();
  const second = await runCommand(place, manual());
  expect({ code: second.code, err: second.err }).toMatchObject({ code: 0 });
  expect(await films()).not.toContain(bare);
  const whole = join(place.folder, `Camera1_${camera(0).uuid}_${startSec}_videoWithAudio.mp4`);
  expect(await probe(whole)).toMatchObject({ codecs: ['h264', 'opus'] });
  expect(await readSeconds(whole)).toEqual(expectedSeconds(startSec, 10));
  expect(place.rhombus.ledger.media.filter(({ facet, part }) => facet.endsWith('.v0') && part === 'segment')).toEqual(
    [],
  );
});

test('sound that begins later stays in step', async () => {
  place.rhombus.scenario.addGap(place.rhombus.org.gateways[0]!.uuid, { startSec: startSec - 10, durationSec: 14 });
  const ran = await runCommand(place, manual('--camera', 'Camera 1'));
  expect(ran.code).toBe(1);
  const file = join(place.folder, `Camera1_${camera(0).uuid}_${startSec}_videoWithAudio.mp4`);
  expect((await probe(file)).durationSec).toBeCloseTo(10, 0);
});

test('retention deletes the oldest films and does not copy them again', async () => {
  await runCommand(place, manual());
  const ran = await runCommand(place, manual('--keep-bytes', '1k'));
  expect(await films()).toEqual([]);
  expect(ran.events.filter(({ event }) => event === 'deleted')).toHaveLength(2);
  expect((await runCommand(place, manual())).events.at(-1)).toMatchObject({ known: 2 });
});

test('--watch copies new alerts as they come, once their window is over, until it is asked to end', async () => {
  const controller = new AbortController();
  await raise(1, 300, 2);
  const running = runCommand(place, ['--watch', '--interval', '5', '-ab', '1', '--json'], controller.signal);
  const until = async (count: number): Promise<void> => {
    while ((await films()).length < count) await new Promise((resolve) => setTimeout(resolve, 50));
  };
  await until(1);
  await raise(1, 200, 2);
  await until(2);
  controller.abort(new Error('interrupted'));
  const ran = await running;
  expect({ code: ran.code, err: ran.err }).toMatchObject({ code: 0 });
  expect(ran.events.filter(({ event }) => event === 'film')).toHaveLength(2);
});

test.each([-600, 600])('a clock of this machine that is %d s off neither hides nor invents footage', async (offSec) => {
  const clock = { ...systemClock, now: () => Date.now() + offSec * 1000 };
  const parts = { out: () => undefined, err: () => undefined, clock, columns: undefined };
  const env = { RHOMBUS_API_KEY: 'simulated-api-token' };
  const copy = (secondsAgo: number): Promise<number> => {
    const words = argumentsFor(place, ['--camera', 'Camera 2', '-s', String(nowSec - secondsAgo), '-u', '10']);
    return runProgram(words, { ...parts, env, signal: new AbortController().signal });
  };
  expect(await copy(60)).toBe(0);
  expect(await readSeconds(join(place.folder, (await films())[0]!))).toEqual(expectedSeconds(nowSec - 60, 10));
  // What is still to come is no gap for ever.
  expect(await copy(-100)).toBe(1);
  expect(await copy(-100)).toBe(1);
});

test('--schedule copies the window before each due time, until it is asked to end', async () => {
  const controller = new AbortController();
  const waits: number[] = [];
  const clock = {
    ...systemClock,
    async sleep(ms: number, signal?: AbortSignal): Promise<void> {
      if (ms < 60_000) return systemClock.sleep(ms, signal);
      waits.push(ms);
      if (waits.length === 2) controller.abort(new Error('interrupted'));
    },
  };
  let out = '';
  const parts = { out: (text: string) => void (out += text), err: () => undefined, clock, columns: undefined };
  const words = argumentsFor(place, ['--schedule', '2h', '-u', '10', '--dry-run']);
  const env = { RHOMBUS_API_KEY: 'simulated-api-token' };
  expect(await runProgram(words, { ...parts, env, signal: controller.signal })).toBe(0);
  expect(out.match(/Would copy 10 s/g)).toHaveLength(2);
});
