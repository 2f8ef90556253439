import { readMeaning, type MediaRow, type Meaning } from './media-row.ts';

export interface DiffSettings {
  /** Older at first sight than this, in ms: a fact for the record that is not shown as happening now. */
  freshMs: number;
  /** Recordings older than this are never new, in ms. */
  keepMs: number;
  /** Most recordings that are remembered. */
  maxSeen: number;
}

export const defaultDiffSettings: DiffSettings = { freshMs: 300_000, keepMs: 48 * 3_600_000, maxSeen: 4000 };

export interface Seen {
  id: string;
  device: string;
  createdAt: number;
}

/** Everything that began before `horizon` counts as seen; what began later is new unless it is in `seen`. */
export interface DiffState {
  /** Epoch ms. */
  horizon: number;
  seen: readonly Seen[];
}

/** The time here and at the cloud, epoch ms; they may differ by hours. */
export interface Clocks {
  local: number;
  cloud: number;
}

export interface Occurrence {
  row: MediaRow;
  meaning: Meaning;
  /** Whether it is recent enough to be shown as happening now. */
  isFresh: boolean;
}

/** A recording that begins later than this from now, in ms, waits until its time has come. */
const maxFutureMs = 120_000;

/**
 * Tells which recordings are new, oldest first. The lists overlap, come in any order, bring back old rows when somebody
 * watches or deletes them, and may tell of one recording under two ids: one recording is one occurrence, for ever.
 */
export function diffMedia(
  settings: DiffSettings,
  state: DiffState,
  rows: readonly MediaRow[],
  clocks: Clocks,
): { state: DiffState; occurrences: Occurrence[] } {
  const known = new Set(state.seen.flatMap(keysOf));
  const latest = Math.max(clocks.local, clocks.cloud) + maxFutureMs;
  const occurrences: Occurrence[] = [];
  const fresh: Seen[] = [];
  for (const row of rows.toSorted((a, b) => a.createdAt - b.createdAt)) {
    const meaning = readMeaning(row);
    if (!meaning || row.createdAt < state.horizon || row.createdAt > latest) continue;
    if (keysOf(row).some((key) => known.has(key))) continue;
    for (const key of keysOf(row)) known.add(key);
    fresh.push({ id: row.id, device: row.device, createdAt: row.createdAt });
    occurrences.push({ row, meaning, isFresh: ageOf(row, clocks) <= settings.freshMs });
  }
  const oldest = Math.min(clocks.local, clocks.cloud) - settings.keepMs;
  return { state: forget(settings, state, fresh, oldest), occurrences };
}

/** A camera cannot begin two recordings in one second, whatever their ids. */
function keysOf({ id, device, createdAt }: Seen): [string, string] {
  return [`id ${id}`, `at ${device} ${Math.floor(createdAt / 1000)}`];
}

/** By the clock that is nearer: one of them may be wrong. */
function ageOf({ createdAt }: MediaRow, { local, cloud }: Clocks): number {
  return Math.min(Math.abs(local - createdAt), Math.abs(cloud - createdAt));
}

/** What is forgotten falls behind the horizon, so that it never comes back as new. */
function forget({ maxSeen }: DiffSettings, state: DiffState, fresh: readonly Seen[], oldest: number): DiffState {
  const horizon = Math.max(state.horizon, oldest);
  if (fresh.length === 0 && horizon === state.horizon && state.seen.length <= maxSeen) return state;
  const all = [...state.seen, ...fresh].toSorted((a, b) => a.createdAt - b.createdAt);
  const surplus = all[all.length - maxSeen - 1];
  const least = surplus ? Math.max(horizon, surplus.createdAt + 1) : horizon;
  return { horizon: least, seen: all.filter(({ createdAt }) => createdAt >= least) };
}

/** From when on changes have to be asked for, epoch ms: the last answer and an overlap, by the slower clock. */
export function askSince(
  { lastAnswerAt, horizon, overlapMs }: { lastAnswerAt: number | undefined; horizon: number; overlapMs: number },
  { local, cloud }: Clocks,
): number {
  const from = Math.min(lastAnswerAt ?? horizon, local, cloud);
  return Math.max(horizon - overlapMs, from - overlapMs);
}
