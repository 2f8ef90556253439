import { afterEach, expect, jest, test } from '@jest/globals';
import { startSchedule } from '../../src/adapters/schedule/client.ts';
import { startAlarm } from '../support/alarm.ts';

afterEach(() => {
  jest.useRealTimers();
});

/** When it called back, from one time on for so many days. */
async function play(cron: string, zone: string, from: string, days: number): Promise<string[]> {
  jest.useFakeTimers({ now: Date.parse(from) });
  const times: string[] = [];
  const stop = startSchedule([{ cron, mode: 'night' }], zone, {
    onTime: () => times.push(new Date().toISOString()),
    onProblem: (_cron, problem) => times.push(problem),
  });
  await jest.advanceTimersByTimeAsync(days * 86_400_000);
  stop();
  expect(jest.getTimerCount()).toBe(0);
  return times.map((time) => time.slice(0, 16));
}

test.each([
  [
    'seven in the morning is seven on both sides of the change to summer time',
    ['0 7 * * *', 'Europe/Berlin', '2026-03-28T00:00:00Z', 2],
    ['2026-03-28T06:00', '2026-03-29T05:00'],
  ],
  [
    'a time that the change to summer time leaves out comes all the same, once',
    ['30 2 * * *', 'Europe/Berlin', '2026-03-29T00:00:00Z', 1],
    ['2026-03-29T01:00'],
  ],
  [
    'an hour that comes twice in autumn calls once',
    ['30 2 * * *', 'Europe/Berlin', '2026-10-24T22:00:00Z', 1],
    ['2026-10-25T00:30'],
  ],
  ['another zone, another time', ['0 22 * * FRI', 'America/New_York', '2026-01-02T12:00:00Z', 1], ['2026-01-03T03:00']],
] as const)('%s', async (_what, [cron, zone, from, days], expected) => {
  expect(await play(cron, zone, from, days)).toEqual(expected);
});

test('a clock that was set forward past a time does not lose it', () => {
  jest.useFakeTimers({ now: Date.parse('2026-01-01T21:59:00Z') });
  let calls = 0;
  const stop = startSchedule([{ cron: '0 22 * * *', mode: 'night' }], 'UTC', {
    onTime: () => (calls += 1),
    onProblem: () => undefined,
  });
  jest.setSystemTime(Date.parse('2026-01-01T23:30:00Z'));
  jest.advanceTimersByTime(60_000);
  expect(calls).toBe(1);
  stop();
});

test('a time at which nothing can be done is a problem, and the next one comes', async () => {
  jest.useFakeTimers({ now: Date.parse('2026-01-01T00:00:30Z') });
  const problems: string[] = [];
  const stop = startSchedule([{ cron: '* * * * *', mode: 'night' }], 'UTC', {
    onTime: () => {
      throw new Error('not offered');
    },
    onProblem: (_cron, problem) => problems.push(problem),
  });
  await jest.advanceTimersByTimeAsync(120_000);
  expect(problems).toEqual(Array.from({ length: 2 }, () => 'The schedule "* * * * *" failed: not offered'));
  stop();
});

test('a time to arm ends no alarm that rings', async () => {
  jest.useFakeTimers({ now: Date.parse('2026-01-01T00:00:30Z') });
  const schedule = [{ cron: '* * * * *', mode: 'night' }];
  const alarm = await startAlarm({ schedule, timeZone: 'UTC', thresholdEventCount: 1 });
  await alarm.setMode('away');
  alarm.motion();
  await jest.advanceTimersByTimeAsync(60_000);
  expect(alarm.phase()).toBe('triggered');
  await alarm.setMode('disarmed');
  await jest.advanceTimersByTimeAsync(60_000);
  expect(alarm.phase()).toBe('armed');
  await alarm.service.stop();
});
