/** A span of time to ask about, epoch ms; the last one has no end. */
export interface Window {
  from: number;
  to?: number;
}

/** Alerts are listed some time after the movement, and clocks differ; so much is asked for again. */
const overlapMs = 600_000;
/** Nothing older is asked for after a pause. */
const longestMs = 24 * 3_600_000;
const windowMs = 4 * 3_600_000;

/** What to ask about, oldest first: from where the last question ended, a bounded time back, in pieces. */
export function planLookBack(checkedTo: number | undefined, firstLookMs: number, now: number): Window[] {
  const since =
    checkedTo === undefined ? now - firstLookMs : Math.max(Math.min(checkedTo, now) - overlapMs, now - longestMs);
  const windows: Window[] = [];
  let from = since;
  for (; now - from > windowMs + overlapMs; from += windowMs) windows.push({ from, to: from + windowMs });
  return [...windows, { from }];
}
