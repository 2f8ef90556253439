import { expect, test } from '@jest/globals';
import fc from 'fast-check';
import { burstOf, closeBudget, fullBudget, refillOf, takeCall, tokensAt } from '../../src/domain/budget.ts';
import { devicesEveryMs, devicesLeastMs, nextPollMs, type PollSituation } from '../../src/domain/poll-schedule.ts';

const hour = 3_600_000;

test('a budget lets the burst pass and then spreads the calls', () => {
  const settings = { requestsPerHour: 60 };
  let budget = fullBudget(settings, 0);
  const waits = Array.from({ length: 17 }, () => {
    const taken = takeCall(settings, budget, 0);
    budget = taken.budget;
    return taken.waitMs;
  });
  expect(waits.slice(0, 15)).toEqual(Array(15).fill(0));
  expect(waits.slice(15)).toEqual([hour / 45, (2 * hour) / 45]);
  expect(tokensAt(settings, budget, hour)).toBe(15);
});

test('while Rhombus wants silence, every call waits for its end', () => {
  const settings = { requestsPerHour: 1200 };
  const closed = closeBudget(closeBudget(fullBudget(settings, 0), 90_000), 30_000);
  expect(takeCall(settings, closed, 10_000).waitMs).toBe(80_000);
  expect(takeCall(settings, closed, 90_000).waitMs).toBe(0);
});

test('property: no hour ever sees more calls than allowed', () => {
  const gaps = fc.array(fc.integer({ min: 0, max: 400_000 }), { minLength: 1, maxLength: 400 });
  fc.assert(
    fc.property(fc.integer({ min: 60, max: 600 }), gaps, (requestsPerHour, waits) => {
      const settings = { requestsPerHour };
      let budget = fullBudget(settings, 0);
      let now = 0;
      const calls: number[] = [];
      for (const gap of waits) {
        now += gap;
        const taken = takeCall(settings, budget, now);
        budget = taken.budget;
        calls.push(now + taken.waitMs);
      }
      calls.sort((a, b) => a - b);
      for (const at of calls) {
        expect(calls.filter((other) => other >= at && other < at + hour).length).toBeLessThanOrEqual(requestsPerHour);
      }
    }),
    { numRuns: 300 },
  );
});

const poll = { pollMs: 30_000, gapCheckMs: 300_000, requestsPerHour: 1200 };
const calm: PollSituation = {
  streamingMs: undefined,
  sinceEventMs: undefined,
  budget: 200,
  failures: 0,
  callsPerRound: 1,
};

test.each([
  ['alone it asks at its pace', calm, 30_000],
  ['beside a stream it only looks for gaps', { ...calm, streamingMs: 60_000 }, 300_000],
  ['a stream that has just begun is not trusted yet', { ...calm, streamingMs: 59_999 }, 30_000],
  ['while something goes on it asks oftener', { ...calm, sinceEventMs: 119_999 }, 10_000],
  ['long after it does not', { ...calm, sinceEventMs: 120_000 }, 30_000],
  ['after failures it backs off', { ...calm, failures: 2 }, 120_000],
  ['but not for ever', { ...calm, failures: 99 }, 600_000],
  ['an empty budget is waited for', { ...calm, budget: -99 }, 360_000],
])('%s', (_name, situation, expected) => {
  expect(nextPollMs(poll, situation)).toBe(expected);
});

test('with a small budget it asks as often as the budget lasts', () => {
  const small = { ...poll, requestsPerHour: 60 };
  expect(nextPollMs(small, { ...calm, budget: 15 })).toBe(30_000);
  const thrifty = nextPollMs(small, { ...calm, budget: 7 });
  expect(hour / thrifty).toBeLessThanOrEqual(refillOf(small) * 0.6 + 1e-9);
  expect(hour / devicesEveryMs(small, 7)).toBeLessThanOrEqual((refillOf(small) * 0.25) / 7 + 1e-9);
  expect(devicesEveryMs(poll, 7)).toBe(300_000);
  expect(devicesLeastMs(poll, 7)).toBe(100_800);
  expect(devicesLeastMs({ requestsPerHour: 36_000 }, 7)).toBe(60_000);
  expect(burstOf(poll)).toBe(200);
});
