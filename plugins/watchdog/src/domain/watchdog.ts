import {
  considerReboot,
  isBelievable,
  isPowered,
  minFailures,
  onCycleSeen,
  onManual,
  onRebootResult,
} from './reboot.ts';
import { countAnew, enter, keep, type Moment, type Step } from './step.ts';
import type { OutageCause, Verdict } from './verdict.ts';
import { recentReboots, type WatchdogSettings, type WatchdogState } from './watchdog-state.ts';

export type WatchdogInput =
  /** `machineMs`: for how long the machine has run; after a power cut the router has had no longer. */
  | { type: 'start'; machineMs?: number }
  | { type: 'round'; verdict: Verdict }
  | { type: 'reboot-result'; ok: boolean; problem?: string }
  | { type: 'manual' }
  /** The plug restarts the router, and nobody here told it to. */
  | { type: 'cycle-seen' }
  | { type: 'pause'; on: boolean };

/** A pause between rounds of this many intervals means that the machine slept. */
const sleptIntervals = 4;
const minSleptMs = 60_000;

/** The whole decision of the watchdog: what an input makes of the state, and what is to be done about it. */
export function stepWatchdog(
  settings: WatchdogSettings,
  state: WatchdogState,
  input: WatchdogInput,
  moment: Moment,
): Step {
  const current = { ...state, reboots: recentReboots(state.reboots, moment.at) };
  switch (input.type) {
    case 'start':
      return onStart(settings, current, input.machineMs, moment);
    case 'round':
      return onRound(settings, current, input.verdict, moment);
    case 'reboot-result':
      return onRebootResult(settings, current, input, moment);
    case 'manual':
      return onManual(current, moment);
    case 'cycle-seen':
      return onCycleSeen(current, moment);
    case 'pause':
      return onPause(settings, current, input.on, moment);
  }
}

/** A reboot that a crash interrupted gets its whole grace; everything else waits out the grace of a start. */
function onStart(
  { startupGraceMs, bootGraceMs }: WatchdogSettings,
  state: WatchdogState,
  machineMs: number | undefined,
  { at }: Moment,
): Step {
  const wasRebooting = state.phase === 'rebooting' || state.phase === 'boot-grace';
  const routerMs = machineMs === undefined ? 0 : bootGraceMs - machineMs;
  const begunAt = wasRebooting ? at : at + Math.max(0, routerMs - startupGraceMs);
  const next = enter(state, wasRebooting ? 'boot-grace' : 'starting', begunAt);
  return keep({ ...countAnew(next), goodAt: at });
}

function onRound(settings: WatchdogSettings, before: WatchdogState, verdict: Verdict, moment: Moment): Step {
  const { at } = moment;
  const awake = isAfterSleep(settings, before, at) ? afterSleep(before, at) : before;
  const { state, effects } = endPause({ ...awake, roundAt: at, verdict }, at);
  if (verdict.status === 'broken') return { state: { ...countAnew(state), goodAt: at }, effects };
  const next =
    verdict.status === 'offline'
      ? onFailure(settings, { ...countFailure(state), verdict }, verdict.cause, moment)
      : onSuccess(settings, state, moment);
  return { state: next.state, effects: [...effects, ...next.effects] };
}

function countFailure({ goodSince: _ended, ...state }: WatchdogState): WatchdogState {
  return { ...state, failures: state.failures + 1, successes: 0 };
}

/** A laptop that slept, or a process that hung, has seen nothing; its network needs time as after a start. */
function isAfterSleep({ intervalMs }: WatchdogSettings, { roundAt }: WatchdogState, at: number): boolean {
  return roundAt !== undefined && at - roundAt > Math.max(minSleptMs, sleptIntervals * intervalMs);
}

function afterSleep(state: WatchdogState, at: number): WatchdogState {
  const counted = { ...countAnew(state), goodAt: at };
  const isUndecided = state.phase === 'online' || state.phase === 'suspect';
  return isUndecided ? enter(counted, 'starting', at) : counted;
}

function onSuccess(settings: WatchdogSettings, before: WatchdogState, moment: Moment): Step {
  const { at } = moment;
  const { phase, outage } = before;
  if (!isBelievable(settings, before, moment)) return keep(before);
  const successes = before.successes + 1;
  const goodSince = before.goodSince ?? at;
  const state = { ...before, failures: 0, successes, goodAt: at, goodSince };
  if (!outage) return keep(phase === 'online' ? state : enter(state, 'online', at));
  if (successes < settings.recoveryRounds) return keep(state);
  const { outage: _ended, ...rest } = enter(state, 'online', at);
  const durationMs = Math.max(0, goodSince - outage.startedAt);
  return { state: rest, effects: [{ type: 'recovered', outage, durationMs }] };
}

function onFailure(settings: WatchdogSettings, state: WatchdogState, cause: OutageCause, moment: Moment): Step {
  const { at } = moment;
  const inPhaseMs = at - state.phaseAt;
  switch (state.phase) {
    case 'starting':
      return inPhaseMs < settings.startupGraceMs ? keep(state) : confirm(settings, state, cause, moment);
    case 'online':
      return confirm(settings, enter(state, 'suspect', at), cause, moment);
    case 'suspect':
      return confirm(settings, state, cause, moment);
    case 'rebooting':
      return keep(isPowered(settings, state, moment) ? enter(state, 'boot-grace', at) : state);
    case 'boot-grace':
      return inPhaseMs < settings.bootGraceMs
        ? keep(state)
        : considerReboot(settings, enter(state, 'offline', at), cause, moment);
    case 'offline':
    case 'exhausted':
      return considerReboot(settings, state, cause, moment);
  }
}

/** Offline is what has failed for the whole time. */
function confirm(settings: WatchdogSettings, state: WatchdogState, cause: OutageCause, moment: Moment): Step {
  const isLong = moment.at - state.goodAt >= settings.offlineAfterMs && state.failures >= minFailures;
  if (!isLong) return keep(state);
  const isKnown = state.outage !== undefined;
  const outage = state.outage ?? { startedAt: state.goodAt, cause, reboots: 0, manual: 0, told: [] };
  const next = considerReboot(settings, { ...enter(state, 'offline', moment.at), outage }, cause, moment);
  return isKnown
    ? next
    : { state: next.state, effects: [{ type: 'outage', cause, sinceMs: moment.at - state.goodAt }, ...next.effects] };
}

function onPause(
  { pauseMs }: WatchdogSettings,
  { paused: _before, ...state }: WatchdogState,
  on: boolean,
  { at }: Moment,
): Step {
  if (!on) return keep(state);
  return keep({ ...state, paused: pauseMs > 0 ? { until: at + pauseMs } : {} });
}

function endPause(state: WatchdogState, at: number): Step {
  if (state.paused?.until === undefined || at < state.paused.until) return keep(state);
  const { paused: _ended, ...rest } = state;
  return { state: rest, effects: [{ type: 'resumed' }] };
}
