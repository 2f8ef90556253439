import { expect, test } from '@jest/globals';
import { checkHomes, settleMs, type Outcome, type Tower } from '../../src/domain/check.ts';
import { statusOf, type Home } from '../../src/domain/home.ts';
import { buildHome, rules, t0 } from '../support/homes.ts';

const s = 1000;

/** Lets checks run every 15 s from `from` to `to`, with homes beating as `heard` says; gives all alerts with their times. */
function watch(
  homes: Home[],
  until: number,
  heard: (home: Home, at: number) => boolean,
): { at: number; what: string }[] {
  let tower: Tower = { checkedAt: t0, isolatedSince: 0 };
  let current = homes;
  const told: { at: number; what: string }[] = [];
  for (let at = t0 + 5 * s; at <= t0 + until; at += 5 * s) {
    current = current.map((home) => (heard(home, at - t0) ? { ...home, heardAt: at, normalAt: at } : home));
    if ((at - t0) % (15 * s) !== 0) continue;
    const outcome: Outcome = checkHomes(tower, current, { ...rules, now: at });
    tower = outcome.tower;
    current = current.map((home) => outcome.changed.find(({ id }) => id === home.id) ?? home);
    for (const alert of outcome.alerts) {
      told.push({ at: (at - t0) / s, what: 'home' in alert ? `${alert.home.id} ${alert.kind}` : alert.kind });
    }
  }
  return told;
}

const beats = (at: number): boolean => at % (15 * s) === 0;

test.each([
  ['beats every 15 s', 0, 0, 'up'],
  ['35 s of silence', 35, 0, 'up'],
  ['36 s of silence', 36, 0, 'late'],
  ['a day of silence that nobody was told of', 86_400, 0, 'late'],
  ['told of', 61, 1, 'down'],
])('%s', (_name, silentSeconds, downSince, status) => {
  expect(statusOf(buildHome({ heardAt: t0 - silentSeconds * s, downSince }), t0)).toBe(status);
});

test('a home never heard is unknown and no alarm, however long', () => {
  const silent = buildHome({ id: 'new', heardAt: 0 });
  expect(statusOf(silent, t0 + 1e9)).toBe('unknown');
  expect(watch([silent, buildHome({ id: 'other' })], 3_600 * s, ({ id }, at) => id === 'other' && beats(at))).toEqual(
    [],
  );
});

test('tells once when a home falls silent, reminds at least five minutes apart, and tells of its return', () => {
  const homes = [buildHome({ id: 'sea' }), buildHome({ id: 'other' })];
  const told = watch(homes, 1_200 * s, ({ id }, at) => beats(at) && (id === 'other' || at <= 30 * s || at >= 900 * s));
  expect(told).toEqual([
    { at: 90, what: 'sea down' },
    { at: 390, what: 'sea reminder' },
    { at: 690, what: 'sea reminder' },
    { at: 900, what: 'sea recovered' },
  ]);
});

test.each([
  [59_999, []],
  [60_000, ['down']],
])('the edge of the grace: %i ms of silence', (silentMs, kinds) => {
  const homes = [buildHome({ heardAt: t0 - silentMs }), buildHome({ id: 'other', heardAt: t0 })];
  const { alerts } = checkHomes({ checkedAt: t0 - 15 * s, isolatedSince: 0 }, homes, { ...rules, now: t0 });
  expect(alerts.map(({ kind }) => kind)).toEqual(kinds);
});

test('an announced reboot extends the grace; a home that does not return is told of', () => {
  const announced = { announcedAt: t0, rebootUntil: t0 + 240 * s, normalAt: t0 - s };
  const homes = [buildHome({ id: 'sea', ...announced }), buildHome({ id: 'other' })];
  expect(statusOf(homes[0]!, t0 + 100 * s)).toBe('rebooting');
  expect(watch(homes, 500 * s, ({ id }, at) => id === 'other' && beats(at))).toEqual([{ at: 300, what: 'sea down' }]);
});

