/** A stretch of time: epoch seconds, the end not included. */
export interface Span {
  startSec: number;
  endSec: number;
}

/** The common part of two spans; undefined when there is none. */
export function intersect(a: Span, b: Span): Span | undefined {
  const startSec = Math.max(a.startSec, b.startSec);
  const endSec = Math.min(a.endSec, b.endSec);
  return endSec > startSec ? { startSec, endSec } : undefined;
}

/** The spans in order, those that overlap or lie less than `seamSec` apart made one. */
export function merge(spans: readonly Span[], seamSec = 0): Span[] {
  const merged: Span[] = [];
  for (const span of spans.toSorted((a, b) => a.startSec - b.startSec)) {
    const last = merged.at(-1);
    if (last && span.startSec - last.endSec <= seamSec) last.endSec = Math.max(last.endSec, span.endSec);
    else if (span.endSec > span.startSec) merged.push({ ...span });
  }
  return merged;
}

/** What is left of a span without the others. */
export function subtract(span: Span, others: readonly Span[]): Span[] {
  const left: Span[] = [];
  let fromSec = span.startSec;
  for (const other of merge(others)) {
    if (other.endSec <= fromSec) continue;
    if (other.startSec >= span.endSec) break;
    if (other.startSec > fromSec) left.push({ startSec: fromSec, endSec: other.startSec });
    fromSec = other.endSec;
  }
  return fromSec < span.endSec ? [...left, { startSec: fromSec, endSec: span.endSec }] : left;
}

/** Whether one of the spans holds the whole of this one. */
export function isCovered(span: Span, by: readonly Span[]): boolean {
  return by.some(({ startSec, endSec }) => startSec <= span.startSec && endSec >= span.endSec);
}

export function lengthSec(spans: readonly Span[]): number {
  return spans.reduce((sum, { startSec, endSec }) => sum + endSec - startSec, 0);
}
