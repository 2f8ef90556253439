import { expect, test } from '@jest/globals';
import fc from 'fast-check';
import { foldMarks, type Mark, type Movement } from '../../src/domain/movements.ts';

const t = 1_767_225_600_000;
const mark = (seconds: number, activity = 'MOTION', camera = 'c'): Mark => ({
  camera,
  at: t + seconds * 1000,
  activity,
});

test('marks that follow each other closely are one movement with all its activities', () => {
  const { movements, sightings } = foldMarks([], [mark(0), mark(5), mark(5, 'MOTION_HUMAN'), mark(15)]);
  expect(movements).toHaveLength(1);
  expect(sightings).toEqual([
    {
      id: `c.${t}`,
      device: 'c',
      at: t,
      durationMs: 15_000,
      activities: ['MOTION', 'MOTION_HUMAN'],
      channel: 'timeline',
    },
  ]);
});

test.each([
  ['a pause of ten seconds', [mark(0), mark(10)], 1],
  ['a longer one', [mark(0), mark(10.001)], 2],
  ['another camera', [mark(0), mark(0, 'MOTION', 'd')], 2],
  ['what is no motion', [mark(0, 'SOUND_LOUD')], 0],
])('%s: %#', (_name, marks, count) => {
  expect(foldMarks([], marks).sightings).toHaveLength(count);
});

test('what is read again is not told again, what has grown is told under the same id', () => {
  const first = foldMarks([], [mark(0), mark(5)]);
  expect(foldMarks(first.movements, [mark(0), mark(5)]).sightings).toEqual([]);
  const grown = foldMarks(first.movements, [mark(5), mark(12)]);
  expect(grown.sightings).toMatchObject([{ id: `c.${t}`, durationMs: 12_000 }]);
  const earlier = foldMarks(grown.movements, [mark(-8)]);
  expect(earlier.sightings).toMatchObject([{ id: `c.${t}`, at: t - 8000, durationMs: 20_000 }]);
});

test('an hour later a movement is forgotten, and old marks are not new ones', () => {
  const first = foldMarks([], [mark(0)]);
  const later = foldMarks(first.movements, [mark(3601)]);
  expect(later.movements).toHaveLength(1);
  expect(foldMarks(later.movements, [mark(0)]).sightings).toEqual([]);
});

test('property: however the marks are cut into answers, their movements are the same', () => {
  const marks = fc.array(fc.integer({ min: 0, max: 300 }), { minLength: 1, maxLength: 40 });
  fc.assert(
    fc.property(marks, fc.array(fc.integer({ min: 1, max: 10 }), { minLength: 1 }), (seconds, sizes) => {
      const sorted = seconds.toSorted((a, b) => a - b).map((second) => mark(second));
      const whole = foldMarks([], sorted).movements;
      let movements: Movement[] = [];
      for (let start = 0, turn = 0; start < sorted.length; turn += 1) {
        const size = sizes[turn % sizes.length] ?? 1;
        // Answers overlap.
        ({ movements } = foldMarks(movements, sorted.slice(Math.max(0, start - 3), start + size)));
        start += size;
      }
      expect(movements).toEqual(whole);
    }),
    { numRuns: 500 },
  );
});
