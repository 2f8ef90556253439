import { setTimeout as sleep } from 'node:timers/promises';
import type { Clock } from '@porchlight/core';

/** The time of a command, which runs outside of any host. */
export const clock: Clock = {
  now: () => Date.now(),
  monotonic: () => performance.now(),
  sleep: (ms, signal) => sleep(ms, undefined, signal ? { signal } : {}),
};
