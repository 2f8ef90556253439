import { expect, test } from '@jest/globals';
import fc from 'fast-check';
import { followAlarm } from '../../src/domain/arming.ts';
import { chooseCamera, giveIds, keepMissing } from '../../src/domain/choose.ts';
import { clipName, findSurplus } from '../../src/domain/clips.ts';
import { nextLoginAt, recordLogin, recordSuccess, type Login, type LoginBy } from '../../src/domain/login-budget.ts';

const hourMs = 3_600_000;

test('the service signs in by itself once a day, twice if it worked, a person four times, a minute apart', () => {
  expect(nextLoginAt([], 'service', 0)).toBe(0);
  const once = recordLogin([], { at: 0, by: 'service' });
  expect(nextLoginAt(once, 'service', hourMs)).toBe(24 * hourMs);
  expect(nextLoginAt(once, 'person', 1000)).toBe(60_000);
  const worked = recordSuccess(once);
  expect(nextLoginAt(worked, 'service', hourMs)).toBe(hourMs);
  const twice = recordSuccess(recordLogin(worked, { at: hourMs, by: 'service' }));
  expect(nextLoginAt(twice, 'service', 2 * hourMs)).toBe(24 * hourMs);
  const four = [1, 2, 3].reduce<Login[]>((logins, at) => recordLogin(logins, { at: at * hourMs, by: 'person' }), once);
  expect(nextLoginAt(four, 'person', 4 * hourMs)).toBe(24 * hourMs);
  expect(nextLoginAt(four, 'person', 24 * hourMs)).toBe(24 * hourMs);
  expect(recordLogin(four, { at: 30 * hourMs, by: 'person' })).toHaveLength(1);
});

test('a clock that was ahead does not give sign-ins back', () => {
  const ahead: Login[] = [1, 2, 3, 4].map((day) => ({ at: day * 24 * hourMs, by: 'person' }));
  expect(nextLoginAt(ahead, 'person', 1000)).toBeGreaterThan(1000);
});

test('in no 24 hours are there more than four sign-ins, of which two by the service, one in vain', () => {
  const wish = fc.record({
    gapMs: fc.integer({ min: 0, max: 8 * hourMs }),
    by: fc.constantFrom<LoginBy>('person', 'service'),
    works: fc.boolean(),
  });
  fc.assert(
    fc.property(fc.array(wish, { maxLength: 80 }), (wishes) => {
      let logins: Login[] = [];
      const made: Login[] = [];
      let now = 0;
      for (const { gapMs, by, works } of wishes) {
        now += gapMs;
        if (nextLoginAt(logins, by, now) > now) continue;
        logins = recordLogin(logins, { at: now, by });
        if (works) logins = recordSuccess(logins);
        made.push({ at: now, by, succeeded: works });
      }
      for (const { at } of made) {
        const day = made.filter((login) => login.at >= at && login.at < at + 24 * hourMs);
        expect(day.length).toBeLessThanOrEqual(4);
        const own = day.filter(({ by }) => by === 'service');
        expect(own.length).toBeLessThanOrEqual(2);
        expect(own.filter(({ succeeded }) => !succeeded).length).toBeLessThanOrEqual(1);
      }
    }),
  );
});

test('cameras are chosen by id or name, hidden and renamed', () => {
  const yard = { id: '4001', name: 'Yard ' };
  expect(chooseCamera([], false, yard)).toBe('Yard ');
  expect(chooseCamera([], true, yard)).toBeUndefined();
  expect(chooseCamera([{ camera: 'yard', hide: false }], true, yard)).toBe('Yard ');
  expect(chooseCamera([{ camera: '4001', name: 'Garden', hide: false }], true, yard)).toBe('Garden');
  expect(
    chooseCamera(
      [
        { camera: 'yard', hide: false },
        { camera: '4001', hide: true },
      ],
      false,
      yard,
    ),
  ).toBeUndefined();
});

test('ids stay what they were, and two of one name differ', () => {
  const first = giveIds({}, [
    { key: '1', wanted: 'yard' },
    { key: '2', wanted: 'yard' },
  ]);
  expect(first).toEqual({ 1: 'yard', 2: 'yard-2' });
  expect(giveIds(first, [{ key: '2', wanted: 'garden' }])).toEqual(first);
});

test('a device goes when it is missing twice in a row', () => {
  const yard = { id: '1' };
  const first = keepMissing(new Map(), [yard], { patience: 2 });
  const once = keepMissing(first, [], { patience: 2 });
  expect([...once.keys()]).toEqual(['1']);
  expect(keepMissing(once, [], { patience: 2 }).size).toBe(0);
  expect(keepMissing(keepMissing(once, [yard], { patience: 2 }), [], { patience: 2 }).size).toBe(1);
  expect(keepMissing(once, [], { patience: Infinity }).size).toBe(1);
});

const follow = { modes: ['away', 'night'] as const, systems: [] };
const systems = [
  { id: '1', name: 'Home' },
  { id: '2', name: 'Cabin' },
];

test.each([
  ['away', follow, { 1: true, 2: true }],
  ['night', follow, { 1: true, 2: true }],
  ['home', follow, { 1: false, 2: false }],
  ['disarmed', follow, { 1: false, 2: false }],
  ['away', { ...follow, systems: ['cabin '] }, { 2: true }],
  ['away', { ...follow, systems: ['HOME'] }, { 1: true }],
  ['away', { ...follow, systems: ['Barn'] }, {}],
] as const)('the alarm is %s: %j', (mode, settings, orders) => {
  expect(Object.fromEntries(followAlarm(settings, mode, systems).map(({ id, on }) => [id, on]))).toEqual(orders);
});

test('films have names that sort by time and suit every file system', () => {
  const name = clipName('2026-01-31T18:05:09.000Z', 'Front/Door: "Döör" ', { what: 'person', id: '7001' });
  expect(name).toBe('2026-01-31 18-05-09 Front Door Döör person 7001.mp4');
  expect(clipName('2026-01-31T18:05:09.000Z', '..', { what: '', id: '1' })).toBe('2026-01-31 18-05-09 camera 1.mp4');
});

test('too old films go, then the oldest until the rest fits', () => {
  const files = [30, 10, 20].map((at) => ({ name: `${at}`, at, bytes: 10 }));
  const surplus = (keepMs: number, maxBytes: number) =>
    findSurplus(files, { keepMs, maxBytes }, 31).map(({ name }) => name);
  expect(surplus(100, 30)).toEqual([]);
  expect(surplus(15, 30)).toEqual(['10']);
  expect(surplus(100, 20)).toEqual(['10']);
  expect(surplus(100, 9)).toEqual(['10', '20', '30']);
  expect(surplus(11, 10)).toEqual(['10', '20']);
});

test('what stays is never too old and never too much, and nothing goes without need', () => {
  const file = fc.record({ name: fc.uuid(), at: fc.nat(1000), bytes: fc.nat(100) });
  fc.assert(
    fc.property(fc.array(file, { maxLength: 30 }), fc.nat(1000), fc.nat(1000), (files, keepMs, maxBytes) => {
      const gone = new Set(findSurplus(files, { keepMs, maxBytes }, 1000));
      const rest = files.filter((one) => !gone.has(one));
      const total = rest.reduce((sum, { bytes }) => sum + bytes, 0);
      expect(total <= maxBytes && rest.every(({ at }) => 1000 - at <= keepMs)).toBe(true);
      const youngest = Math.max(-1, ...[...gone].filter(({ at }) => 1000 - at <= keepMs).map(({ at }) => at));
      expect(rest.every(({ at }) => at >= youngest)).toBe(true);
    }),
  );
});
