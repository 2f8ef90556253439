import { describeError, errorCode, PorchlightError } from '@porchlight/core';
import type { Notice } from './domain/notice.ts';

/** A share of a notice that succeeds or fails by itself: one recipient, one picture. */
export interface Share {
  id: string;
  send(): Promise<unknown>;
}

/** How far a channel has come with a notice. */
export interface Progress {
  /** Ids of the shares that need no further try: they have arrived, or were refused for good. */
  readonly finished: Set<string>;
  /** What those who refused said. */
  readonly refusals: string[];
  /** Called after each share that is finished. */
  onStep?: () => void;
}

export function createProgress(): Progress {
  return { finished: new Set(), refusals: [] };
}

/**
 * Sends the shares of a notice, each for itself: one refusal stops no other share, and with the next try of the same
 * notice only what may still heal is sent. Rejects with `retry: 'later'` while anything may.
 */
export function createEachOnce(): (notice: Notice, shares: readonly Share[], progress?: Progress) => Promise<void> {
  const started = new WeakMap<Notice, Progress>();
  return async (notice, shares, given) => {
    const progress = given ?? started.get(notice) ?? createProgress();
    started.set(notice, progress);
    const delayed: PorchlightError[] = [];
    for (const { id, send } of shares) {
      if (progress.finished.has(id)) continue;
      try {
        await send();
      } catch (error) {
        if (mayHeal(error)) {
          delayed.push(error);
          continue;
        }
        progress.refusals.push(describeError(error));
      }
      progress.finished.add(id);
      progress.onStep?.();
    }
    const [first] = delayed;
    if (first) {
      throw new PorchlightError(errorCode(first) ?? refused, joined(delayed.map(describeError)), longestWait(delayed));
    }
    if (progress.refusals.length > 0) throw new PorchlightError(refused, joined(progress.refusals), { retry: 'never' });
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

const refused = 'notify.refused';

function mayHeal(error: unknown): error is PorchlightError {
  return typeof error === 'object' && error !== null && 'retry' in error && error.retry === 'later';
}

function longestWait(errors: readonly PorchlightError[]): { retryAfterMs?: number } {
  const waits = errors.flatMap(({ retryAfterMs }) => retryAfterMs ?? []);
  return waits.length === 0 ? {} : { retryAfterMs: Math.max(...waits) };
}

function joined(messages: readonly string[]): string {
  return [...new Set(messages)].join('; ');
}
