import { describeError, errorCode } from '@porchlight/core';
import type { FilmLine } from '../domain/manifest.ts';
import { filmName } from '../domain/names.ts';
import { type Gap, isPassing } from '../domain/recorded.ts';
import { brokenFilm } from '../errors.ts';
import type { DeviceCopy } from './device-copy.ts';
import { checkFilm, checkLength } from './film-check.ts';
import { type FilmJob, soundName, type Stream } from './film-job.ts';
import type { CopyParts } from './parts.ts';

export interface Copies {
  picture: DeviceCopy;
  sound?: DeviceCopy;
}

/** A picture that waits for its sound, its check and its name. */
export interface Draft {
  /** Name of the draft; it gets the film's name in the end. */
  name: string;
  bytes: number;
  sha256: string;
  beginMs: number;
  /** From the first picture to the end of the last, seconds. */
  spanSec: number;
  footageSec: number;
  segments: number;
  gaps: Gap[];
  clockOffsetMs?: number;
}

type Sound = FilmLine['sound'];

/**
 * Gives the draft its sound, if there is any, checks what came of it and names it. A picture that is well is kept in any
 * case; one that is not rejects with `footage.broken-film`.
 */
export async function addSound(
  film: FilmJob,
  draft: Draft,
  copies: Copies,
  parts: CopyParts,
): Promise<{ file: string; sound: Sound; problems: string[] }> {
  const { naming } = film.job;
  const without = async (
    sound: Sound,
    problems: string[] = [],
  ): Promise<{ file: string; sound: Sound; problems: string[] }> => {
    const file = filmName(naming, false);
    await checkFilm(parts.folder.draft(draft.name), draft.spanSec, parts);
    await parts.folder.rename(draft.name, file);
    return { file, sound, problems };
  };
  if (film.lacksProgram) return without('missing', ['The sound was left out because ffmpeg cannot be run.']);
  if (!film.sound || !copies.sound) return without('none');
  if (film.sound.wanted.length === 0) return without(isFinal(film.sound) ? 'absent' : 'missing');
  if (film.sound.fetched.length === 0) return without('missing');
  try {
    const there = (await film.drafts.sound?.finish())?.there ?? [];
    const [first] = there;
    if (!first) throw brokenFilm('its sound is not there any more');
    const file = filmName(naming, true);
    await mux(film, draft, first.startSec * 1000 - draft.beginMs, parts);
    await parts.folder.rename(`${film.name}.muxed.mp4`, file);
    Object.assign(draft, await parts.folder.measure(file));
    await parts.folder.discard(draft.name);
    const gaps = film.sound.gaps(there);
    return { file, sound: gaps.length === 0 ? 'whole' : gaps.some(isPassing) ? 'missing' : 'partial', problems: [] };
  } catch (error) {
    parts.signal.throwIfAborted();
    if (errorCode(error) !== 'footage.broken-film') throw error;
    await copies.sound.forget(film.sound.fetched);
    return without('missing', [`The sound could not be put in: ${describeError(error)}`]);
  } finally {
    await parts.folder.discard(`${film.name}.muxed.mp4`);
    await parts.folder.discard(soundName(film));
  }
}

/** No later run can get more of this. */
export function isFinal(stream: Stream): boolean {
  return !stream.gaps([]).some(isPassing);
}

async function mux(film: FilmJob, draft: Draft, soundLateMs: number, parts: CopyParts): Promise<void> {
  const { folder, ffmpeg, programs, settings, signal } = parts;
  const wish = {
    film: folder.draft(draft.name),
    sound: folder.draft(soundName(film)),
    target: folder.draft(`${film.name}.muxed.mp4`),
    soundLateSec: soundLateMs / 1000,
    verify: settings.verify,
  };
  checkLength(await programs(() => ffmpeg.mux(wish, signal)), draft.spanSec);
}
