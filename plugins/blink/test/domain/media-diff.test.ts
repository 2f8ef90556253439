import { expect, test } from '@jest/globals';
import fc from 'fast-check';
import { askSince, defaultDiffSettings, diffMedia, type DiffState } from '../../src/domain/media-diff.ts';
import { readMeaning, type MediaRow } from '../../src/domain/media-row.ts';

const settings = defaultDiffSettings;
const start = 1_767_225_600_000;
const empty: DiffState = { horizon: start - 120_000, seen: [] };

function row(part: Partial<MediaRow> = {}): MediaRow {
  return { id: '7001', device: '4001', network: '2001', createdAt: start, isDeleted: false, source: 'pir', ...part };
}

const at = (now: number) => ({ local: now, cloud: now });
const idsOf = (rows: readonly MediaRow[], state = empty, now = start + 10_000) =>
  diffMedia(settings, state, rows, at(now)).occurrences.map((one) => one.row.id);

test.each([
  ['pir', {}, 'motion'],
  ['cv_motion', { pathWord: 'cv_motion' }, 'motion'],
  ['usb', {}, 'motion'],
  ['button_press', {}, 'press'],
  ['liveview', {}, undefined],
  ['snapshot', { pathWord: 'snapshot' }, undefined],
  ['pir', { isDeleted: true }, undefined],
  ['pir', { pathWord: 'liveview' }, undefined],
  ['liveview', { pathWord: 'pir' }, undefined],
  ['x', { pathWord: 'button_press' }, 'press'],
  ['person_detection', { pathWord: 'person_detection' }, 'motion'],
  ['person_detection', {}, undefined],
] as const)('%s %j means %s', (source, part, meaning) => {
  expect(readMeaning(row({ source, ...part }))).toBe(meaning);
});

test('tells of each recording once, oldest first, and again of none', () => {
  const rows = [row({ id: '3', createdAt: start + 2000 }), row({ id: '1' }), row({ id: '2', device: '4002' })];
  const { state, occurrences } = diffMedia(settings, empty, rows, at(start + 10_000));
  expect(occurrences.map((one) => one.row.id)).toEqual(['1', '2', '3']);
  expect(diffMedia(settings, state, rows, at(start + 20_000))).toEqual({ state, occurrences: [] });
});

test('an old recording that is watched or deleted later stays old', () => {
  expect(idsOf([row({ createdAt: start - 120_001 })])).toEqual([]);
  expect(idsOf([row({ createdAt: start - 120_000 })])).toEqual(['7001']);
});

test('one recording under two ids, from the cloud and from the stick, is one', () => {
  expect(idsOf([row(), row({ id: 'usb-2001-9', source: 'usb' })])).toHaveLength(1);
  expect(idsOf([row(), row({ id: '9', createdAt: start + 1000 })])).toHaveLength(2);
});

test('what lies in the future by both clocks waits until its time has come', () => {
  const late = [row({ createdAt: start + 200_000 })];
  const { state, occurrences } = diffMedia(settings, empty, late, at(start));
  expect(occurrences).toEqual([]);
  expect(idsOf(late, state, start + 80_000)).toEqual(['7001']);
  expect(diffMedia(settings, empty, late, { local: start, cloud: start + 3_600_000 }).occurrences).toHaveLength(1);
});

test.each([
  [start + 300_000, start + 300_000, true],
  [start + 300_001, start + 300_001, false],
  [start + 9_000_000, start + 60_000, true],
  [start + 60_000, start - 9_000_000, true],
])('at %i here and %i there it is fresh: %s', (local, cloud, isFresh) => {
  const { occurrences } = diffMedia(settings, empty, [row()], { local, cloud });
  expect(occurrences).toMatchObject([{ isFresh }]);
});

test('asks from the last answer on, with an overlap, by the slower clock, never before the horizon', () => {
  const ask = (lastAnswerAt: number | undefined, clocks = at(start + 60_000)) =>
    askSince({ lastAnswerAt, horizon: empty.horizon, overlapMs: 180_000 }, clocks);
  expect(ask(undefined)).toBe(empty.horizon - 180_000);
  expect(ask(start + 50_000)).toBe(start + 50_000 - 180_000);
  expect(ask(start + 50_000, { local: start + 60_000, cloud: start })).toBe(start - 180_000);
  expect(ask(start - 9_000_000)).toBe(empty.horizon - 180_000);
});

test('forgets nothing that could come back as new, however little it may remember', () => {
  const small = { ...settings, maxSeen: 3 };
  let state = empty;
  const rows = Array.from({ length: 50 }, (_, index) => row({ id: `${index + 1}`, createdAt: start + index * 1000 }));
  let told = 0;
  for (let round = 0; round < 3; round += 1) {
    for (const one of rows) {
      const step = diffMedia(small, state, [one], at(start + 60_000));
      state = step.state;
      told += step.occurrences.length;
    }
  }
  expect(told).toBe(50);
  expect(state.seen.length).toBeLessThanOrEqual(3);
});

