import type { Clock } from '@porchlight/core';

/** Resolves when the work is done, or after so many ms; rejects as the work does. The work goes on. */
export async function within(
  { clock, signal }: { clock: Clock; signal: AbortSignal },
  ms: number,
  work: Promise<void>,
): Promise<void> {
  const done = new AbortController();
  const late = clock.sleep(ms, AbortSignal.any([signal, done.signal])).catch(() => undefined);
  try {
    await Promise.race([work, late]);
  } finally {
    done.abort();
  }
}
