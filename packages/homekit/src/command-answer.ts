import type { Clock } from '@porchlight/core';

/** HomeKit gives up on a write after about 10 s and shows trouble after 3 s; the answer must come before that. */
export const answerWithinMs = 2_500;

export type Outcome = 'done' | 'begun' | 'late';

/**
 * Waits for a command as long as HomeKit waits for its answer. Rejects with the command's error when it fails in time;
 * `onLate` hears how a late one ended.
 */
export async function awaitAnswer(parts: {
  clock: Clock;
  command: Promise<void>;
  /** Resolves when the device has begun, where that is enough. */
  begun: Promise<void>;
  onLate: (error?: unknown) => void;
}): Promise<Outcome> {
  const timer = new AbortController();
  let isAnswered = false;
  const late = parts.clock.sleep(answerWithinMs, timer.signal).then(
    (): Outcome => 'late',
    (): Outcome => 'late',
  );
  parts.command.then(
    () => isAnswered && parts.onLate(),
    (error: unknown) => isAnswered && parts.onLate(error),
  );
  try {
    return await Promise.race([
      parts.command.then((): Outcome => 'done'),
      parts.begun.then((): Outcome => 'begun'),
      late,
    ]);
  } finally {
    isAnswered = true;
    timer.abort();
  }
}
