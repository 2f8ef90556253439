import { expect, test } from '@jest/globals';
import { alertJob, type Alert, manualJobs } from '../../src/domain/job.ts';
import {
  type FilmLine,
  isLeftOver,
  judgeKnown,
  readManifest,
  writeLine,
  type ManifestLine,
} from '../../src/domain/manifest.ts';
import { type Camera, chooseCameras, gatewayOf, type Gateway } from '../../src/domain/organisation.ts';
import { exitCodeOf, type Outcome } from '../../src/domain/outcome.ts';
import { readBytes, readDuration, readInteger } from '../../src/domain/quantities.ts';
import { chooseRemovals } from '../../src/domain/retention.ts';
import { seededRandom } from '../support/interrupted.ts';

const makeCamera = (uuid: string, name = uuid, locationUuid = 'L'): Camera => ({
  kind: 'camera',
  uuid,
  name,
  locationUuid,
  isOnline: true,
  isGone: false,
  lanAddresses: [],
});

const parts = { cameras: new Map([['C', makeCamera('C', 'Front Door')]]), bufferSec: 30, stampOf: String };
const alert: Alert = { uuid: 'A', timestampMs: 1_000_500, durationSec: 12, triggers: ['MOTION'], deviceUuid: 'C.v0' };

const windows: [change: Partial<Alert>, startSec: number, endSec: number][] = [
  [{}, 970, 1042],
  [{ durationSec: 0 }, 970, 1030],
  [{ durationSec: undefined as never }, 970, 1150],
  [{ timestampMs: 5000 }, 0, 72],
  [{ durationSec: 600 }, 970, 1630],
];

test.each(windows)('an alert with %j is copied from %d to %d', (change, startSec, endSec) => {
  expect(alertJob({ ...alert, ...change }, parts)).toMatchObject({ job: { window: { startSec, endSec } } });
});

test('an alert without a buffer and without a length is a second', () => {
  const verdict = alertJob({ ...alert, durationSec: 0 }, { ...parts, bufferSec: 0 });
  expect(verdict).toMatchObject({ job: { window: { startSec: 1000, endSec: 1001 } } });
});

test('an alert of a camera that is in no list is of an unknown camera', () => {
  const verdict = alertJob({ ...alert, deviceUuid: 'gone', deviceType: 'CAMERA', triggers: [] }, parts);
  expect(verdict).toMatchObject({ job: { naming: { cameraName: 'Unknown', alertType: 'alert' } } });
});

test('manual mode makes one film of each camera', () => {
  expect(manualJobs([makeCamera('C'), makeCamera('D')], { startSec: 5, durationSec: 7 })).toMatchObject([
    { window: { startSec: 5, endSec: 12 } },
    { naming: { cameraUuid: 'D', startSec: 5 } },
  ]);
});

test('a gateway is found by the plain uuid of its camera; one that answers is preferred, else the last', () => {
  const gateway = (uuid: string, isOnline: boolean): Gateway => ({
    ...makeCamera(uuid),
    kind: 'gateway',
    isOnline,
    cameras: ['C'],
  });
  const list = [gateway('a', true), gateway('b', true), gateway('c', false)];
  expect(gatewayOf(makeCamera('C'), list)?.uuid).toBe('b');
  expect(gatewayOf(makeCamera('C'), list.slice(2))?.uuid).toBe('c');
  expect(gatewayOf(makeCamera('D'), list)).toBeUndefined();
});

test('cameras are chosen by every kind of choice that is given', () => {
  const organisation = {
    cameras: [makeCamera('C', 'Front Door', 'L'), makeCamera('D', 'Front Door', 'M'), makeCamera('E', 'Shed', 'N')],
    gateways: [],
    places: [
      { uuid: 'L', name: 'House', parts: [] },
      { uuid: 'M', name: 'Garden', parts: ['N'] },
    ],
  };
  const choose = (choice: object): string => {
    const chosen = chooseCameras(organisation, { cameras: [], locations: [], ...choice });
    return chosen.ok ? chosen.cameras.map(({ uuid }) => uuid).join('') : chosen.problem;
  };
  expect(choose({})).toBe('CDE');
  expect(choose({ cameras: ['front door'] })).toBe('CD');
  expect(choose({ cameras: ['front door'], locations: ['Garden'] })).toBe('D');
  expect(choose({ locations: ['garden'] })).toBe('DE');
  expect(choose({ locationUuid: 'L' })).toBe('C');
  expect(choose({ cameraUuid: 'D.v0' })).toBe('D');
  expect(choose({ cameraUuid: 'x' })).toBe('');
  expect(choose({ locations: ['Attic'] })).toContain('"House", "Garden"');
});

const film: FilmLine = {
  v: 1,
  type: 'film',
  at: 0,
  name: 'x',
  camera: { uuid: 'C', name: 'n' },
  start: 0,
  end: 60_000,
  gaps: [],
  file: 'x.mp4',
  bytes: 5,
  sha256: 'a'.repeat(64),
  footageSec: 60,
  segments: 30,
  begin: 0,
  sound: 'none',
  checked: 'structure',
};
const minute = { startSec: 0, endSec: 60 };
const gap = (reason: FilmLine['gaps'][number]['reason']) => [{ start: 0, end: 1, reason }];

