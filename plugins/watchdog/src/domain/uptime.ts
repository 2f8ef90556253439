/** One day (UTC) of watching. */
export interface WatchedDay {
  /** `2026-01-31` */
  day: string;
  watchedMs: number;
  offlineMs: number;
}

const maxDays = 400;

/** Adds time that was watched to its day. Days are kept in order; the oldest go. */
export function addWatched(
  days: readonly WatchedDay[],
  day: string,
  elapsedMs: number,
  isOffline: boolean,
): WatchedDay[] {
  const offlineMs = isOffline ? elapsedMs : 0;
  const known = days.find((entry) => entry.day === day) ?? { day, watchedMs: 0, offlineMs: 0 };
  const added = { day, watchedMs: known.watchedMs + elapsedMs, offlineMs: known.offlineMs + offlineMs };
  const others = days.filter((entry) => entry.day !== day);
  return [...others, added].toSorted((a, b) => (a.day < b.day ? -1 : 1)).slice(-maxDays);
}

/** Calls time of this day offline that was watched as online: an outage is known a while after it began. */
export function markOffline(days: readonly WatchedDay[], day: string, ms: number): WatchedDay[] {
  return days.map((entry) =>
    entry.day === day ? { ...entry, offlineMs: Math.min(entry.watchedMs, entry.offlineMs + ms) } : entry,
  );
}

/** Share of the watched time with a connection since `day`, per cent; undefined when nothing was watched. */
export function uptimePercent(days: readonly WatchedDay[], sinceDay: string): number | undefined {
  const counted = days.filter(({ day }) => day >= sinceDay);
  const watchedMs = counted.reduce((sum, day) => sum + day.watchedMs, 0);
  const offlineMs = counted.reduce((sum, day) => sum + day.offlineMs, 0);
  if (watchedMs === 0) return undefined;
  return Math.floor((1 - Math.min(offlineMs, watchedMs) / watchedMs) * 100_000) / 1000;
}
