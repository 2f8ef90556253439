import { expect, test } from '@jest/globals';
import fc from 'fast-check';
import { planFetch, slotsOf } from '../../src/domain/fetch-plan.ts';
import { isPassing, judgeWindow, mergeGaps, spanToAsk } from '../../src/domain/recorded.ts';
import { intersect, isCovered, lengthSec, merge, type Span, subtract } from '../../src/domain/spans.ts';
import { checkStamp } from '../../src/domain/stamp-check.ts';

const span = fc
  .tuple(fc.integer({ min: 0, max: 500 }), fc.integer({ min: 1, max: 90 }))
  .map(([startSec, length]): Span => ({ startSec, endSec: startSec + length }));
const spans = fc.array(span, { maxLength: 8 });

test('merging keeps every second and no other', () => {
  fc.assert(
    fc.property(spans, fc.integer({ min: 0, max: 600 }), (list, second) => {
      const has = (within: readonly Span[]): boolean =>
        within.some((one) => second >= one.startSec && second < one.endSec);
      const merged = merge(list);
      expect(has(merged)).toBe(has(list));
      for (const [index, one] of merged.entries())
        expect(one.startSec).toBeGreaterThan(merged[index - 1]?.endSec ?? -1);
    }),
  );
});

test('what is subtracted and what is left make the whole', () => {
  fc.assert(
    fc.property(span, spans, (whole, others) => {
      const left = subtract(whole, others);
      const taken = merge(others).flatMap((other) => intersect(other, whole) ?? []);
      expect(lengthSec(left) + lengthSec(taken)).toBe(whole.endSec - whole.startSec);
    }),
  );
});

test('every window is held by its segments, which reach at most a second beyond it', () => {
  fc.assert(
    fc.property(fc.array(span, { minLength: 1, maxLength: 8 }), spans, (windows, stored) => {
      const plan = planFetch(
        windows,
        stored.map(({ startSec }) => startSec),
      );
      for (const window of windows) {
        const slots = slotsOf(plan, window);
        const [held] = merge(slots);
        expect(merge(slots)).toHaveLength(1);
        expect(held && isCovered(window, [held])).toBe(true);
        expect(window.startSec - (held?.startSec ?? 0)).toBeLessThanOrEqual(1);
        expect((held?.endSec ?? 0) - window.endSec).toBeLessThanOrEqual(1);
        slots.forEach((slot) => expect(slot.startSec).toBe(slot.span.startSec + 2 * slot.place));
      }
    }),
  );
});

test('no second is asked for twice', () => {
  fc.assert(
    fc.property(fc.array(span, { minLength: 1, maxLength: 8 }), (windows) => {
      const plan = planFetch(windows);
      const starts = new Map(windows.flatMap((window) => slotsOf(plan, window)).map((slot) => [slot.startSec, slot]));
      expect(lengthSec([...starts.values()])).toBe(lengthSec(merge([...starts.values()])));
    }),
  );
});

test('a window that overlaps no other is asked for as it is', () => {
  const window = { startSec: 101, endSec: 112 };
  const slots = slotsOf(planFetch([window]), window);
  expect(slots).toHaveLength(6);
  expect([slots[0]?.startSec, slots[5]?.startSec, slots[5]?.endSec]).toEqual([101, 111, 112]);
});

test('a day is asked for in parts', () => {
  expect(planFetch([{ startSec: 0, endSec: 86_400 }]).spans).toHaveLength(2);
});

const nowSec = 10_000;
const window = { startSec: 9000, endSec: 9100 };
const judge = (local: Span[], more: object = {}) =>
  judgeWindow(window, { presence: { local, cloud: [] }, nowSec, isOnline: true, ...more });

test('what is recorded, and why the rest is not', () => {
  expect(judge([{ startSec: 8000, endSec: 9900 }]).gaps).toEqual([]);
  expect(judge([]).gaps).toEqual([{ ...window, reason: 'not-recorded' }]);
  expect(judge([], { isOnline: false }).gaps).toEqual([{ ...window, reason: 'offline' }]);
  const hole = judge([
    { startSec: 8000, endSec: 9040 },
    { startSec: 9050, endSec: 9900 },
  ]);
  expect(hole.gaps).toEqual([{ startSec: 9040, endSec: 9050, reason: 'not-recorded' }]);
  const seam = judge([
    { startSec: 8000, endSec: 9040 },
    { startSec: 9041, endSec: 9900 },
  ]);
  expect(seam.gaps).toEqual([]);
});

test('the last two minutes are taken to be recorded when the recording reaches up to them', () => {
  const late = { startSec: 9850, endSec: 9990 };
  const presence = (endSec: number) => ({ local: [{ startSec: 5000, endSec }], cloud: [] });
  const reaching = judgeWindow(late, { presence: presence(9880), nowSec, isOnline: true });
  expect(reaching.gaps).toEqual([]);
  const stopped = judgeWindow(late, { presence: presence(9000), nowSec, isOnline: true });
  expect(stopped.gaps.map(({ reason }) => reason)).toEqual(['not-recorded', 'not-yet']);
  const future = judgeWindow({ startSec: 9990, endSec: 10_050 }, { presence: presence(9880), nowSec, isOnline: true });
  expect(future.gaps).toEqual([{ startSec: 10_000, endSec: 10_050, reason: 'not-yet' }]);
});

test('gaps of one kind are told as one, and some heal', () => {
  const gaps = [4, 0, 2].map((startSec) => ({ startSec, endSec: startSec + 2, reason: 'failed' as const }));
  expect(mergeGaps(gaps)).toEqual([{ startSec: 0, endSec: 6, reason: 'failed' }]);
  expect(gaps.every(isPassing)).toBe(true);
  expect(isPassing({ reason: 'not-recorded' })).toBe(false);
});

const stamps: [stampMs: number, offsetMs: number | undefined, verdict: string][] = [
  [100_000, undefined, 'right'],
  [102_000, undefined, 'right'],
  [102_001, undefined, 'clock-differs'],
  [107_000, 7000, 'clock-differs'],
  [100_000, 7000, 'right'],
  [120_000, 7000, 'wrong-time'],
  [700_000, undefined, 'wrong-time'],
  [700_000, 0, 'wrong-time'],
];

test.each(stamps)('a stamp of %d after an offset of %p is %s', (stampMs, offsetMs, verdict) => {
  expect(checkStamp(stampMs, 100, offsetMs)).toBe(verdict);
});

test('a window of the last two minutes is judged by what was recorded before them', () => {
  const now = 10_000;
  expect(spanToAsk({ startSec: 9970, endSec: 9990 }, now)).toEqual({ startSec: 9864, endSec: 9991 });
  expect(spanToAsk({ startSec: 9000, endSec: 9990 }, now)).toEqual({ startSec: 8999, endSec: 9991 });
  expect(spanToAsk({ startSec: 9000, endSec: 9100 }, now)).toEqual({ startSec: 8999, endSec: 9101 });
});
