import { describeError, type AlarmMode, type ArmedMode, type Clock } from '@porchlight/core';
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

/** A time that was missed longer ago than this is not made up for, milliseconds. */
const latestMs = 3_600_000;

/** The mode to arm for a time that came while nothing ran; a disarming is never made up for. */
export function findMissed(
  entries: readonly ScheduledMode[],
  timeZone: string | undefined,
  { since, now }: { since: number; now: number },
): ArmedMode | undefined {
  const options = { paused: true, ...(timeZone !== undefined && { timezone: timeZone }) };
  const times = entries.flatMap(({ cron, mode }) => {
    try {
      const [last] = new Cron(cron, options).previousRuns(1, new Date(now));
      return last ? [{ at: last.getTime(), mode }] : [];
    } catch {
      // It is named when it is started.
      return [];
    }
  });
  const latest = times.toSorted((a, b) => a.at - b.at).at(-1);
  if (!latest || latest.at <= Math.max(since, now - latestMs) || latest.mode === 'disarmed') return undefined;
  return latest.mode;
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

/** The alarm's schedule, which also makes up for a time to arm that a restart has missed. */
export class AlarmSchedule {
  /** Until when it was followed; kept, so that the next start knows what it missed. */
  followedAt: number;
  readonly #config: { schedule: readonly ScheduledMode[]; timeZone?: string | undefined };
  readonly #clock: Clock;
  readonly #callbacks: ScheduleCallbacks;

  constructor(
    config: { schedule: readonly ScheduledMode[]; timeZone?: string | undefined },
    clock: Clock,
    callbacks: ScheduleCallbacks,
  ) {
    this.#config = config;
    this.#clock = clock;
    this.#callbacks = callbacks;
    this.followedAt = clock.now();
  }

  /** `since` is what `followedAt` was in an earlier run. Returns the way to stop. */
  start(since: number | undefined): () => void {
    const { schedule, timeZone } = this.#config;
    const { onTime, onProblem } = this.#callbacks;
    const now = this.#clock.now();
    const follow = (mode: AlarmMode): void => {
      this.followedAt = this.#clock.now();
      onTime(mode);
    };
    const missed = findMissed(schedule, timeZone, { since: since ?? now, now });
    if (missed) follow(missed);
    return startSchedule(schedule, timeZone, { onTime: follow, onProblem });
  }
}
