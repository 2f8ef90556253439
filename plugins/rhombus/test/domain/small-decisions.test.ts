import { expect, test } from '@jest/globals';
import { readActivities, readActivity } from '../../src/domain/activity.ts';
import { takeCall, tokensAt } from '../../src/domain/budget.ts';
import { chooseCamera, giveIds } from '../../src/domain/choose.ts';
import { motionUntil } from '../../src/domain/motion-span.ts';
import { nextPollMs } from '../../src/domain/poll-schedule.ts';

test.each([
  ['MOTION', { type: 'motion', label: 'motion' }],
  ['MOTION_HUMAN', { type: 'motion', label: 'person' }],
  ['FACE_IDENTIFIED', { type: 'motion', label: 'face' }],
  ['LICENSEPLATE_ALERT', { type: 'motion', label: 'plate' }],
  ['DOOR_AJAR', { type: 'contact', open: true }],
  ['DOOR_CLOSED', { type: 'contact', open: false }],
  ['BUTTON_SINGLE_PRESSED', { type: 'press' }],
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

test('a budget lets the burst pass and then spreads the calls', () => {
  const settings = { requestsPerMinute: 60, burst: 2 };
  let budget = { tokens: 2, at: 0 };
  const waits = [0, 0, 0, 0].map((at) => {
    const taken = takeCall(settings, budget, at);
    budget = taken.budget;
    return taken.waitMs;
  });
  expect(waits).toEqual([0, 0, 1000, 2000]);
  expect(tokensAt(settings, budget, 60_000)).toBe(2);
});

const poll = { pollMs: 30_000, gapCheckMs: 300_000, requestsPerMinute: 60 };
const calm = { isStreaming: false, lastEventAt: undefined, budget: 10, failures: 0, callsPerRound: 1 };

test.each([
  ['alone it asks at its pace', calm, 30_000],
  ['beside a stream it only looks for gaps', { ...calm, isStreaming: true }, 300_000],
  ['while something goes on it asks oftener', { ...calm, lastEventAt: 999_000 }, 10_000],
  ['long after it does not', { ...calm, lastEventAt: 0 }, 30_000],
  ['after failures it backs off', { ...calm, failures: 2 }, 120_000],
  ['but not for ever', { ...calm, failures: 99 }, 600_000],
  ['an empty budget is waited for', { ...calm, budget: -59 }, 60_000],
])('%s', (_name, situation, expected) => {
  expect(nextPollMs(poll, situation, 1_000_000)).toBe(expected);
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

test('ids stay when names change, and are unique', () => {
  const ids = giveIds({ u1: 'porch' }, [
    { uuid: 'u1', wanted: 'garden' },
    { uuid: 'u2', wanted: 'porch' },
    { uuid: 'u3', wanted: 'porch' },
  ]);
  expect(ids).toEqual({ u1: 'porch', u2: 'porch-2', u3: 'porch-3' });
});
