/** A segment may lie so far from the time that was asked for, ms. */
const toleranceMs = 2000;
/** A clock that is wrong by more than this is no explanation any more, ms. */
const maxClockOffsetMs = 60_000;

export type StampVerdict = 'right' | 'clock-differs' | 'wrong-time';

/**
 * Judges the time that a segment says it begins at. A camera whose clock is wrong is off by the same in all segments;
 * one segment alone that is off shows another time. `offsetMs` is what the segments before it were off by.
 */
export function checkStamp(stampMs: number, askedSec: number, offsetMs: number | undefined): StampVerdict {
  const off = stampMs - askedSec * 1000;
  if (Math.abs(off - (offsetMs ?? 0)) <= toleranceMs) return Math.abs(off) <= toleranceMs ? 'right' : 'clock-differs';
  if (Math.abs(off) <= toleranceMs) return 'right';
  return offsetMs === undefined && Math.abs(off) <= maxClockOffsetMs ? 'clock-differs' : 'wrong-time';
}
