/** A span of footage, in epoch seconds. */
export interface Span {
  startSec: number;
  durationSec: number;
}

/** What a device has on its own storage and what the cloud keeps of it. */
export interface Recording {
  /** First recorded second. */
  sinceSec: number;
  /** Older footage is gone from the device; `media_ttl_minutes` of the device. */
  retentionMinutes: number;
  /** Holes in the device's own recording. */
  gaps: Span[];
  /** Copies in the cloud, which stay reachable while the device is offline. */
  cloud: Span[];
}

/** How long footage is on the device before presence windows report it. */
export const reportLagSec = 120;

/** Whether the device itself holds this second at `nowSec`; the future and what retention removed are not held. */
export function isOnDevice(recording: Recording, second: number, nowSec: number): boolean {
  const oldest = Math.max(recording.sinceSec, nowSec - recording.retentionMinutes * 60);
  return second >= oldest && second < nowSec && !recording.gaps.some((gap) => covers(gap, second));
}

/** Whether the cloud holds a copy of this second. */
export function isInCloud(recording: Recording, second: number): boolean {
  return recording.cloud.some((span) => covers(span, second));
}

/** The device's presence windows inside `asked` (epoch s), without the last two minutes, which are not reported yet. */
export function localWindows(recording: Recording, asked: Span, nowSec: number): Span[] {
  const oldest = Math.max(recording.sinceSec, nowSec - recording.retentionMinutes * 60);
  const held = clip({ startSec: oldest, durationSec: nowSec - reportLagSec - oldest }, asked);
  return recording.gaps.reduce((windows, gap) => windows.flatMap((window) => without(window, gap)), held ? [held] : []);
}

/** The cloud's presence windows inside `asked` (epoch s). */
export function cloudWindows(recording: Recording, asked: Span): Span[] {
  return recording.cloud.flatMap((span) => clip(span, asked) ?? []);
}

function covers({ startSec, durationSec }: Span, second: number): boolean {
  return second >= startSec && second < startSec + durationSec;
}

function clip(span: Span, to: Span): Span | undefined {
  const start = Math.max(span.startSec, to.startSec);
  const end = Math.min(span.startSec + span.durationSec, to.startSec + to.durationSec);
  return end > start ? { startSec: start, durationSec: end - start } : undefined;
}

function without(window: Span, gap: Span): Span[] {
  const end = window.startSec + window.durationSec;
  const before = clip(window, { startSec: window.startSec, durationSec: Math.max(0, gap.startSec - window.startSec) });
  const gapEnd = gap.startSec + gap.durationSec;
  const after = clip(window, { startSec: gapEnd, durationSec: Math.max(0, end - gapEnd) });
  return [before, after].filter((part) => part !== undefined);
}
