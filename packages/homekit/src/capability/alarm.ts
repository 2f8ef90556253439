import type { AlarmMode, CommandOf, StateOf } from '@porchlight/core';
import type { CharacteristicValue } from 'homebridge';
import { mapCapability } from '../mapping.ts';

/** SecuritySystemCurrentState and SecuritySystemTargetState use the same numbers for the modes. */
const valueOf: Record<AlarmMode, number> = { home: 0, away: 1, night: 2, disarmed: 3 };
const modeOf: readonly AlarmMode[] = ['home', 'away', 'night', 'disarmed'];
const triggered = 4;

export const alarm = mapCapability<'alarm'>({
  label: 'Alarm',
  service: (hap) => hap.Service.SecuritySystem,
  bindings({ hap: { Characteristic }, options }) {
    const targets = [...options.modes.map((mode) => valueOf[mode]), valueOf.disarmed].toSorted((a, b) => a - b);
    return [
      {
        characteristic: Characteristic.SecuritySystemTargetState,
        props: { validValues: targets },
        read: (state) => valueOf[state.mode],
        write: (value, state) => ({ command: toCommand(value, state) }),
      },
      {
        characteristic: Characteristic.SecuritySystemCurrentState,
        props: { validValues: [...targets, triggered] },
        read: currentState,
      },
      {
        characteristic: Characteristic.SecuritySystemAlarmType,
        // 1 is "an alarm of unknown type", the only kind that HomeKit knows.
        read: (state) => (state.phase === 'triggered' ? 1 : 0),
      },
    ];
  },
});

/** Home shows "Arming…" while the current state has not reached the target yet. */
function currentState({ mode, phase }: StateOf<'alarm'>): number {
  if (phase === 'triggered') return triggered;
  return phase === 'arming' ? valueOf.disarmed : valueOf[mode];
}

/** Choosing the mode that is set already, while the alarm sounds, silences it and leaves the mode. */
function toCommand(value: CharacteristicValue, state: StateOf<'alarm'> | undefined): CommandOf<'alarm'> {
  const mode = modeOf[Number(value)] ?? 'disarmed';
  if (state?.phase === 'triggered' && state.mode === mode) return { action: 'silence' };
  return { action: 'set-mode', mode };
}
