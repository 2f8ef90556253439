import { expect, test } from '@jest/globals';
import fc from 'fast-check';
import { RuleWindow, type WindowRule } from '../../src/domain/rule-window.ts';

const minute = 60_000;
const rule = (part: Partial<WindowRule> = {}): WindowRule => ({
  windowMs: 2 * minute,
  threshold: 2,
  minDistinctDevices: 1,
  ...part,
});

test('both ends of the window belong to it', () => {
  const window = new RuleWindow(rule(), 0);
  expect(window.add(0, 1, 1, 0)).toBe(false);
  expect(window.add(2 * minute, 1, 2, 2 * minute)).toBe(true);
  const next = new RuleWindow(rule(), 0);
  next.add(0, 1, 1, 0);
  expect(next.add(2 * minute + 1, 1, 2, 2 * minute + 1)).toBe(false);
});

test('needs as many devices as the rule says', () => {
  const window = new RuleWindow(rule({ minDistinctDevices: 2 }), 0);
  expect(window.add(0, 1, 1, 0)).toBe(false);
  expect(window.add(1, 1, 2, 1)).toBe(false);
  expect(window.add(2, 2, 3, 2)).toBe(true);
});

test('what was used is gone, what was not still counts', () => {
  const window = new RuleWindow(rule({ threshold: 2 }), 0);
  window.add(0, 1, 1, 0);
  window.add(10, 1, 2, 10);
  expect(window.fulfilling(10, 10)).toEqual([1, 2]);
  window.remove(new Set([1]));
  expect(window.count(10)).toBe(1);
  expect(window.add(20, 1, 3, 20)).toBe(true);
});

test('a flood of one device neither fills the memory nor hides the event of another', () => {
  const window = new RuleWindow(rule({ threshold: 3, minDistinctDevices: 2 }), 0);
  window.add(0, 7, 0, 0);
  for (let number = 1; number <= 200_000; number += 1) window.add(1 + number / 10_000, 1, number, 1 + number / 10_000);
  expect(window.count(100)).toBeLessThan(20_000);
  expect(window.add(100, 1, 200_001, 100)).toBe(true);
});

interface Arrival {
  at: number;
  device: number;
  now: number;
}

/** The rule in its own words: count every event of the list anew. */
function naive(asked: WindowRule, lateMs: number, list: Arrival[], event: Arrival): boolean {
  const isFulfilled = (end: number): boolean => {
    const inside = list.filter(({ at }) => at >= end - asked.windowMs && at <= end);
    return (
      inside.length >= asked.threshold && new Set(inside.map(({ device }) => device)).size >= asked.minDistinctDevices
    );
  };
  const isLate = event.at < event.now && event.now - event.at <= lateMs;
  return isFulfilled(event.now) || (isLate && isFulfilled(event.at));
}

const arrivals = fc.array(
  fc.record({
    stepMs: fc.oneof(
      { weight: 8, arbitrary: fc.integer({ min: 0, max: 40_000 }) },
      { weight: 1, arbitrary: fc.integer({ min: -90_000, max: -1 }) },
    ),
    lateMs: fc.oneof(
      { weight: 3, arbitrary: fc.constant(0) },
      { weight: 2, arbitrary: fc.integer({ min: 0, max: 90_000 }) },
    ),
    device: fc.integer({ min: 0, max: 3 }),
  }),
  { maxLength: 40 },
);

test('agrees with a naive recount over random orders, late arrivals and jumps of the clock', () => {
  fc.assert(
    fc.property(
      arrivals,
      fc.integer({ min: 1, max: 5 }),
      fc.integer({ min: 1, max: 3 }),
      fc.constantFrom(0, 30_000, 60_000),
      (steps, threshold, devices, lateMs) => {
        const wanted = rule({ threshold, minDistinctDevices: Math.min(devices, threshold) });
        const window = new RuleWindow(wanted, lateMs);
        const list: Arrival[] = [];
        let now = 10_000_000;
        let highest = now;
        for (const [index, { stepMs, lateMs: late, device }] of steps.entries()) {
          now += stepMs;
          highest = Math.max(highest, now);
          const event = { at: now - late, device, now };
          list.push(event);
          expect(window.add(event.at, device, index, now)).toBe(naive(wanted, lateMs, list, event));
          expect(window.count(now)).toBe(list.filter(({ at }) => at >= now - wanted.windowMs && at <= now).length);
        }
      },
    ),
    { numRuns: 10_000 },
  );
}, 60_000);
