import type { AlarmMode, ArmedMode } from '@porchlight/core';
import { isSameName } from './same-name.ts';

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
  const follows = (system: { name: string }): boolean =>
    names.length === 0 || names.some((name) => isSameName(name, system.name));
  return systems.filter(follows).map(({ id }) => ({ id, on }));
}

/** The names among the settings that no system has. */
export function listUnknown({ systems: names }: FollowSettings, systems: readonly { name: string }[]): string[] {
  return names.filter((name) => !systems.some((system) => isSameName(system.name, name)));
}
