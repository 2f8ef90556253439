const slowMs = 15_000;
const longestMs = 60_000;

export interface LookFacts {
  /** As configured. */
  pollMs: number;
  /** Whether each look starts a program. */
  isCostly: boolean;
  /** How often in a row it was not to be found. */
  misses: number;
}

/** Milliseconds until the hardware is looked at again: rarer where a look is costly, and the longer it is away. */
export function nextLookMs({ pollMs, isCostly, misses }: LookFacts): number {
  if (misses > 0) return Math.max(pollMs, Math.min(longestMs, pollMs * 2 ** Math.min(misses - 1, 20)));
  return isCostly ? Math.max(pollMs, slowMs) : pollMs;
}
