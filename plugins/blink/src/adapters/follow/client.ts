import type { AlarmMode, Bus } from '@porchlight/core';

export interface AlarmCallbacks {
  onMode(mode: AlarmMode): void;
  onRinging(isRinging: boolean): void;
}

/** Follows the alarm of the house on the bus; returns the way to stop. */
export function followAlarmOnBus(bus: Bus, { onMode, onRinging }: AlarmCallbacks): () => void {
  let isRinging = false;
  return bus.onState({ capability: 'alarm' }, (_address, state) => {
    if (!state) return;
    if ((state.phase === 'triggered') !== isRinging) {
      isRinging = state.phase === 'triggered';
      onRinging(isRinging);
    }
    onMode(state.mode);
  });
}