const verdicts: [what: string, line: ManifestLine | undefined, facts: object, verdict: string][] = [
  ['nothing is known', undefined, {}, 'copy'],
  ['it is there', film, {}, 'done'],
  ['its file is not', film, { isOnDisk: false }, 'copy'],
  ['more is wanted', film, { window: { startSec: 0, endSec: 61 } }, 'copy'],
  ['less is wanted', film, { window: { startSec: 3, endSec: 50 } }, 'done'],
  ['a part failed', { ...film, gaps: gap('failed') }, {}, 'copy'],
  ['a part was not recorded', { ...film, gaps: gap('not-recorded') }, {}, 'done'],
  ['the sound is missing', { ...film, sound: 'missing' }, {}, 'add-sound'],
  ['the sound is missing and cannot be put in', { ...film, sound: 'missing' }, { canHaveSound: false }, 'done'],
  ['it was removed', { v: 1, type: 'removed', at: 0, name: 'x', reason: 'too old' }, { isOnDisk: false }, 'done'],
];

test.each(verdicts)('when %s', (_, line, facts, verdict) => {
  expect(judgeKnown(line, { window: minute, isOnDisk: true, canHaveSound: true, ...facts })).toBe(verdict);
});

test('a list is read back as it was written, the last line of a name counts, a cut line is left out', () => {
  const lines = [
    writeLine(film),
    writeLine({ ...film, bytes: 6 }),
    writeLine({ ...film, name: 'y' }),
    '{"v":1,"type":"fi',
  ];
  const { manifest, unreadable } = readManifest(lines);
  expect(unreadable).toBe(1);
  expect([...manifest.values()]).toEqual([
    { ...film, bytes: 6 },
    { ...film, name: 'y' },
  ]);
});

test('2,000 mutated lines: read or left out, and no file name leaves the folder', () => {
  const random = seededRandom(9);
  const line = writeLine({ ...film, gaps: gap('failed') });
  for (let count = 0; count < 2000; count += 1) {
    const at = Math.floor(random() * line.length);
    const letter = ['/', '\\', '"', '0', '-', '{', '\u0000', '..'][Math.floor(random() * 8)] ?? '';
    const { manifest, unreadable } = readManifest([`${line.slice(0, at)}${letter}${line.slice(at + 1)}`]);
    expect(manifest.size + unreadable).toBe(1);
    for (const found of manifest.values()) if (found.type === 'film') expect(found.file).not.toMatch(/[/\\]/);
  }
});

test('stored segments are of no use once a finished film holds their time', () => {
  const judge = (device: string, startSec: number, ...lines: ManifestLine[]): boolean =>
    isLeftOver(new Map(lines.map((line, index) => [String(index), line])), device, { startSec, endSec: startSec + 2 });
  expect(judge('C', 30)).toBe(false);
  expect(judge('C', 30, film)).toBe(true);
  expect(judge('C', 59, film)).toBe(true);
  expect(judge('C', 70, film)).toBe(false);
  expect(judge('gateway', 30, film)).toBe(true);
  expect(judge('C', 30, film, { ...film, gaps: gap('failed') })).toBe(false);
  expect(judge('C', 30, { ...film, sound: 'missing' })).toBe(false);
  expect(judge('D', 30, film, { ...film, camera: { uuid: 'D', name: '' }, start: 40_000 })).toBe(false);
});

test('films are deleted oldest first, by age, by size, and when the disk is full', () => {
  const kept = [3, 1, 2].map((day) => ({ line: { ...film, file: `${day}`, end: day * 86_400_000 }, bytes: 10 }));
  const choose = (rules: object): string =>
    chooseRemovals(kept, rules, 4 * 86_400_000)
      .map(({ film: one, reason }) => `${one.line.file} ${reason}`)
      .join();
  expect(choose({ keepDays: 2 })).toBe('1 too old');
  expect(choose({ keepBytes: 15 })).toBe('1 too much,2 too much');
  expect(choose({ missingBytes: 11 })).toBe('1 disk full,2 disk full');
  expect(choose({})).toBe('');
});

const outcome = (result: Outcome['result'], more: Partial<Outcome> = {}): Outcome => ({
  name: '',
  camera: '',
  result,
  gaps: [],
  problems: [],
  ...more,
});

test('exit codes', () => {
  expect(exitCodeOf([])).toBe(0);
  expect(exitCodeOf([outcome('copied'), outcome('known')])).toBe(0);
  for (const result of ['partial', 'absent', 'failed'] as const)
    expect(exitCodeOf([outcome('copied'), outcome(result)])).toBe(1);
  expect(exitCodeOf([outcome('failed', { isRefused: true })])).toBe(3);
  expect(exitCodeOf([outcome('failed', { isRefused: true }), outcome('copied')])).toBe(1);
  expect([exitCodeOf([], 'disk-full'), exitCodeOf([], 'busy'), exitCodeOf([], 'interrupted')]).toEqual([5, 6, 130]);
});

test('quantities', () => {
  expect([readInteger(' +1_000 '), readInteger('1e3'), readInteger('')]).toEqual([1000, undefined, undefined]);
  expect([readDuration('1h30m'), readDuration('1.5h'), readDuration('2d'), readDuration('h')]).toEqual([
    5400,
    5400,
    172_800,
    undefined,
  ]);
  expect([readBytes('1.5 GB'), readBytes('500M'), readBytes('7'), readBytes('x')]).toEqual([1.5e9, 5e8, 7, undefined]);
});