test('the first normal beat after the reboot ends its extension', () => {
  const announced = { announcedAt: t0, rebootUntil: t0 + 1_800 * s, normalAt: t0 };
  const homes = [buildHome({ id: 'sea', ...announced }), buildHome({ id: 'other' })];
  const told = watch(homes, 300 * s, ({ id }, at) => beats(at) && (id === 'other' || at === 120 * s));
  expect(told).toEqual([{ at: 180, what: 'sea down' }]);
});

test('when all fall silent in the same seconds, the watchtower says once that it is alone, and blames nobody', () => {
  const homes = ['a', 'b', 'c'].map((id) => buildHome({ id }));
  const offset = { a: 0, b: 5 * s, c: 10 * s } as Record<string, number>;
  const cut = (at: number): boolean => at > 60 * s && at < 1_000 * s;
  const told = watch(homes, 1_500 * s, ({ id }, at) => !cut(at) && at % (15 * s) === offset[id]);
  expect(told).toEqual([
    { at: 120, what: 'isolated' },
    { at: 1_005, what: 'rejoined' },
  ]);
});

test('a home that stays silent after the watchtower is back is told of, once the others had time to return', () => {
  const homes = ['a', 'b', 'c'].map((id) => buildHome({ id }));
  const cut = (at: number): boolean => at > 60 * s && at < 600 * s;
  const told = watch(homes, 900 * s, ({ id }, at) => beats(at) && !cut(at) && !(id === 'c' && at > 60 * s));
  expect(told).toEqual([
    { at: 120, what: 'isolated' },
    { at: 600, what: 'rejoined' },
    { at: 600 + 60 + settleMs / s, what: 'c down' },
  ]);
});

test('homes that fall silent one after another are told of one by one', () => {
  const homes = [buildHome({ id: 'a' }), buildHome({ id: 'b' })];
  const told = watch(homes, 240 * s, ({ id }, at) => beats(at) && at <= (id === 'a' ? 30 : 60) * s);
  expect(told.map(({ what }) => what)).toEqual(['a down', 'b down']);
});

test('a watchtower that was away starts afresh: patience first, then the silent home it knew is told of', () => {
  const homes = [buildHome({ id: 'a', heardAt: t0 - 3_600 * s }), buildHome({ id: 'b', heardAt: t0 - 3_600 * s })];
  const start = checkHomes({ checkedAt: t0 - 3_600 * s, isolatedSince: 0 }, homes, { ...rules, now: t0 });
  expect(start.alerts).toEqual([]);
  expect(start.changed.map(({ countFrom }) => countFrom)).toEqual([t0 + settleMs, t0 + settleMs]);
  const told = watch(start.changed, 300 * s, ({ id }, at) => id === 'b' && beats(at));
  expect(told).toEqual([{ at: 120, what: 'a down' }]);
});

test('a home that was down before the restart is not told of again, only reminded of, and its return is told', () => {
  const down = { downSince: t0 - 900 * s, heardAt: t0 - 900 * s, toldAt: t0 - 240 * s };
  const homes = [buildHome({ id: 'a', ...down }), buildHome({ id: 'b' })];
  const start = checkHomes({ checkedAt: 0, isolatedSince: 0 }, homes, { ...rules, now: t0 });
  expect(start.alerts).toEqual([]);
  const told = watch(start.changed, 120 * s, ({ id }, at) => beats(at) && (id === 'b' || at > 90 * s));
  expect(told).toEqual([
    { at: 60, what: 'a reminder' },
    { at: 105, what: 'a recovered' },
  ]);
});

test.each([-3_600, 3_600, 86_400])(
  'a clock that jumps by %i s alarms nobody and still sees who falls silent',
  (jump) => {
    const before = ['a', 'b'].map((id) => buildHome({ id, heardAt: t0 - jump * s }));
    const { changed, alerts } = checkHomes({ checkedAt: t0 - jump * s, isolatedSince: 0 }, before, {
      ...rules,
      now: t0,
    });
    expect(alerts).toEqual([]);
    expect(changed.every(({ heardAt }) => heardAt <= t0)).toBe(true);
    const told = watch(changed, 600 * s, ({ id }, at) => beats(at) && id === 'b');
    expect(told[0]).toEqual({ at: 120, what: 'a down' });
  },
);
