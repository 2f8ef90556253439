/**
 * Until when a motion is shown: for a while from now, longer when it goes on; never shorter than before. All times are ms of
 * one clock.
 */
export function motionUntil(
  before: number | undefined,
  { at, durationMs }: { at: number; durationMs: number },
  { now, leastMs }: { now: number; leastMs: number },
): number {
  // A clock that is ahead must not keep it moving for hours.
  const end = Math.min(at, now) + Math.min(durationMs, 600_000);
  return Math.max(before ?? 0, now + leastMs, end);
}
