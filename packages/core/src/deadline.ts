import type { Clock } from './clock.ts';

/** One pending moment at which something is due; setting it again moves it. */
export interface Deadline {
  /** Calls the callback once after this many milliseconds, instead of any earlier setting. */
  set(delayMs: number): void;
  clear(): void;
}

/** A re-settable timer on an injected clock, so that state machines stay free of timers. */
export function createDeadline(clock: Clock, onDue: () => void): Deadline {
  let pending: AbortController | undefined;
  const clear = (): void => {
    // A reason of its own is cheaper than the exception that is made without one.
    pending?.abort('cleared');
    pending = undefined;
  };
  return {
    clear,
    set(delayMs) {
      clear();
      const controller = new AbortController();
      pending = controller;
      clock.sleep(Math.max(0, delayMs), controller.signal).then(
        () => {
          if (pending !== controller) return;
          pending = undefined;
          onDue();
        },
        () => undefined,
      );
    },
  };
}
