import { createDeadline } from '@porchlight/core';
import { mapCapability } from '../mapping.ts';

/** How long the momentary switch shows that it was pressed, milliseconds. */
const pressedMs = 1_000;

/** A switch that falls back by itself: switching it on runs one power cycle. */
export const powerCycle = mapCapability<'power-cycle'>({
  label: 'Restart',
  service: (hap) => hap.Service.Switch,
  bindings({ hap, clock, signal, refresh }) {
    let isPressed = false;
    const release = createDeadline(clock, () => {
      isPressed = false;
      refresh();
    });
    signal.addEventListener('abort', release.clear, { once: true });
    return [
      {
        characteristic: hap.Characteristic.On,
        read: () => isPressed,
        write(value) {
          if (value !== true && value !== 1) return undefined;
          isPressed = true;
          release.set(pressedMs);
          return { command: { action: 'run' }, isBegun: ({ phase }) => phase === 'off' || phase === 'restoring' };
        },
      },
    ];
  },
});
