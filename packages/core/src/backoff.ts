import type { Clock } from './clock.ts';
import type { PorchlightError } from './errors.ts';

export interface BackoffOptions {
  /** First wait, milliseconds. */
  firstMs: number;
  /** Longest wait, milliseconds. A server's Retry-After may exceed it, up to `maxRetryAfterMs`. */
  maxMs: number;
  /** Longest Retry-After that is obeyed, milliseconds. Default one hour. */
  maxRetryAfterMs?: number;
}

/**
 * The wait before attempt number `attempt` (1 is the first retry): doubling, with "equal jitter" (half fixed, half
 * random) so that many homes do not return in step. `random` is in [0, 1).
 */
export function backoffMs(attempt: number, options: BackoffOptions, random: number, retryAfterMs?: number): number {
  const ceiling = Math.min(options.maxMs, options.firstMs * 2 ** Math.min(attempt - 1, 30));
  const wait = ceiling / 2 + (ceiling / 2) * random;
  if (retryAfterMs === undefined) return wait;
  return Math.max(wait, Math.min(retryAfterMs, options.maxRetryAfterMs ?? 3_600_000));
}

/** Milliseconds asked for by a Retry-After header (seconds or an HTTP date); undefined when it is absent or unreadable. */
export function parseRetryAfter(header: string | null | undefined, now: number): number | undefined {
  if (!header) return undefined;
  if (/^\d+(\.\d+)?$/.test(header.trim())) return Number(header) * 1000;
  const at = Date.parse(header);
  return Number.isNaN(at) ? undefined : Math.max(0, at - now);
}

export interface RetryOptions extends BackoffOptions {
  clock: Clock;
  /** Attempts in all, at least 1. */
  attempts: number;
  signal?: AbortSignal;
  random?: () => number;
  onRetry?: (error: unknown, waitMs: number) => void;
}

/** Runs `attempt` until it succeeds, its error says that it will not heal, or the attempts are used up. */
export async function retry<T>(options: RetryOptions, attempt: (number: number) => Promise<T>): Promise<T> {
  const random = options.random ?? Math.random;
  for (let number = 1; ; number++) {
    try {
      return await attempt(number);
    } catch (error) {
      const ours =
        typeof error === 'object' && error !== null && 'retry' in error ? (error as PorchlightError) : undefined;
      if (number >= options.attempts || (ours && ours.retry !== 'later')) throw error;
      const waitMs = backoffMs(number, options, random(), ours?.retryAfterMs);
      options.onRetry?.(error, waitMs);
      await options.clock.sleep(waitMs, options.signal);
    }
  }
}
