import type { AlarmMode, ArmedMode } from '@porchlight/core';

export interface FollowSettings {
  modes: readonly ArmedMode[];
  /** Names of systems; empty means all. */
  systems: readonly string[];
}

/**
 * What every system that follows the alarm has to be when the alarm is in this mode. What a system was when it was read
 * last is not asked: it may have changed since, and an order too many costs less than a house that is not watched.
 */
export function followAlarm(
  { modes, systems: names }: FollowSettings,
  mode: AlarmMode,
  systems: readonly { id: string; name: string }[],
): { id: string; on: boolean }[] {
  const on = mode !== 'disarmed' && modes.includes(mode);
  const wanted = names.map((name) => name.trim().toLowerCase());
  return systems
    .filter(({ name }) => wanted.length === 0 || wanted.includes(name.trim().toLowerCase()))
    .map(({ id }) => ({ id, on }));
}
