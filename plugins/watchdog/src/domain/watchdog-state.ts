import type { OutageCause, Verdict } from './verdict.ts';

/** All times are milliseconds on a clock that never goes back and goes on over restarts. */
export interface WatchdogSettings {
  /** Time between two rounds. */
  intervalMs: number;
  /** Without any success for this long it is offline. */
  offlineAfterMs: number;
  /** Good rounds in a row that end an outage. */
  recoveryRounds: number;
  startupGraceMs: number;
  /** How long the router stays off. */
  offMs: number;
  bootGraceMs: number;
  /** Least time between two reboots; doubles with each one of an outage. */
  cooldownMs: number;
  maxPerOutage: number;
  maxPerDay: number;
  /** There is a plug at all. */
  canReboot: boolean;
  rebootFor: readonly OutageCause[];
  pauseMs: number;
}

export type WatchdogPhase = 'starting' | 'online' | 'suspect' | 'offline' | 'rebooting' | 'boot-grace' | 'exhausted';

export interface Outage {
  startedAt: number;
  /** `restart`: nothing was broken, somebody restarted the router. */
  cause: OutageCause | 'restart';
  /** Reboots that the watchdog did by itself. */
  reboots: number;
  /** Reboots by hand. */
  manual: number;
  /** What has been said once and need not be said again. */
  told: readonly string[];
}

export interface WatchdogState {
  phase: WatchdogPhase;
  phaseAt: number;
  /** Failed rounds in a row. */
  failures: number;
  /** Good rounds in a row. */
  successes: number;
  /** The last good round, or the start of the present count. */
  goodAt: number;
  /** The first of the good rounds in a row. */
  goodSince?: number;
  roundAt?: number;
  verdict?: Verdict;
  outage?: Outage;
  /** While rebooting: the plug has said that the power is off. */
  isCut?: boolean;
  /** Reboots of the last 24 hours, by hand or not, oldest first. */
  reboots: readonly number[];
  paused?: { until?: number };
}

export const dayMs = 86_400_000;
const maxCooldownMs = 6 * 3_600_000;
/** More than this many are never kept; only a person who presses without end gets there. */
const maxKept = 200;

export const firstState: WatchdogState = {
  phase: 'starting',
  phaseAt: 0,
  failures: 0,
  successes: 0,
  goodAt: 0,
  reboots: [],
};

/** Reboots in the 24 hours before `at`. */
export function recentReboots(reboots: readonly number[], at: number): readonly number[] {
  return reboots.filter((rebootAt) => at - rebootAt < dayMs).slice(-maxKept);
}

/** The earliest time of the next reboot as far as cool-down goes; undefined when nothing holds it. */
export function cooledDownAt(settings: WatchdogSettings, { reboots, outage }: WatchdogState): number | undefined {
  const last = reboots.at(-1);
  if (last === undefined) return undefined;
  const done = outage === undefined ? 0 : outage.reboots + outage.manual;
  const doublings = Math.min(20, Math.max(0, done - 1));
  return last + Math.min(maxCooldownMs, settings.cooldownMs * 2 ** doublings);
}

/** When the budget of the day allows one more, at the earliest; undefined when it does now. */
export function budgetFreeAt(
  { maxPerDay }: WatchdogSettings,
  reboots: readonly number[],
  at: number,
): number | undefined {
  const recent = recentReboots(reboots, at);
  if (recent.length < maxPerDay) return undefined;
  const blocking = recent.at(-maxPerDay);
  return blocking === undefined || maxPerDay === 0 ? Number.POSITIVE_INFINITY : blocking + dayMs;
}
