import { merge, type Span } from './spans.ts';

/** Length of the segments that footage comes in, seconds. */
export const segmentSec = 2;
/** Longest stretch that is asked for at once, seconds. */
const longestSpanSec = 43_200;

/** One segment: its time, and its place (from 0) in the stretch it is asked for with. */
export interface Slot extends Span {
  span: Span;
  place: number;
}

/** The stretches of one device that are asked for, so that no second of overlapping films is fetched twice. */
export interface FetchPlan {
  spans: Span[];
}

/**
 * Overlapping windows become one stretch. A stretch begins where its first window begins, or up to a second earlier
 * where that lets it share segments that are already there (`storedSec`: begin of any such segment inside it).
 */
export function planFetch(windows: readonly Span[], storedSec: readonly number[] = []): FetchPlan {
  const spans = merge(windows, -1).map((span) => alignSpan(span, storedSec));
  return { spans: spans.flatMap(splitSpan) };
}

function alignSpan(span: Span, storedSec: readonly number[]): Span {
  const anchor = storedSec.find((second) => second > span.startSec - segmentSec && second < span.endSec);
  const early = anchor === undefined ? 0 : (((span.startSec - anchor) % segmentSec) + segmentSec) % segmentSec;
  return { startSec: span.startSec - early, endSec: span.endSec };
}

function splitSpan({ startSec, endSec }: Span): Span[] {
  const parts: Span[] = [];
  for (let from = startSec; from < endSec; from += longestSpanSec) {
    parts.push({ startSec: from, endSec: Math.min(endSec, from + longestSpanSec) });
  }
  return parts;
}

/** The segments that hold a window, in order. They may reach a second beyond it where it shares a stretch with another. */
export function slotsOf({ spans }: FetchPlan, window: Span): Slot[] {
  return spans.flatMap((span) => {
    const first = Math.max(0, Math.floor((window.startSec - span.startSec) / segmentSec));
    const beyond = Math.ceil((Math.min(window.endSec, span.endSec) - span.startSec) / segmentSec);
    return Array.from({ length: Math.max(0, beyond - first) }, (_, index) => slotAt(span, first + index));
  });
}

function slotAt(span: Span, place: number): Slot {
  const startSec = span.startSec + place * segmentSec;
  return { startSec, endSec: Math.min(startSec + segmentSec, span.endSec), span, place };
}
