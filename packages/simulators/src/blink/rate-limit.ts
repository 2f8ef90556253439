import type { Answer } from '../shared/http.ts';

/** How many requests the cloud bears. Its real limits are not known. */
export interface RateLimit {
  requests: number;
  perMs: number;
  /** @default 429 */
  status?: 429 | 403;
  /** @default no `Retry-After` */
  retryAfterSeconds?: number;
}

/** Refuses requests beyond a limit; refused ones count too, so who does not slow down stays out. */
export class RateLimiter {
  /** Absent: no limit. */
  limit: RateLimit | undefined;
  /** How many were refused. */
  refused = 0;
  readonly #now: () => number;
  #times: number[] = [];

  constructor(now: () => number) {
    this.#now = now;
  }

  /** The refusal of a request that arrives now; undefined when it is within the limit. */
  check(): Answer | undefined {
    if (!this.limit) return undefined;
    const now = this.#now();
    const { requests, perMs, status = 429, retryAfterSeconds } = this.limit;
    this.#times = [...this.#times.filter((at) => at > now - perMs), now];
    if (this.#times.length <= requests) return undefined;
    this.refused += 1;
    const headers = retryAfterSeconds === undefined ? {} : { 'retry-after': String(retryAfterSeconds) };
    return { status, headers, body: { message: 'Too many requests' } };
  }
}
