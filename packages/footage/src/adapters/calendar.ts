import { isDue, isDueDay, type Schedule } from '../domain/schedule.ts';

/** Epoch seconds of an ISO 8601 text, local time without an offset; undefined when it is none. */
export function readDate(text: string): number | undefined {
  const iso = /^\d{4}-\d{2}-\d{2}([T ]\d{2}:\d{2}(:\d{2}(\.\d+)?)?(Z|[+-]\d{2}:?\d{2})?)?$/;
  if (!iso.test(text)) return undefined;
  // A date alone would be read as UTC, while a date with a time is local.
  const at = Date.parse(text.length === 10 ? `${text}T00:00` : text.replace(' ', 'T'));
  return Number.isNaN(at) ? undefined : Math.floor(at / 1000);
}

/** `YYYYMMDD_HHMMSS` in the machine's time zone. */
export function localStamp(epochSec: number): string {
  const at = new Date(epochSec * 1000);
  const two = (number: number): string => String(number).padStart(2, '0');
  const date = `${String(at.getFullYear()).padStart(4, '0')}${two(at.getMonth() + 1)}${two(at.getDate())}`;
  return `${date}_${two(at.getHours())}${two(at.getMinutes())}${two(at.getSeconds())}`;
}

const minuteMs = 60_000;
const longestWaitMs = 5 * 366 * 86_400_000;

/** The next time after `now` (epoch ms) that a schedule names; undefined when none comes within five years. */
export function nextDue(schedule: Schedule, now: number): number | undefined {
  if ('everySec' in schedule) return now + schedule.everySec * 1000;
  let at = Math.floor(now / minuteMs) * minuteMs + minuteMs;
  while (at < now + longestWaitMs) {
    const date = new Date(at);
    const calendar = {
      minute: date.getMinutes(),
      hour: date.getHours(),
      day: date.getDate(),
      month: date.getMonth() + 1,
      weekday: date.getDay(),
    };
    if (isDue(schedule.cron, calendar)) return at;
    const isDay = isDueDay(schedule.cron, calendar);
    at = isDay ? at + minuteMs : new Date(date.getFullYear(), date.getMonth(), date.getDate() + 1).getTime();
  }
  return undefined;
}
