import { expect, test } from '@jest/globals';
import { localStamp, nextDue, readDate } from '../../src/adapters/calendar.ts';
import { parseSchedule } from '../../src/domain/schedule.ts';

test('schedules come at the minutes they name, in local time', () => {
  const at = new Date(2026, 2, 4, 10, 20, 30).getTime();
  const next = (text: string): string => {
    const schedule = parseSchedule(text);
    const due = schedule && nextDue(schedule, at);
    return due === undefined ? 'never' : localStamp(due / 1000);
  };
  expect(next('15 * * * *')).toBe('20260304_111500');
  expect(next('*/10 * * * *')).toBe('20260304_103000');
  expect(next('0 3 * * sun')).toBe('20260308_030000');
  expect(next('0 0 1 jan *')).toBe('20270101_000000');
  expect(next('0 0 13 * fri')).toBe('20260306_000000');
  expect(next('@daily')).toBe('20260305_000000');
  expect(next('90m')).toBe('20260304_115030');
  expect(next('0 0 31 2 *')).toBe('never');
});

test('dates: with an offset, local, a day alone, and what is none', () => {
  expect(readDate('2026-01-01T00:00:00Z')).toBe(1_767_225_600);
  expect(readDate('2026-01-01T02:00+02:00')).toBe(1_767_225_600);
  expect(readDate('2026-03-04 10:20')).toBe(new Date(2026, 2, 4, 10, 20).getTime() / 1000);
  expect(readDate('2026-03-04')).toBe(new Date(2026, 2, 4).getTime() / 1000);
  expect([readDate('yesterday'), readDate('2026-02-31x'), readDate('')]).toEqual([undefined, undefined, undefined]);
});
