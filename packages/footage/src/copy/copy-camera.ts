import { describeError, errorCode, PorchlightError } from '@porchlight/core';
import { DeviceLink } from '../adapters/media/device-link.ts';
import { type FetchPlan, planFetch, type Slot } from '../domain/fetch-plan.ts';
import type { Job } from '../domain/job.ts';
import type { FilmLine } from '../domain/manifest.ts';
import type { Camera, Gateway, MediaDevice } from '../domain/organisation.ts';
import type { Outcome } from '../domain/outcome.ts';
import { judgeWindow, spanToAsk, type Availability } from '../domain/recorded.ts';
import type { Span } from '../domain/spans.ts';
import type { Copies } from './add-sound.ts';
import { DeviceCopy } from './device-copy.ts';
import { FilmDraft } from './film-draft.ts';
import { type FilmJob, nameOfFilm, pictureName, soundName, Stream } from './film-job.ts';
import { finishFilm } from './finish-film.ts';
import { restTogether, workThrough } from './limit.ts';
import type { CopyParts } from './parts.ts';

/** A second that has just passed may not be on the camera's disk yet. */
const settleSec = 3;

export interface CameraTask {
  camera: Camera;
  gateway?: Gateway;
  /** There is a gateway, but no ffmpeg that could put its sound in. */
  lacksProgram: boolean;
  jobs: { job: Job; existing?: FilmLine }[];
}

/** Copies the films of one camera: fetches both streams in order, and finishes each film as soon as it has all. */
export async function copyCamera(task: CameraTask, given: CopyParts): Promise<Outcome[]> {
  await settle(task, given);
  // What fails ends all else of this camera, which is waited for: nothing may be written after a run has ended.
  const own = new AbortController();
  const parts = { ...given, signal: AbortSignal.any([given.signal, own.signal]) };
  const windows = task.jobs.map(({ job }) => job.window);
  try {
    const { camera, gateway, lacksProgram } = task;
    const [picture, sound] = await Promise.all([
      prepareDevice(camera, windows, parts),
      gateway && !lacksProgram ? prepareSound(gateway, windows, parts) : undefined,
    ]);
    const films = task.jobs.map(({ job, existing }): FilmJob => {
      const base = { job, name: nameOfFilm(job), lacksProgram, ...(existing && { existing }) };
      return { ...base, ...draftStreams(base, { picture, ...(sound && { sound }) }, parts) };
    });
    const copies = { picture: picture.copy, ...(sound && { sound: sound.copy }) };
    return await copyFilms(films, copies, { parts, abort: (reason) => own.abort(reason) });
  } catch (error) {
    given.signal.throwIfAborted();
    if (!(error instanceof PorchlightError) || errorCode(error) === 'footage.disk-full') throw error;
    const outcomes = task.jobs.map(({ job }) => failed(job, error));
    for (const outcome of outcomes) parts.onOutcome(outcome);
    return outcomes;
  }
}

function draftStreams(
  film: Pick<FilmJob, 'job' | 'name'>,
  devices: { picture: PreparedDevice; sound?: PreparedDevice },
  parts: CopyParts,
): Pick<FilmJob, 'picture' | 'sound' | 'drafts'> {
  const { window } = film.job;
  const picture = devices.picture.stream(window);
  const draft = { stream: picture, copy: devices.picture.copy, parts, fromZero: true };
  const drafts = { picture: new FilmDraft(parts.folder.draft(pictureName(film)), draft) };
  if (!devices.sound) return { picture, drafts };
  const sound = devices.sound.stream(window);
  const soundDraft = { stream: sound, copy: devices.sound.copy, parts, fromZero: false };
  const target = parts.folder.draft(soundName(film));
  return { picture, sound, drafts: { ...drafts, sound: new FilmDraft(target, soundDraft) } };
}

function failed(job: Job, error: unknown): Outcome {
  const { camera, window } = job;
  const base = { name: nameOfFilm(job), camera: camera.name || camera.uuid, problems: [describeError(error)] };
  const refused = errorCode(error) === 'footage.auth' ? { isRefused: true as const } : {};
  return { ...base, result: 'failed', gaps: [{ ...window, reason: 'failed' }], mayGrow: true, ...refused };
}

async function settle({ jobs }: CameraTask, { clock, cloud, signal }: CopyParts): Promise<void> {
  const endSec = Math.max(...jobs.map(({ job }) => job.window.endSec));
  const readyAt = (endSec + settleSec) * 1000;
  const waitMs = readyAt - cloud.now();
  if (waitMs > 0 && waitMs <= 2 * settleSec * 1000) await clock.sleep(waitMs, signal);
}

interface PreparedDevice {
  copy: DeviceCopy;
  stream(window: Span): Stream;
}

async function prepareDevice(device: MediaDevice, windows: readonly Span[], parts: CopyParts): Promise<PreparedDevice> {
  const plan: FetchPlan = planFetch(windows, await parts.store.begins(device.uuid));
  const judge = await askPresence(device, plan, parts);
  const copy = new DeviceCopy(new DeviceLink(device, parts), parts);
  return {
    copy,
    stream(window) {
      const stream = new Stream(plan, window, judge(window));
      copy.reserve(stream.wanted);
      return stream;
    },
  };
}

