import type { QuietHours } from './flood-gate.ts';

const dayMinutes = 1440;
const minuteMs = 60_000;

/** `22:00` in minutes since midnight. */
export function toMinute(time: string): number {
  const [hours = 0, minutes = 0] = time.split(':').map(Number);
  return hours * 60 + minutes;
}

/** When the quiet hours that hold now end (epoch milliseconds); undefined when it is not quiet. */
export function quietUntil(quiet: QuietHours, now: number, localMinute: number): number | undefined {
  const { fromMinute, toMinute: end } = quiet;
  const sinceStart = (localMinute - fromMinute + dayMinutes) % dayMinutes;
  const length = (end - fromMinute + dayMinutes) % dayMinutes;
  if (sinceStart >= length) return undefined;
  return Math.floor(now / minuteMs) * minuteMs + (length - sinceStart) * minuteMs;
}
