import { expect, test } from '@jest/globals';
import { readActivities, readActivity, tellsMore } from '../../src/domain/activity.ts';
import { chooseCamera, chooseDevices, giveIds } from '../../src/domain/choose.ts';
import type { FoundDevice } from '../../src/domain/found-device.ts';
import { planLookBack } from '../../src/domain/look-back.ts';
import { motionUntil } from '../../src/domain/motion-span.ts';
import { nextRoster } from '../../src/domain/roster.ts';

test.each([
  ['MOTION', { type: 'motion', label: 'motion' }],
  ['MOTION_HUMAN', { type: 'motion', label: 'person' }],
  ['LOITERING', { type: 'motion', label: 'person' }],
  ['FACE_IDENTIFIED', { type: 'motion', label: 'face' }],
  ['LICENSEPLATE_ALERT', { type: 'motion', label: 'plate' }],
  ['PIR_OCCUPIED', { type: 'motion', label: 'occupancy' }],
  ['PIR_VACANT', { type: 'vacant' }],
  ['DOOR_AJAR', { type: 'contact', open: true }],
  ['DOOR_CLOSED', { type: 'contact', open: false }],
  ['BUTTON_SINGLE_PRESSED', { type: 'press' }],
  ['AC_DB_TRIGGERED', { type: 'press' }],
  ['VISUAL_TAMPER', { type: 'tamper' }],
  ['SOUND_LOUD', undefined],
  ['constructor', undefined],
])('%s means %j', (activity, meaning) => {
  expect(readActivity(activity)).toEqual(meaning);
});

test('the most telling label that is wanted is taken', () => {
  const all = new Set(['motion', 'person']);
  expect(readActivities(['MOTION', 'MOTION_HUMAN'], all)).toEqual({ type: 'motion', label: 'person' });
  expect(readActivities(['MOTION', 'MOTION_HUMAN'], new Set(['motion']))).toEqual({ type: 'motion', label: 'motion' });
  expect(readActivities(['MOTION_CAR'], all)).toBeUndefined();
  expect(readActivities(['MOTION_CAR', 'TAMPER'], all)).toEqual({ type: 'tamper' });
});

test.each([
  ['person', 'motion', true],
  ['motion', 'person', false],
  ['person', 'person', false],
  ['motion', undefined, true],
])('%s tells more than %s: %s', (label, than, expected) => {
  expect(tellsMore(label, than)).toBe(expected);
});

test('motion is shown for a while, longer when it lasts, never shorter than before', () => {
  const times = { now: 10_000, leastMs: 10_000 };
  expect(motionUntil(undefined, { at: 9000, durationMs: 0 }, times)).toBe(20_000);
  expect(motionUntil(undefined, { at: 9000, durationMs: 30_000 }, times)).toBe(39_000);
  expect(motionUntil(50_000, { at: 9000, durationMs: 0 }, times)).toBe(50_000);
  expect(motionUntil(undefined, { at: 9_999_999, durationMs: 0 }, times)).toBe(20_000);
});

test('cameras are found by id before name, and names do not mind case', () => {
  const camera = { uuid: 'u1', name: 'Porch' };
  const byName = { camera: 'porch', name: 'A', hide: false };
  expect(chooseCamera([byName, { camera: 'u1', name: 'B', hide: false }], false, camera)).toBe('B');
  expect(chooseCamera([byName], true, camera)).toBe('A');
  expect(chooseCamera([{ camera: 'Porch', hide: true }], false, camera)).toBeUndefined();
  expect(chooseCamera([], true, camera)).toBeUndefined();
  expect(chooseCamera([], false, camera)).toBe('Porch');
});

const device = (uuid: string, part: Partial<FoundDevice> = {}): FoundDevice => ({
  uuid,
  kind: 'camera',
  name: uuid,
  isOnline: true,
  ...part,
});

test.each([
  ['all by default', {}, ['a', 'b', 'Door']],
  ['without sensors', { sensors: false }, ['a', 'b']],
  ['only those of a location', { locations: ['home'] }, ['a', 'Door']],
  ['only listed cameras, sensors stay', { onlyListed: true, cameras: [{ camera: 'b', hide: false }] }, ['b', 'Door']],
  ['a sensor under another name', { cameras: [{ camera: 'Door', name: 'Gate', hide: false }] }, ['a', 'b', 'Gate']],
])('devices: %s', (_name, change, expected) => {
  const choices = { cameras: [], onlyListed: false, locations: [], sensors: true, ...change };
  const found = [
    device('a', { location: 'Home' }),
    device('b'),
    device('c', { kind: 'door', name: 'Door', room: 'HOME' }),
  ];
  expect(chooseDevices(choices, found).map(({ name }) => name)).toEqual(expected);
});

test('ids stay when names change, are unique, and are none of the reserved words', () => {
  const wanted = [
    { uuid: 'u1', wanted: 'garden' },
    { uuid: 'u2', wanted: 'porch' },
    { uuid: 'u3', wanted: 'porch' },
    { uuid: 'u4', wanted: 'status' },
  ];
  const ids = giveIds({ u1: 'porch' }, wanted, new Set(['status']));
  expect(ids).toEqual({ u1: 'porch', u2: 'porch-2', u3: 'porch-3', u4: 'status-2' });
});

const hour = 3_600_000;
const now = 1000 * hour;

test.each([
  ['the first time, a short look', undefined, [{ from: now - 120_000 }]],
  ['then from where it ended, and a little before', now - 30_000, [{ from: now - 630_000 }]],
  ['a clock that went back does no harm', now + hour, [{ from: now - 600_000 }]],
])('looking back: %s', (_name, checkedTo, windows) => {
  expect(planLookBack(checkedTo, 120_000, now)).toEqual(windows);
});

test('a long pause is asked about piece by piece, a day at most, without a hole', () => {
  const windows = planLookBack(now - 100 * hour, 120_000, now);
  expect(windows[0]?.from).toBe(now - 24 * hour);
  expect(windows.length).toBe(6);
  windows.slice(1).forEach(({ from }, index) => expect(from).toBe(windows[index]?.to));
  expect(windows.at(-1)?.to).toBeUndefined();
});

test('a device that is not listed is unreachable first, and gone after ten minutes', () => {
  const nothing = { unread: new Set<never>(), now: 0 };
  const missing = nextRoster([device('a'), device('b')], [device('a'), device('a')], nothing);
  expect(missing).toMatchObject([device('a'), { uuid: 'b', isOnline: false, missingSince: 0 }]);
  expect(nextRoster(missing, [device('a')], { ...nothing, now: 599_999 })).toHaveLength(2);
  expect(nextRoster(missing, [device('a')], { ...nothing, now: 600_000 })).toEqual([device('a')]);
  expect(nextRoster(missing, [device('a'), device('b')], { ...nothing, now: 1 })[1]).toEqual(device('b'));
});

test('a device stays where it was while nobody says where it is', () => {
  const known = [device('a', { location: 'Home', room: 'Loft' })];
  const at = { unread: new Set<never>(), now: 0 };
  expect(nextRoster(known, [device('a')], at)).toEqual(known);
  expect(nextRoster(known, [device('a', { location: 'Shop' })], at)[0]?.location).toBe('Shop');
});

test('devices whose list cannot be read are kept, unreachable', () => {
  const known = [device('a', { kind: 'door' })];
  const step = nextRoster(known, [], { unread: new Set(['door']), now: 0 });
  expect(step).toMatchObject([{ uuid: 'a', isOnline: false }]);
  expect(nextRoster(step, [], { unread: new Set(['door']), now: 9e9 })).toHaveLength(1);
});
