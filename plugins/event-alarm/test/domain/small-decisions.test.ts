import { expect, test } from '@jest/globals';
import { freshGuard, isBlocked, onCode, type CodeGuard } from '../../src/domain/code-guard.ts';
import { flashAt, lengthOf, type FlashPlan } from '../../src/domain/flash.ts';
import { SeenIds } from '../../src/domain/seen-ids.ts';
import { isSource, listOffline, nothingKnown, watchSource, type SourceInput } from '../../src/domain/source-watch.ts';

test('five wrong codes block for 30 s, each further one for twice as long, a right one forgives', () => {
  const wrong = (guard: CodeGuard, now: number): CodeGuard => onCode(guard, false, now);
  let guard = freshGuard;
  for (let count = 0; count < 4; count += 1) guard = wrong(guard, 0);
  expect(isBlocked(guard, 0)).toBe(false);
  guard = wrong(guard, 0);
  expect([isBlocked(guard, 29_999), isBlocked(guard, 30_000)]).toEqual([true, false]);
  guard = wrong(guard, 30_000);
  expect([isBlocked(guard, 89_999), isBlocked(guard, 90_000)]).toEqual([true, false]);
  expect(isBlocked(onCode(guard, true, 90_000), 90_000)).toBe(false);
});

const plan: FlashPlan = { flashes: 2, onMs: 500, offMs: 500, cycles: 2, pauseMs: 5_000 };

test.each([
  [0, { on: true, forMs: 500 }],
  [499, { on: true, forMs: 1 }],
  [500, { on: false, forMs: 500 }],
  [1_000, { on: true, forMs: 500 }],
  [2_000, { on: false, forMs: 5_000 }],
  [7_000, { on: true, forMs: 500 }],
  [8_999, { on: false, forMs: 1 }],
  [9_000, undefined],
])('two cycles of two flashes: after %d ms %j', (elapsedMs, expected) => {
  expect(lengthOf(plan)).toBe(9_000);
  expect(flashAt(plan, elapsedMs)).toEqual(expected);
});

test('ids are known for as long as they must be, and forgotten afterwards', () => {
  const ids = new SeenIds(1_000);
  expect(ids.add('a', 0)).toBe(true);
  expect(ids.add('a', 1_000)).toBe(false);
  expect(ids.add('b', 2_500)).toBe(true);
  expect(ids.add('c', 4_000)).toBe(true);
  expect(ids.add('a', 4_001)).toBe(true);
});

test('a clock that is set back again and again makes no id new', () => {
  const ids = new SeenIds(1_000);
  for (let count = 0; count < 10; count += 1) expect(ids.add('a', 5_000 - count)).toBe(count === 0);
});

test('many ids with the same beginning are told apart', () => {
  const ids = new SeenIds(1_000_000);
  const made = Array.from({ length: 50_000 }, (_, index) => `blink-media-${index}`);
  expect(made.every((id) => ids.add(id, 0))).toBe(true);
  expect(made.some((id) => ids.add(id, 1))).toBe(false);
});

test('a sensor is offline when it or its service does not answer, and only if it was chosen', () => {
  const inputs: SourceInput[] = [
    { type: 'sensor', device: 'blink/garden', isPresent: true },
    { type: 'sensor', device: 'blink/hall', isPresent: true },
    { type: 'sensor', device: 'pir/door', isPresent: true },
    { type: 'health', device: 'pir/door', isReachable: false },
    { type: 'service', service: 'blink', isOnline: false },
  ];
  const watch = inputs.reduce(watchSource, nothingKnown);
  expect(listOffline(watch, () => true)).toEqual(['blink/garden', 'blink/hall', 'pir/door']);
  expect(listOffline(watch, (device) => isSource(device, ['pir'], []))).toEqual(['pir/door']);
  const back = watchSource(watch, { type: 'service', service: 'blink', isOnline: true });
  expect(listOffline(back, () => true)).toEqual(['pir/door']);
});
