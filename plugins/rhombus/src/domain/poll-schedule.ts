import { burstOf, refillOf, type BudgetSettings } from './budget.ts';

export interface PollSettings extends BudgetSettings {
  /** Between two questions while nothing tells us by itself, in ms. */
  pollMs: number;
  /** Between two checks while the change stream runs, in ms. */
  gapCheckMs: number;
}

export interface PollSituation {
  /** How long the change stream has been running, in ms; undefined while it does not. */
  streamingMs: number | undefined;
  /** Ms since the last event. */
  sinceEventMs: number | undefined;
  /** Calls that may be made at once. */
  budget: number;
  /** Questions in a row that failed. */
  failures: number;
  /** Calls that one round needs. */
  callsPerRound: number;
}

/** While something goes on it asks so much oftener, for so long. */
const livelyFactor = 3;
const livelyMs = 120_000;
const leastMs = 5000;
const longestMs = 600_000;
/** A stream that has just begun is not trusted yet: alerts are listed, and subscriptions work, a moment late. */
const settleMs = 60_000;
/** What is kept for lists of devices and for pictures. */
const pollShare = 0.6;

/** How long to wait until the next question, in ms. */
export function nextPollMs(settings: PollSettings, situation: PollSituation): number {
  const { streamingMs, sinceEventMs, failures, budget, callsPerRound } = situation;
  const isLively = sinceEventMs !== undefined && sinceEventMs < livelyMs;
  const isTrusted = streamingMs !== undefined && streamingMs >= settleMs;
  const usual = isTrusted ? settings.gapCheckMs : isLively ? settings.pollMs / livelyFactor : settings.pollMs;
  const backedOff = Math.min(longestMs, Math.max(leastMs, usual) * 2 ** Math.min(failures, 10));
  const perHour = refillOf(settings);
  const sustainable = (callsPerRound * 3_600_000) / (perHour * pollShare);
  const missing = Math.max(0, callsPerRound - budget);
  const thrifty = budget < burstOf(settings) / 2 ? sustainable : 0;
  return Math.max(backedOff, thrifty, (missing * 3_600_000) / perHour);
}

const devicesMs = 300_000;
const devicesLeast = 60_000;
const devicesShare = 0.25;

/** How often the lists of devices are asked for, in ms, when that takes so many calls. */
export function devicesEveryMs(settings: BudgetSettings, calls: number): number {
  return Math.max(devicesMs, affordableMs(settings, calls));
}

/** How often at most, in ms, while news of devices come in a flood. */
export function devicesLeastMs(settings: BudgetSettings, calls: number): number {
  return Math.max(devicesLeast, affordableMs(settings, calls));
}

function affordableMs(settings: BudgetSettings, calls: number): number {
  return (calls * 3_600_000) / (refillOf(settings) * devicesShare);
}
