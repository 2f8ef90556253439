import type { AlarmSettings, AlarmState } from './alarm.ts';

/**
 * How long until the deadlines of a state that was read from disk, milliseconds. The clock may have jumped since: none
 * is longer than it was when it began.
 */
export function remaining(
  settings: AlarmSettings,
  state: AlarmState,
  now: number,
): { phase?: number; notice?: number } {
  const { mode, phase, until, notifyAt } = state;
  const delay = mode === 'disarmed' ? undefined : settings.delays[mode];
  const longest = { arming: delay?.exitMs, pending: delay?.entryMs, triggered: settings.triggerMs, armed: 0, idle: 0 };
  const clamp = (at: number, most: number): number => Math.max(0, Math.min(at - now, most));
  return {
    ...(until !== undefined && { phase: clamp(until, longest[phase] ?? 0) }),
    ...(notifyAt !== undefined && { notice: clamp(notifyAt, settings.abortMs) }),
  };
}
