import type { Clock } from '@porchlight/core';
import { systemClock } from '@porchlight/core/node';

/** Time that flies, so many times as fast as the wall's. */
export const hastenClock = (speed: number): Clock => ({
  now: () => systemClock.now() * speed,
  monotonic: () => systemClock.monotonic() * speed,
  sleep: (ms, signal) => systemClock.sleep(ms / speed, signal),
});
