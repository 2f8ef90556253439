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
  const wanted = names.map(fold);
  return systems.filter(({ name }) => wanted.length === 0 || wanted.includes(fold(name))).map(({ id }) => ({ id, on }));
}

/** The names among the settings that no system has. */
export function listUnknown({ systems: names }: FollowSettings, systems: readonly { name: string }[]): string[] {
  return names.filter((name) => !systems.some((system) => fold(system.name) === fold(name)));
}

function fold(name: string): string {
  return name.trim().toLowerCase();
}