/** Sound that cannot be asked for costs no film. */
async function prepareSound(gateway: Gateway, windows: readonly Span[], parts: CopyParts): Promise<PreparedDevice> {
  try {
    return await prepareDevice(gateway, windows, parts);
  } catch (error) {
    parts.signal.throwIfAborted();
    if (!(error instanceof PorchlightError)) throw error;
    const problem = `${gateway.name || gateway.uuid}, sound: ${describeError(error)}`;
    return {
      copy: new DeviceCopy(new DeviceLink(gateway, parts), parts),
      stream(window) {
        const gaps = [{ ...window, reason: 'failed' as const }];
        const stream = new Stream({ spans: [] }, window, { recorded: [], gaps });
        stream.problems.add(problem);
        return stream;
      },
    };
  }
}

async function askPresence(
  device: MediaDevice,
  { spans }: FetchPlan,
  { cloud }: CopyParts,
): Promise<(window: Span) => Availability> {
  const nowSec = Math.floor(cloud.now() / 1000);
  const presence: { local: Span[]; cloud: Span[] } = { local: [], cloud: [] };
  for (const span of nearby(spans)) {
    const found = await cloud.presence(device, spanToAsk(span, nowSec));
    presence.local.push(...found.local);
    presence.cloud.push(...found.cloud);
  }
  return (window) => judgeWindow(window, { presence, nowSec, isOnline: device.isOnline });
}

/** Stretches that lie within a day of each other are asked for in one call. */
function nearby(spans: readonly Span[]): Span[] {
  const groups: Span[] = [];
  for (const span of spans) {
    const last = groups.at(-1);
    if (last && span.endSec - last.startSec <= 86_000) last.endSec = Math.max(last.endSec, span.endSec);
    else groups.push({ ...span });
  }
  return groups;
}

/** Both streams run side by side; a film is finished while the next one is being fetched. */
async function copyFilms(
  films: readonly FilmJob[],
  copies: Copies,
  { parts, abort }: { parts: CopyParts; abort: (reason: unknown) => void },
): Promise<Outcome[]> {
  const gates = films.map(() => ({ picture: createGate(), sound: createGate() }));
  const streams = (['picture', 'sound'] as const).map((which) => {
    const copy = copies[which];
    const onFilm = (index: number): void => gates[index]?.[which].open();
    if (copy) return fetchStream(films, which, { copy, parts, onFilm });
    films.forEach((_, index) => onFilm(index));
    return Promise.resolve();
  });
  const finishing = films.map(async (film, index) => {
    await Promise.all([gates[index]?.picture.opened, gates[index]?.sound.opened]);
    const { outcome, keep } = await finishFilm(film, copies, parts);
    await copies.picture.release(film.picture.wanted, keep.picture);
    if (film.sound) await copies.sound?.release(film.sound.wanted, keep.sound);
    parts.onOutcome(outcome);
    return outcome;
  });
  await restTogether([...streams, ...finishing], (error) => {
    abort(error);
    for (const { picture, sound } of gates) for (const gate of [picture, sound]) gate.fail(error);
  }).finally(() => Promise.all(films.map(({ drafts }) => restOf(drafts))));
  return Promise.all(finishing);
}

async function restOf({ picture, sound }: FilmJob['drafts']): Promise<void> {
  await picture.rest();
  await sound?.rest();
}

interface Gate {
  open: () => void;
  fail: (error: unknown) => void;
  opened: Promise<void>;
}

function createGate(): Gate {
  const { promise, resolve, reject } = Promise.withResolvers<void>();
  return { open: resolve, fail: reject, opened: promise };
}

interface StreamTask {
  slot: Slot;
  film: FilmJob;
  stream: Stream;
  index: number;
}

/** Fetches one stream of all films in order; `onFilm` is told of each film that has all that can be had. */
async function fetchStream(
  films: readonly FilmJob[],
  which: 'picture' | 'sound',
  { copy, parts, onFilm }: { copy: DeviceCopy; parts: CopyParts; onFilm: (index: number) => void },
): Promise<void> {
  const tasks = films.map((film, index): StreamTask[] => {
    const stream = film.existing && which === 'picture' ? undefined : film[which];
    return stream?.wanted.map((slot) => ({ slot, film, stream, index })) ?? [];
  });
  const left = tasks.map(({ length }) => length);
  left.forEach((count, index) => count === 0 && onFilm(index));
  await workThrough(tasks.flat(), parts.settings.limits.segmentsInFlight, async ({ slot, film, stream, index }) => {
    const fetched = await copy.fetch(slot);
    stream.settle(slot, fetched.isThere ? undefined : fetched);
    left[index] = (left[index] ?? 0) - 1;
    film.drafts[which]?.advance();
    if (which === 'picture') report(film, left[index] ?? 0, parts);
    if (left[index] === 0) onFilm(index);
  });
}

function report({ job, name, picture }: FilmJob, left: number, { screen }: CopyParts): void {
  const total = picture.wanted.length;
  const totalSec = job.window.endSec - job.window.startSec;
  const doneSec = Math.round((totalSec * (total - left)) / Math.max(1, total));
  screen.progress({ camera: job.camera.name || job.camera.uuid, name, doneSec, totalSec });
}