interface Story {
  motions: { camera: number; second: number; uploadSeconds: number; source: string }[];
  touches: { motion: number; second: number; deletes: boolean }[];
  polls: number[];
  restarts: boolean[];
  skewSeconds: number;
}

const stories: fc.Arbitrary<Story> = fc.record({
  motions: fc.array(
    fc.record({
      camera: fc.integer({ min: 1, max: 3 }),
      second: fc.integer({ min: 0, max: 900 }),
      uploadSeconds: fc.integer({ min: 5, max: 150 }),
      source: fc.constantFrom('pir', 'pir', 'cv_motion', 'button_press', 'liveview', 'snapshot'),
    }),
    { maxLength: 30 },
  ),
  touches: fc.array(
    fc.record({
      motion: fc.nat(29),
      second: fc.integer({ min: 0, max: 1100 }),
      deletes: fc.boolean(),
    }),
    { maxLength: 15 },
  ),
  polls: fc.array(fc.oneof(fc.integer({ min: 1, max: 120 }), fc.integer({ min: 1, max: 900 })), {
    minLength: 5,
    maxLength: 40,
  }),
  restarts: fc.array(fc.boolean(), { minLength: 40, maxLength: 40 }),
  skewSeconds: fc.constantFrom(0, 0, 0, 90, -90, 7200, -7200),
});

/** What a list of changes holds at a time: rows by their last change, in an order of their own, page by page. */
function changes({ motions, touches }: Story, since: number, now: number): MediaRow[] {
  return motions.flatMap((motion, index) => {
    const createdAt = start + motion.second * 1000;
    const uploadedAt = createdAt + motion.uploadSeconds * 1000;
    const touched = touches.filter(
      ({ motion: of, second }) => of === index && start + second * 1000 >= uploadedAt && start + second * 1000 <= now,
    );
    const updatedAt = Math.max(uploadedAt, ...touched.map(({ second }) => start + second * 1000));
    if (uploadedAt > now || updatedAt < since) return [];
    const isDeleted = touched.some(({ deletes }) => deletes);
    return [row({ id: `${index + 1}`, device: `${motion.camera}`, createdAt, isDeleted, source: motion.source })];
  });
}

/** The naive model: everything that was ever listed while it was a motion or a press, once. */
function modelOf(story: Story, polledAt: readonly number[]): Set<string> {
  const told = new Map<string, string>();
  for (const now of polledAt) {
    for (const one of changes(story, 0, now)) {
      const key = `${one.device} ${one.createdAt}`;
      if (readMeaning(one) && ![...told.values()].includes(key)) told.set(one.id, key);
    }
  }
  return new Set(told.keys());
}

test('whatever is uploaded late, watched, deleted, repeated or restarted: as the naive model, each exactly once', () => {
  fc.assert(
    fc.property(stories, (one) => {
      let now = start;
      let state = empty;
      let lastAnswerAt: number | undefined;
      const told: string[] = [];
      const polledAt: number[] = [];
      one.polls.forEach((gap, index) => {
        now += gap * 1000;
        polledAt.push(now);
        const clocks = { local: now + one.skewSeconds * 1000, cloud: now };
        const since = askSince({ lastAnswerAt, horizon: state.horizon, overlapMs: 180_000 }, clocks);
        const rows = changes(one, since, now);
        const shuffled = index % 2 === 0 ? rows : rows.toReversed();
        const step = diffMedia(settings, state, [...shuffled, ...rows.slice(0, 3)], clocks);
        told.push(...step.occurrences.map((occurrence) => occurrence.row.id));
        state = one.restarts[index] ? (JSON.parse(JSON.stringify(step.state)) as DiffState) : step.state;
        lastAnswerAt = Math.min(clocks.local, clocks.cloud);
      });
      expect(told).toHaveLength(new Set(told).size);
      const model = modelOf(one, polledAt);
      // Two recordings of one camera in one second are one, whichever came first.
      expect(told.length).toBe(model.size);
    }),
    { numRuns: 500 },
  );
});

test('pages in any cut and with any repetition tell the same', () => {
  fc.assert(
    fc.property(
      fc.uniqueArray(fc.integer({ min: 0, max: 500 }), { maxLength: 80 }),
      fc.array(fc.nat(79), { maxLength: 20 }),
      fc.integer({ min: 1, max: 30 }),
      (seconds, repeated, page) => {
        const rows = seconds.map((second, index) => row({ id: `${index + 1}`, createdAt: start + second * 1000 }));
        const list = [...rows, ...repeated.flatMap((index) => rows[index] ?? [])];
        const now = at(start + 600_000);
        let state = empty;
        const told = new Set<string>();
        for (let from = 0; from < list.length; from += page) {
          const step = diffMedia(settings, state, list.slice(from, from + page), now);
          state = step.state;
          for (const { row: of } of step.occurrences) {
            expect(told.has(of.id)).toBe(false);
            told.add(of.id);
          }
        }
        expect(told.size).toBe(rows.length);
      },
    ),
  );
});
