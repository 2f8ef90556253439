import { describeError, type AlarmMode } from '@porchlight/core';
import { Cron } from 'croner';

export interface ScheduledMode {
  cron: string;
  mode: AlarmMode;
}

export interface ScheduleCallbacks {
  onTime(mode: AlarmMode): void;
  /** An entry that is no time at all, or could not be carried out; the others go on. */
  onProblem(cron: string, problem: string): void;
}

/** Calls back at the given times. Returns the way to stop. */
export function startSchedule(
  entries: readonly ScheduledMode[],
  timeZone: string | undefined,
  { onTime, onProblem }: ScheduleCallbacks,
): () => void {
  const options = { protect: true, unref: true, ...(timeZone !== undefined && { timezone: timeZone }) };
  const jobs = entries.flatMap(({ cron, mode }) => {
    try {
      const onError = (error: unknown): void =>
        onProblem(cron, `The schedule "${cron}" failed: ${describeError(error)}`);
      return [new Cron(cron, { ...options, catch: onError }, () => onTime(mode))];
    } catch (error) {
      onProblem(cron, `The schedule "${cron}" is no time: ${describeError(error)}`);
      return [];
    }
  });
  return () => {
    for (const job of jobs) job.stop();
  };
}
