import type { FilmLine } from '../domain/manifest.ts';
import { brokenFilm } from '../errors.ts';
import type { CopyParts } from './parts.ts';

/** A film may differ by so much from what its segments add up to, seconds. */
const durationToleranceSec = 2.5;

/** How films are checked on this machine. */
export async function checkedBy({ settings, ffmpeg, signal }: CopyParts): Promise<FilmLine['checked']> {
  return (await ffmpeg.isThere(signal)) ? settings.verify : 'structure';
}

/** Rejects with `footage.broken-film` when a film cannot be decoded or has another length. */
export async function checkFilm(path: string, spanSec: number, parts: CopyParts): Promise<void> {
  const how = await checkedBy(parts);
  if (how === 'structure') return;
  checkLength(await parts.programs(() => parts.ffmpeg.check(path, how, parts.signal)), spanSec);
}

export function checkLength(lengthSec: number, spanSec: number): void {
  if (Math.abs(lengthSec - spanSec) <= durationToleranceSec) return;
  throw brokenFilm(`it is ${lengthSec.toFixed(1)} s long instead of ${spanSec} s`);
}
