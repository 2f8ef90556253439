import { gapsOf, judgeKnown } from '../domain/manifest.ts';
import type { Job } from '../domain/job.ts';
import { filmName } from '../domain/names.ts';
import { gatewayOf, type Organisation } from '../domain/organisation.ts';
import type { Outcome } from '../domain/outcome.ts';
import { type CameraTask, copyCamera } from './copy-camera.ts';
import { nameOfFilm } from './film-job.ts';
import { findJobs } from './find-jobs.ts';
import { workThrough } from './limit.ts';
import type { CopyParts } from './parts.ts';

export interface CopyRequest {
  /** Only alerts after this, epoch seconds; instead of the setting. */
  since?: number;
  /** Windows that are not over yet are left for a later look. */
  leavesOpen?: boolean;
}

/** One look: finds the films that are asked for, and copies those that are not there yet. */
export async function copyOnce(parts: CopyParts, request: CopyRequest = {}): Promise<Outcome[]> {
  // Whether there is ffmpeg is found out while the cloud is asked.
  const [organisation] = await Promise.all([parts.cloud.organisation(), parts.ffmpeg.isThere(parts.signal)]);
  const found = await findJobs(organisation, parts, request.since);
  const nowSec = parts.cloud.now() / 1000;
  const jobs = request.leavesOpen ? found.filter(({ window }) => window.endSec + settledSec <= nowSec) : found;
  const { tasks, outcomes } = await sortOut(dropTwins(jobs, parts), organisation, parts);
  // Who looks again and again does not want to hear of the same films each time.
  if (!request.leavesOpen) for (const known of outcomes) parts.onOutcome(known);
  if (parts.settings.say.isDryRun) return [...outcomes, ...tasks.flatMap((task) => plan(task, parts))];
  await runTasks(tasks, parts, outcomes);
  return outcomes;
}

/** A window is left alone until so long after its end, seconds. */
const settledSec = 5;

/** Two alerts whose names come out the same must not take each other's file. */
function dropTwins(jobs: readonly Job[], { manifest, screen }: CopyParts): Job[] {
  const owners = new Map<string, string | undefined>();
  return jobs.filter((job) => {
    const name = nameOfFilm(job);
    const line = manifest.lines.get(name);
    const owner = owners.has(name) ? owners.get(name) : line && 'alert' in line ? line.alert : job.alertUuid;
    owners.set(name, owner);
    if (owner === job.alertUuid) return true;
    screen.warn(`${name} is the film of another alert; it is not overwritten.`);
    return false;
  });
}

async function sortOut(
  jobs: readonly Job[],
  { gateways }: Organisation,
  parts: CopyParts,
): Promise<{ tasks: CameraTask[]; outcomes: Outcome[] }> {
  const tasks = new Map<string, CameraTask>();
  const outcomes: Outcome[] = [];
  const hasProgram = await parts.ffmpeg.isThere(parts.signal);
  for (const job of jobs) {
    const { camera } = job;
    const gateway = gatewayOf(camera, gateways);
    const line = parts.manifest.lines.get(nameOfFilm(job));
    const verdict = await judge(job, line, { parts, canHaveSound: gateway !== undefined && hasProgram });
    if (verdict === 'done') {
      outcomes.push(knownOutcome(job, line));
      continue;
    }
    const task = tasks.get(camera.uuid) ?? { camera, ...(gateway && { gateway }), lacksProgram: false, jobs: [] };
    task.lacksProgram = gateway !== undefined && !hasProgram;
    const existing = verdict === 'add-sound' && line?.type === 'film' ? { existing: line } : {};
    tasks.set(camera.uuid, { ...task, jobs: [...task.jobs, { job, ...existing }] });
  }
  warnOfProgram([...tasks.values()], hasProgram, parts);
  return { tasks: [...tasks.values()], outcomes };
}

async function judge(
  { window }: Job,
  line: ReturnType<CopyParts['manifest']['lines']['get']>,
  { parts, canHaveSound }: { parts: CopyParts; canHaveSound: boolean },
): Promise<ReturnType<typeof judgeKnown>> {
  const isOnDisk = line?.type === 'film' && (await parts.folder.size(line.file)) === line.bytes;
  return judgeKnown(line, { window, isOnDisk, canHaveSound });
}

function knownOutcome(job: Job, line: ReturnType<CopyParts['manifest']['lines']['get']>): Outcome {
  return {
    name: nameOfFilm(job),
    camera: job.camera.name || job.camera.uuid,
    result: 'known',
    gaps: line && 'gaps' in line ? gapsOf(line) : [],
    problems: [],
    ...(line?.type === 'film' && { file: line.file, bytes: line.bytes, footageSec: line.footageSec }),
  };
}

function warnOfProgram(tasks: readonly CameraTask[], hasProgram: boolean, { screen, settings }: CopyParts): void {
  if (hasProgram || tasks.length === 0) return;
  const withSound = tasks.filter(({ gateway }) => gateway !== undefined).length;
  const consequence = withSound > 0 ? `the films of ${withSound} cameras get no sound, and none` : 'no film';
  screen.warn(
    `${settings.ffmpeg} cannot be run: ${consequence} is decoded as a check. Install ffmpeg (Debian: apt install ffmpeg; macOS: brew install ffmpeg), or name it with --ffmpeg.`,
  );
}

function plan({ gateway, lacksProgram, jobs }: CameraTask, { screen }: CopyParts): Outcome[] {
  return jobs.map(({ job }) => {
    const file = filmName(job.naming, gateway !== undefined && !lacksProgram);
    const lengthSec = job.window.endSec - job.window.startSec;
    const from = new Date(job.window.startSec * 1000).toISOString();
    screen.info(`Would copy ${lengthSec} s from ${from} to ${file}`);
    const base = { name: nameOfFilm(job), camera: job.camera.name || job.camera.uuid, file };
    return { ...base, result: 'planned', gaps: [], problems: [] };
  });
}

/** The first failure that concerns everything ends all cameras; it is thrown when they have come to rest. */
async function runTasks(tasks: readonly CameraTask[], parts: CopyParts, outcomes: Outcome[]): Promise<void> {
  const own = new AbortController();
  const signal = AbortSignal.any([parts.signal, own.signal]);
  await workThrough(tasks, parts.settings.limits.cameras, async (task) => {
    try {
      outcomes.push(...(await copyCamera(task, { ...parts, signal })));
    } catch (error) {
      own.abort(error);
      throw error;
    }
  });
}
