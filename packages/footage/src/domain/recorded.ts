import { intersect, merge, subtract, type Span } from './spans.ts';

/** Pauses of less than this between two reported stretches are no gaps, seconds. */
const seamSec = 2;
/** Recordings are reported so many seconds late. */
export const reportLagSec = 120;
/** A recording that reaches so near to what can be reported at all is going on, seconds. */
const horizonSlackSec = 15;

/** Why there is no footage of a stretch. */
export type GapReason =
  /** The camera did not record, or no longer has it. */
  | 'not-recorded'
  /** It lies in the future, or too shortly ago to be known of. */
  | 'not-yet'
  /** The camera is not connected, and the cloud has no copy. */
  | 'offline'
  /** It was tried and did not come. */
  | 'failed'
  /** What came was the footage of another time. */
  | 'wrong-time';

export interface Gap extends Span {
  reason: GapReason;
}

/** Gaps of these kinds may be filled by a later run. */
const passing: ReadonlySet<GapReason> = new Set(['not-yet', 'offline', 'failed', 'wrong-time']);

export function isPassing({ reason }: { reason: GapReason }): boolean {
  return passing.has(reason);
}

export interface Presence {
  local: readonly Span[];
  cloud: readonly Span[];
}

/** What of a window can be copied, and why the rest cannot. */
export interface Availability {
  /** All that is known to be recorded, also beyond the window: segments may reach over its edges. */
  recorded: Span[];
  gaps: Gap[];
}

/**
 * The stretch to ask for in order to judge a window. One that lies in the last two minutes is judged by what comes before
 * them.
 */
export function spanToAsk(window: Span, nowSec: number): Span {
  const sureSec = nowSec - reportLagSec - horizonSlackSec;
  const isRecent = window.endSec > nowSec - reportLagSec;
  const startSec = isRecent ? Math.min(window.startSec, sureSec) : window.startSec;
  return { startSec: startSec - 1, endSec: window.endSec + 1 };
}

/**
 * Judges a window by what is reported as recorded. The last two minutes are never reported: a recording that reaches up
 * to them is taken to go on until `nowSec`.
 */
export function judgeWindow(
  window: Span,
  { presence, nowSec, isOnline }: { presence: Presence; nowSec: number; isOnline: boolean },
): Availability {
  const horizonSec = nowSec - reportLagSec;
  const reported = merge([...presence.local, ...presence.cloud], seamSec);
  const goesOn =
    isOnline && merge(presence.local, seamSec).some(({ endSec }) => endSec >= horizonSec - horizonSlackSec);
  const tail = goesOn ? [{ startSec: horizonSec - horizonSlackSec, endSec: nowSec }] : [];
  const recorded = merge([...reported, ...tail], seamSec);
  const gaps = subtract(window, recorded).flatMap((gap) => explain(gap, horizonSec, isOnline));
  return { recorded, gaps };
}

function explain(gap: Span, horizonSec: number, isOnline: boolean): Gap[] {
  const known = intersect(gap, { startSec: -Infinity, endSec: horizonSec });
  const unknown = intersect(gap, { startSec: horizonSec, endSec: Infinity });
  return [
    ...(known ? [{ ...known, reason: isOnline ? ('not-recorded' as const) : ('offline' as const) }] : []),
    ...(unknown ? [{ ...unknown, reason: 'not-yet' as const }] : []),
  ];
}

/** Gaps in order, neighbours of one reason made one. */
export function mergeGaps(gaps: readonly Gap[]): Gap[] {
  const merged: Gap[] = [];
  for (const gap of gaps.toSorted((a, b) => a.startSec - b.startSec)) {
    const last = merged.at(-1);
    if (last && last.reason === gap.reason && gap.startSec <= last.endSec) {
      last.endSec = Math.max(last.endSec, gap.endSec);
    } else merged.push({ ...gap });
  }
  return merged;
}
