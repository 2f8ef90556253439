import { expect, test } from '@jest/globals';
import fc from 'fast-check';
import { backOffMs } from '../../src/domain/back-off.ts';
import {
  intervals,
  nextQuestion,
  nothingAsked,
  onAnswer,
  onAsked,
  onRefused,
  onWanted,
  type PollSituation,
} from '../../src/domain/poll-plan.ts';
import { divide, hourlyRule, takeRequest, tokensAt, type RequestBudget } from '../../src/domain/request-budget.ts';

const settings = { armedMs: 10_000, idleMs: 60_000, stateMs: 60_000 };
const calm: PollSituation = { isArmed: false, hasStorage: false, lastMotionAt: undefined, isShort: false };
const armed = { ...calm, isArmed: true };

test.each([
  [calm, 0, 60_000],
  [armed, 0, 10_000],
  [{ ...armed, lastMotionAt: 0 }, 119_999, 5000],
  [{ ...armed, lastMotionAt: 0 }, 120_000, 10_000],
  [{ ...armed, lastMotionAt: 0, isShort: true }, 10, 10_000],
  [{ ...calm, lastMotionAt: 0 }, 10, 60_000],
])('%j after %i ms: recordings are asked for every %i ms', (situation, now, media) => {
  expect(intervals(settings, situation, now).media).toBe(media);
});

test('never oftener than every 5 s, and never slower after a motion than before', () => {
  expect(intervals({ ...settings, armedMs: 6000 }, { ...armed, lastMotionAt: 0 }, 1).media).toBe(5000);
  expect(intervals({ ...settings, armedMs: 4000 }, { ...armed, lastMotionAt: 0 }, 1).media).toBe(4000);
  expect(intervals({ ...settings, armedMs: 5000 }, armed, 1).storage).toBe(30_000);
});

const next = (state = nothingAsked, situation = armed, now = 0, random = 0.5) =>
  nextQuestion(settings, { state, situation }, { now, random });

test('asks for the state first, then for recordings, then in turn', () => {
  expect(next()).toEqual({ question: 'state', at: 0 });
  const state = onAsked(nothingAsked, 'state', 0);
  expect(next(state)).toEqual({ question: 'media', at: 0 });
  const both = onAsked(state, 'media', 0);
  expect(next(both)).toEqual({ question: 'media', at: 10_000 });
  expect(next(both, armed, 0, 0).at).toBe(9000);
  expect(next(both, armed, 0, 1).at).toBe(11_000);
  expect(next(both, calm).at).toBe(60_000);
  expect(next(both, { ...armed, hasStorage: true })).toEqual({ question: 'storage', at: 0 });
  expect(next(onWanted(both, 'state'), armed, 5000)).toEqual({ question: 'state', at: 5000 });
});

test('a refusal silences all, one for good only its question, an answer ends both', () => {
  const both = onAsked(onAsked(nothingAsked, 'state', 0), 'media', 0);
  const quiet = onRefused(both, { question: 'media', refusal: 'forbidden' }, { now: 0, random: 0 });
  expect(next(onWanted(quiet, 'state'))).toEqual({ question: 'state', at: 300_000 });
  const withdrawn = onRefused(both, { question: 'media', refusal: 'final' }, { now: 0, random: 0 });
  expect(next(withdrawn)).toEqual({ question: 'state', at: 60_000 });
  expect(next(onAnswer(withdrawn, 'media'))).toEqual({ question: 'media', at: 10_000 });
  expect(onAnswer(quiet, 'media').failures).toEqual({});
  const faulty = onRefused(both, { question: 'media', refusal: 'fault' }, { now: 0, random: 1 });
  expect(next(faulty, armed, 0)).toEqual({ question: 'media', at: 10_000 });
  const worse = [1, 2, 3, 4].reduce(
    (state) => onRefused(state, { question: 'media', refusal: 'fault' }, { now: 0, random: 1 }),
    both,
  );
  expect(next(worse, armed, 0)).toEqual({ question: 'media', at: 40_000 });
});

test.each([
  ['too-many', 1, 60_000],
  ['too-many', 9, 1_800_000],
  ['forbidden', 1, 300_000],
  ['forbidden', 4, 1_200_000],
  ['final', 5, 3_600_000],
  ['sign-in', 5, 5000],
] as const)('%s for the %i. time waits at least %i ms', (refusal, failures, ms) => {
  expect(backOffMs(refusal, failures, { random: 0 })).toBe(ms);
});

test('what the cloud asks for is never undercut, and nonsense not obeyed for ever', () => {
  fc.assert(
    fc.property(
      fc.constantFrom('too-many', 'forbidden', 'fault', 'final', 'sign-in'),
      fc.integer({ min: 1, max: 1000 }),
      fc.double({ min: 0, max: 0.999, noNaN: true }),
      fc.integer({ min: 0, max: 1e9 }),
      (refusal, failures, random, retryAfterMs) => {
        const ms = backOffMs(refusal, failures, { random, retryAfterMs });
        expect(ms).toBeGreaterThanOrEqual(Math.min(retryAfterMs, 6 * 3_600_000));
        expect(ms).toBeLessThanOrEqual(6 * 3_600_000);
        expect(ms).toBeGreaterThanOrEqual(2500);
      },
    ),
  );
});

test('in no hour more requests than allowed are made, however they come', () => {
  fc.assert(
    fc.property(
      fc.integer({ min: 4, max: 300 }),
      fc.constantFrom(0.25, 0.75),
      fc.array(fc.record({ gapMs: fc.integer({ min: 0, max: 120_000 }), isOrder: fc.boolean() }), { maxLength: 600 }),
      (perHour, burstShare, wishes) => {
        const rule = hourlyRule({ perHour, burstShare });
        let budget: RequestBudget = { tokens: rule.burst, at: 0 };
        let now = 0;
        const made: number[] = [];
        for (const { gapMs, isOrder } of wishes) {
          now += gapMs;
          const step = takeRequest(rule, budget, { at: now, reserve: isOrder ? 0 : Math.floor(rule.burst / 5) });
          budget = step.budget;
          if (step.waitMs === 0) made.push(now);
          else expect(tokensAt(rule, budget, now + step.waitMs)).toBeGreaterThanOrEqual(0.999);
        }
        for (const [index, first] of made.entries()) {
          expect(made.slice(index).filter((at) => at < first + 3_600_000).length).toBeLessThanOrEqual(perHour);
        }
      },
    ),
    { numRuns: 60 },
  );
});

test.each([60, 61, 900, 5000])(
  'of %i requests an hour the service and its errands together take no more',
  (perHour) => {
    const { service, errand } = divide(perHour);
    expect(service.perHour + errand.perHour).toBe(perHour);
    // A sign-in with a PIN takes six.
    expect(hourlyRule(errand).burst).toBeGreaterThanOrEqual(18);
  },
);

test('a clock that goes back gives nothing back', () => {
  const rule = hourlyRule({ perHour: 600, burstShare: 0.25 });
  const { budget } = takeRequest(rule, { tokens: 1, at: 1000 }, { at: 1000, reserve: 0 });
  expect(takeRequest(rule, budget, { at: 0, reserve: 0 }).waitMs).toBeGreaterThan(0);
});
