import { describeError, errorCode, PorchlightError } from '@porchlight/core';
import type { Notice } from './domain/notice.ts';

/** A share of a notice that succeeds or fails by itself: one recipient, one picture. */
export interface Share {
  id: string;
  send(): Promise<unknown>;
}

interface Progress {
  finished: Set<string>;
  refusals: unknown[];
}

/**
 * Sends the shares of a notice, each for itself: one refusal stops no other share, and with the next try of the same
 * notice only what may still heal is sent. Rejects with `retry: 'later'` while anything may.
 */
export function createEachOnce(): (notice: Notice, shares: readonly Share[]) => Promise<void> {
  const started = new WeakMap<Notice, Progress>();
  return async (notice, shares) => {
    const progress = started.get(notice) ?? { finished: new Set(), refusals: [] };
    started.set(notice, progress);
    const delayed: PorchlightError[] = [];
    for (const { id, send } of shares) {
      if (progress.finished.has(id)) continue;
      try {
        await send();
        progress.finished.add(id);
      } catch (error) {
        if (mayHeal(error)) delayed.push(error);
        else {
          progress.finished.add(id);
          progress.refusals.push(error);
        }
      }
    }
    const [first] = delayed;
    if (first) throw joined(delayed, longestWait(delayed));
    if (progress.refusals.length > 0) throw joined(progress.refusals, { retry: 'never' });
  };
}

/** A picture that is refused must not cost the message: it then goes out alone. */
export async function withOrWithoutPicture(notice: Notice, send: (notice: Notice) => Promise<unknown>): Promise<void> {
  try {
    await send(notice);
  } catch (error) {
    if (!notice.images?.length || mayHeal(error)) throw error;
    await send({ ...notice, images: [] });
  }
}

function mayHeal(error: unknown): error is PorchlightError {
  return typeof error === 'object' && error !== null && 'retry' in error && error.retry === 'later';
}

function longestWait(errors: readonly PorchlightError[]): { retryAfterMs?: number } {
  const waits = errors.flatMap(({ retryAfterMs }) => retryAfterMs ?? []);
  return waits.length === 0 ? {} : { retryAfterMs: Math.max(...waits) };
}

function joined(errors: readonly unknown[], details: { retry?: 'never'; retryAfterMs?: number }): PorchlightError {
  const messages = [...new Set(errors.map(describeError))];
  return new PorchlightError(errorCode(errors[0]) ?? 'notify.refused', messages.join('; '), details);
}
