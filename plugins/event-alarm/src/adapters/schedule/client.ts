import type { AlarmMode } from '@porchlight/core';
import { Cron } from 'croner';

export interface ScheduledMode {
  cron: string;
  mode: AlarmMode;
}

/** Calls back at the given times. Returns the way to stop. */
export function startSchedule(
  entries: readonly ScheduledMode[],
  timeZone: string | undefined,
  onTime: (mode: AlarmMode) => void,
): () => void {
  const options = { protect: true, unref: true, ...(timeZone !== undefined && { timezone: timeZone }) };
  const jobs = entries.map(({ cron, mode }) => new Cron(cron, options, () => onTime(mode)));
  return () => {
    for (const job of jobs) job.stop();
  };
}
