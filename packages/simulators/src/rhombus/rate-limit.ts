/** A token bucket: `perSecond` requests in the long run, `burst` at once. */
export interface RateLimit {
  perSecond: number;
  burst: number;
}

/** What is left of a bucket at a moment; start with `{tokens: burst, atMs: now}`. */
export interface Bucket {
  tokens: number;
  atMs: number;
}

/** Takes one request out of the bucket; when it is empty, says after how many whole seconds (at least 1) to try again. */
export function takeRequest(
  bucket: Bucket,
  limit: RateLimit,
  nowMs: number,
): { bucket: Bucket; retryAfterSec?: number } {
  const refilled = bucket.tokens + (Math.max(0, nowMs - bucket.atMs) / 1000) * limit.perSecond;
  const tokens = Math.min(limit.burst, refilled);
  if (tokens >= 1) return { bucket: { tokens: tokens - 1, atMs: nowMs } };
  const retryAfterSec = Math.max(1, Math.ceil((1 - tokens) / limit.perSecond));
  return { bucket: { tokens, atMs: nowMs }, retryAfterSec };
}
