import type { OutageCause } from './verdict.ts';
import type { Outage, WatchdogPhase, WatchdogState } from './watchdog-state.ts';

/** When something happens, and what holds at that time. */
export interface Moment {
  at: number;
  /** Quiet hours. */
  isQuiet: boolean;
  /** Why the plug cannot be told anything now. */
  obstacle?: string;
  /** The plug says that it is in the middle of a restart. */
  isPlugBusy?: boolean;
}

export type WatchdogEffect =
  | { type: 'reboot'; isManual: boolean; number: number; cause: Outage['cause'] }
  | { type: 'outage'; cause: OutageCause; sinceMs: number }
  | { type: 'recovered'; outage: Outage; durationMs: number }
  | { type: 'exhausted'; outage: Outage; limit: 'outage' | 'day' }
  | { type: 'postponed'; why: string }
  | { type: 'reboot-failed'; problem: string }
  | { type: 'foreign-reboot' }
  | { type: 'refuse'; message: string }
  | { type: 'resumed' };

export interface Step {
  state: WatchdogState;
  effects: readonly WatchdogEffect[];
}

/** Goes into a phase. */
export function enter<S extends WatchdogState>(state: S, phase: WatchdogPhase, at: number): S {
  return { ...state, phase, phaseAt: at };
}

/** Nothing is to be done. */
export function keep(state: WatchdogState): Step {
  return { state, effects: [] };
}

/** What was counted before says nothing any more. */
export function countAnew({ goodSince: _ended, ...state }: WatchdogState): WatchdogState {
  return { ...state, failures: 0, successes: 0 };
}
