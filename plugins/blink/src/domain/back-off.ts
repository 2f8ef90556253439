/** Kinds of refusal, by what helps. */
export type Refusal = 'too-many' | 'forbidden' | 'fault' | 'final' | 'sign-in';

const rules: Readonly<Record<Refusal, { firstMs: number; maxMs: number }>> = {
  'too-many': { firstMs: 60_000, maxMs: 1_800_000 },
  // Throttling shows as 403 for minutes to hours.
  forbidden: { firstMs: 300_000, maxMs: 1_200_000 },
  fault: { firstMs: 5000, maxMs: 300_000 },
  // Only a change of ours, or of the owner's, helps: look once in an hour.
  final: { firstMs: 3_600_000, maxMs: 3_600_000 },
  'sign-in': { firstMs: 5000, maxMs: 5000 },
};

/** A Retry-After beyond this is not believed, in ms. */
export const longestAskedMs = 6 * 3_600_000;

/**
 * How long to leave the cloud alone after the `failures`-th refusal in a row (1 is the first), in ms. What the cloud
 * itself asks for is never undercut. `random` in [0, 1) spreads faults, so that homes do not return in step.
 */
export function backOffMs(
  refusal: Refusal,
  failures: number,
  { random, retryAfterMs = 0 }: { random: number; retryAfterMs?: number },
): number {
  const { firstMs, maxMs } = rules[refusal];
  const wait = Math.min(maxMs, firstMs * 2 ** Math.min(Math.max(failures, 1) - 1, 20));
  const spread = refusal === 'fault' ? 0.5 + 0.5 * random : 1 + 0.1 * random;
  return Math.max(wait * spread, Math.min(retryAfterMs, longestAskedMs));
}
