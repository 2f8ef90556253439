import { describeError, errorCode } from '@porchlight/core';
import { type FilmLine, gapsOf } from '../domain/manifest.ts';
import type { Outcome } from '../domain/outcome.ts';
import { type Gap, isPassing } from '../domain/recorded.ts';
import { lengthSec, subtract } from '../domain/spans.ts';
import { addSound, type Copies, type Draft, isFinal } from './add-sound.ts';
import { checkedBy } from './film-check.ts';
import type { Drafted } from './film-draft.ts';
import { type FilmJob, pictureName } from './film-job.ts';
import type { CopyParts } from './parts.ts';

/** A clock that is off by more than this is worth a word, ms. */
const noteworthyOffsetMs = 2000;

export interface Finished {
  outcome: Outcome;
  /** A later run may complete the film, so the segments stay and only the missing ones have to be fetched. */
  keep: { picture: boolean; sound: boolean };
}

/** Makes the film of what was fetched: puts it together, checks it, lists it and gives it its name. */
export async function finishFilm(film: FilmJob, copies: Copies, parts: CopyParts): Promise<Finished> {
  const { picture, job, name } = film;
  const base = { name, camera: job.camera.name || job.camera.uuid };
  try {
    const made = await makeFilm(film, copies, parts);
    if (!made) return { outcome: await reportAbsent(film, parts), keep: { picture: false, sound: false } };
    const { draft, file, sound, problems } = made;
    const line = toLine(film, draft, { file, sound, checked: await checkedBy(parts) }, parts);
    await publish(film, line, parts);
    const all = [...picture.problems, ...(film.sound?.problems ?? []), ...problems];
    const isWhole = draft.gaps.length === 0 && (sound === 'none' || sound === 'whole' || sound === 'absent');
    const facts = {
      file,
      bytes: line.bytes,
      footageSec: draft.footageSec,
      gaps: draft.gaps,
      problems: [...new Set(all)],
    };
    const keep = { picture: draft.gaps.some(isPassing), sound: draft.gaps.some(isPassing) || sound === 'missing' };
    const growth = keep.picture || keep.sound ? { mayGrow: true as const } : {};
    return { outcome: { ...base, result: isWhole ? 'copied' : 'partial', ...facts, ...growth }, keep };
  } catch (error) {
    parts.signal.throwIfAborted();
    if (errorCode(error) !== 'footage.broken-film') throw error;
    const facts = { gaps: picture.gaps([]), problems: [describeError(error)] };
    const outcome: Outcome = { ...base, result: 'failed', ...facts, mayGrow: true };
    return { outcome, keep: { picture: false, sound: false } };
  }
}

async function reportAbsent(film: FilmJob, parts: CopyParts): Promise<Outcome> {
  const { job, name, picture } = film;
  const gaps = picture.gaps([]);
  const growth = isFinal(picture) ? {} : { mayGrow: true as const };
  if (isFinal(picture))
    await parts.manifest.add({ v: 1, type: 'absent', at: parts.clock.now(), name, ...windowOf(film, gaps) });
  const result = gaps.some(({ reason }) => reason === 'failed' || reason === 'wrong-time') ? 'failed' : 'absent';
  const base = { name, camera: job.camera.name || job.camera.uuid, problems: [...picture.problems] };
  return { ...base, result, gaps, ...growth, ...(picture.isRefused && { isRefused: true }) };
}

type Made = { draft: Draft } & Awaited<ReturnType<typeof addSound>>;

/** Two tries: a film that does not pass its check is fetched anew once. Undefined when there is nothing to make it of. */
async function makeFilm(film: FilmJob, copies: Copies, parts: CopyParts): Promise<Made | undefined> {
  if (film.existing) {
    const draft = await takeExisting(film, film.existing, parts);
    return { draft, ...(await addSound(film, draft, copies, parts)) };
  }
  for (let attempt = 1; ; attempt += 1) {
    try {
      const picture = await film.drafts.picture.finish();
      const draft = picture && (await toDraft(film, picture, copies));
      return draft && { draft, ...(await addSound(film, draft, copies, parts)) };
    } catch (error) {
      if (errorCode(error) !== 'footage.broken-film' || attempt > 1) throw error;
      parts.screen.warn(`${film.name}: ${describeError(error)}. It is copied anew.`);
      await copies.picture.forget(film.picture.fetched);
    }
  }
}

async function toDraft(film: FilmJob, { there, bytes, sha256 }: Drafted, copies: Copies): Promise<Draft | undefined> {
  const [first] = there;
  const last = there.at(-1);
  if (!first || !last) return undefined;
  const name = pictureName(film);
  const spanSec = last.endSec - first.startSec;
  const offsetMs = await copies.picture.clockOffsetMs(first);
  const isOff = offsetMs !== undefined && Math.abs(offsetMs) > noteworthyOffsetMs;
  return {
    name,
    bytes,
    sha256,
    beginMs: first.startSec * 1000,
    spanSec,
    footageSec: lengthSec(there),
    segments: there.length,
    gaps: film.picture.gaps(there),
    ...(isOff && { clockOffsetMs: offsetMs }),
  };
}

async function takeExisting(film: FilmJob, line: FilmLine, { folder }: CopyParts): Promise<Draft> {
  const name = pictureName(film);
  await folder.borrow(line.file, name);
  const { bytes, sha256, begin: beginMs, footageSec, segments, clockOffsetMs } = line;
  const gaps = gapsOf(line);
  const endSec = subtract({ startSec: line.start / 1000, endSec: line.end / 1000 }, gaps).at(-1)?.endSec ?? 0;
  const facts = { bytes, sha256, beginMs, spanSec: endSec - beginMs / 1000, footageSec, segments, gaps };
  return { name, ...facts, ...(clockOffsetMs !== undefined && { clockOffsetMs }) };
}

function windowOf(
  { job }: FilmJob,
  gaps: readonly Gap[],
): Pick<FilmLine, 'camera' | 'alert' | 'start' | 'end' | 'gaps'> {
  const { camera, window, alertUuid } = job;
  return {
    camera: { uuid: camera.uuid, name: camera.name },
    ...(alertUuid !== undefined && { alert: alertUuid }),
    start: window.startSec * 1000,
    end: window.endSec * 1000,
    gaps: gaps.map(({ startSec, endSec, reason }) => ({ start: startSec * 1000, end: endSec * 1000, reason })),
  };
}

function toLine(
  film: FilmJob,
  draft: Draft,
  made: Pick<FilmLine, 'file' | 'sound' | 'checked'>,
  { clock }: CopyParts,
): FilmLine {
  const { bytes, sha256, footageSec, segments, beginMs, clockOffsetMs } = draft;
  return {
    v: 1,
    type: 'film',
    at: clock.now(),
    name: film.name,
    ...windowOf(film, draft.gaps),
    ...made,
    bytes,
    sha256,
    footageSec,
    segments,
    begin: beginMs,
    ...(clockOffsetMs !== undefined && { clockOffsetMs: Math.round(clockOffsetMs) }),
  };
}

// Listed before it is named: whoever is killed between the two finds the whole draft again by its hash.
async function publish(film: FilmJob, line: FilmLine, { manifest, folder }: CopyParts): Promise<void> {
  const earlier = manifest.lines.get(film.name);
  await manifest.add(line);
  await folder.publish(line.file);
  if (earlier?.type === 'film' && earlier.file !== line.file) await folder.remove(earlier.file);
}
