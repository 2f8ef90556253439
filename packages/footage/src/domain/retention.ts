import type { FilmLine } from './manifest.ts';

export interface KeptFilm {
  line: FilmLine;
  bytes: number;
}

export type Removal = { film: KeptFilm; reason: 'too old' | 'too much' | 'disk full' };

export interface KeepRules {
  keepDays?: number;
  keepBytes?: number;
  /** Bytes that have to become free. */
  missingBytes?: number;
}

/** The films to delete, oldest footage first. `now` in epoch ms. */
export function chooseRemovals(films: readonly KeptFilm[], rules: KeepRules, now: number): Removal[] {
  const oldestFirst = films.toSorted((a, b) => a.line.end - b.line.end);
  const oldestAt = rules.keepDays === undefined ? -Infinity : now - rules.keepDays * 86_400_000;
  let totalBytes = films.reduce((sum, { bytes }) => sum + bytes, 0);
  let missingBytes = rules.missingBytes ?? 0;
  const removals: Removal[] = [];
  for (const film of oldestFirst) {
    const isTooMuch = rules.keepBytes !== undefined && totalBytes > rules.keepBytes;
    const reason = film.line.end < oldestAt ? 'too old' : isTooMuch ? 'too much' : missingBytes > 0 && 'disk full';
    if (!reason) break;
    removals.push({ film, reason });
    totalBytes -= film.bytes;
    missingBytes -= film.bytes;
  }
  return removals;
}
