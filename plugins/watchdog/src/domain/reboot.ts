import { countAnew, enter, keep, type Moment, type Step, type WatchdogEffect } from './step.ts';
import type { OutageCause } from './verdict.ts';
import {
  budgetFreeAt,
  cooledDownAt,
  type Outage,
  type WatchdogSettings,
  type WatchdogState,
} from './watchdog-state.ts';

/** Rounds that must have failed before a reboot, so that one lost packet after a long sleep is none. */
export const minFailures = 2;
/** An answer of the plug that is later than this beyond all times is none. */
const overdueMs = 60_000;

/** Whether to reboot now. Every reason against it comes before. */
export function considerReboot(
  settings: WatchdogSettings,
  before: WatchdogState,
  cause: OutageCause,
  moment: Moment,
): Step {
  const { at } = moment;
  const outage: Outage = { ...(before.outage ?? { startedAt: at, reboots: 0, manual: 0, told: [] }), cause };
  const state = { ...before, outage };
  const canMend = settings.canReboot && settings.rebootFor.includes(cause);
  if (!canMend || state.paused || moment.isPlugBusy || state.failures < minFailures) return keep(state);
  const limit = reachedLimit(settings, state, at);
  if (limit) return exhaust(state, limit, at);
  const open = state.phase === 'exhausted' ? enter(state, 'offline', at) : state;
  if ((cooledDownAt(settings, state) ?? at) > at) return keep(open);
  const why = moment.isQuiet ? 'the quiet hours' : moment.obstacle;
  if (why !== undefined) return sayOnce(open, `postponed: ${why}`, { type: 'postponed', why });
  return reboot(open, { outage: { ...outage, reboots: outage.reboots + 1 }, isManual: false }, at);
}

function reachedLimit(
  settings: WatchdogSettings,
  { outage, reboots }: WatchdogState & { outage: Outage },
  at: number,
): 'outage' | 'day' | undefined {
  if (outage.reboots >= settings.maxPerOutage) return 'outage';
  return budgetFreeAt(settings, reboots, at) === undefined ? undefined : 'day';
}

function exhaust(state: WatchdogState & { outage: Outage }, limit: 'outage' | 'day', at: number): Step {
  const next = state.phase === 'exhausted' ? state : enter(state, 'exhausted', at);
  return sayOnce({ ...next, outage: state.outage }, 'exhausted', { type: 'exhausted', outage: state.outage, limit });
}

/** The reboot stands in the state before it is done: who keeps the state first can never do one too many. */
function reboot(state: WatchdogState, { outage, isManual }: { outage: Outage; isManual: boolean }, at: number): Step {
  const spent = {
    ...countAnew(enter(state, 'rebooting', at)),
    isCut: false,
    outage,
    reboots: [...state.reboots, at],
  };
  const number = outage.reboots + outage.manual;
  return { state: spent, effects: [{ type: 'reboot', isManual, number, cause: outage.cause }] };
}

export function onRebootResult(
  settings: WatchdogSettings,
  before: WatchdogState,
  { ok, problem = '' }: { ok: boolean; problem?: string },
  moment: Moment,
): Step {
  const { at } = moment;
  if (before.phase !== 'rebooting') return keep(before);
  const cut = { ...before, isCut: true };
  if (ok) return keep(isPowered(settings, cut, moment) ? enter(cut, 'boot-grace', at) : cut);
  const effects: WatchdogEffect[] = [{ type: 'reboot-failed', problem }];
  if (before.outage?.cause !== 'restart') return { state: enter(before, 'offline', at), effects };
  // Nothing was broken and nothing was done.
  const { outage: _none, ...rest } = enter(before, 'online', at);
  return { state: rest, effects };
}

/** Plugs answer when the power is off, or when it is on again; a sequence of plugs takes longer than one. */
export function isPowered(settings: WatchdogSettings, state: WatchdogState, moment: Moment): boolean {
  const inPhaseMs = moment.at - state.phaseAt;
  const isDone = state.isCut === true && moment.isPlugBusy !== true && inPhaseMs >= settings.offMs;
  return isDone || isOverdue(settings, inPhaseMs);
}

/** Whether an answer from outside means that the router is back; at first it still has its power. */
export function isBelievable(settings: WatchdogSettings, { phase, phaseAt }: WatchdogState, moment: Moment): boolean {
  if (phase !== 'rebooting') return true;
  const inPhaseMs = moment.at - phaseAt;
  const isDone = moment.isPlugBusy !== true && inPhaseMs >= settings.offMs + settings.intervalMs;
  return isDone || isOverdue(settings, inPhaseMs);
}

/** Without a word of the plug it may have happened or not; nothing waits for ever. */
function isOverdue({ offMs, bootGraceMs }: WatchdogSettings, inPhaseMs: number): boolean {
  return inPhaseMs >= offMs + bootGraceMs + overdueMs;
}

/** By hand it goes at any time but while the router is starting anyway. */
export function onManual(state: WatchdogState, { at }: Moment): Step {
  if (state.phase === 'rebooting' || state.phase === 'boot-grace') {
    const message = 'The router is being restarted already; give it time to start.';
    return { state, effects: [{ type: 'refuse', message }] };
  }
  return reboot(state, { outage: countManual(state, at), isManual: true }, at);
}

/**
 * Who restarts it elsewhere is a hand too: the router gets its time. In the grace of a reboot it is most likely that very
 * one, taken up again by a plug service that was interrupted: it is waited for, and not counted twice.
 */
export function onCycleSeen(state: WatchdogState, { at }: Moment): Step {
  if (state.phase === 'rebooting') return keep(state);
  if (state.phase === 'boot-grace') return keep({ ...countAnew(enter(state, 'rebooting', at)), isCut: true });
  const spent = reboot(state, { outage: countManual(state, at), isManual: true }, at);
  return { state: { ...spent.state, isCut: true }, effects: [{ type: 'foreign-reboot' }] };
}

function countManual({ outage }: WatchdogState, at: number): Outage {
  const known = outage ?? { startedAt: at, cause: 'restart', reboots: 0, manual: 0, told: [] };
  return { ...known, manual: known.manual + 1 };
}

function sayOnce(state: WatchdogState & { outage: Outage }, key: string, effect: WatchdogEffect): Step {
  if (state.outage.told.includes(key)) return keep(state);
  const outage = { ...state.outage, told: [...state.outage.told, key].slice(-20) };
  return { state: { ...state, outage }, effects: [effect] };
}
