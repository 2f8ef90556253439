import type { AlarmMode, ArmedMode } from '@porchlight/core';

export interface FollowSettings {
  enabled: boolean;
  modes: readonly ArmedMode[];
  /** Names of systems; empty means all. */
  systems: readonly string[];
}

/**
 * The systems whose arming has to change because the alarm's mode did, and to what. The same mode again changes nothing,
 * so that what was switched in the phone app meanwhile stays.
 */
export function followAlarm(
  settings: FollowSettings,
  { before, mode }: { before: AlarmMode | undefined; mode: AlarmMode },
  systems: readonly { id: string; name: string; isArmed: boolean }[],
): { id: string; on: boolean }[] {
  if (!settings.enabled || before === mode) return [];
  const on = mode !== 'disarmed' && settings.modes.includes(mode);
  const wanted = settings.systems.map((name) => name.trim().toLowerCase());
  return systems
    .filter(({ name }) => wanted.length === 0 || wanted.includes(name.trim().toLowerCase()))
    .filter(({ isArmed }) => isArmed !== on)
    .map(({ id }) => ({ id, on }));
}
