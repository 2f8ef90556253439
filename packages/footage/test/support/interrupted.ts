import { createFleet } from '@porchlight/simulators';
import { spawn } from 'node:child_process';
import { createHash } from 'node:crypto';
import { once } from 'node:events';
import { mkdtemp, readdir, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { probe } from './film.ts';
import { argumentsFor, manifestOf, openPlace, type Place } from './organisation.ts';

/** A run that was killed so often may end. */
const mostKills = 4;

const main = fileURLToPath(new URL('../../src/main.ts', import.meta.url));

export interface InterruptedFigures {
  runs: number;
  kills: number;
  films: number;
  /** Films that were looked at under their final names right after a kill. */
  filmsSeenAfterKills: number;
  /** Whole segments that were fetched more than once, over all runs. */
  segmentsFetchedAgain: number;
  segments: number;
}

/** Numbers from 0 to 1 that are the same for the same seed (mulberry32). */
export function seededRandom(seed: number): () => number {
  let state = seed >>> 0;
  return () => {
    state = (state + 0x6d2b79f5) >>> 0;
    let mixed = Math.imul(state ^ (state >>> 15), state | 1);
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61);
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 4_294_967_296;
  };
}

/**
 * Copies the same footage again and again, each time killed (SIGKILL) at random instants and started anew until it is
 * complete. Throws at the first film that is not, byte for byte, what an undisturbed run makes.
 */
export async function runInterrupted(options: { seed: number; runs: number }): Promise<InterruptedFigures> {
  const random = seededRandom(options.seed);
  const place = await openWorld();
  const figures = { runs: 0, kills: 0, films: 0, filmsSeenAfterKills: 0, segmentsFetchedAgain: 0, segments: 0 };
  try {
    const words = { manual: manualWords(), alerts: ['-al', '-ab', '6'] };
    const models = {
      manual: await undisturbed(place, words.manual),
      alerts: await undisturbed(place, words.alerts),
    };
    for (let run = 0; run < options.runs; run += 1) {
      const mode = run % 2 === 0 ? 'manual' : 'alerts';
      await oneRun({ place, words: words[mode], model: models[mode], random, figures });
    }
    return figures;
  } finally {
    await place.close();
  }
}

const begunSec = Math.floor(Date.now() / 1000);

function manualWords(): string[] {
  return ['-s', String(begunSec - 1001), '-u', '25'];
}

/** Three cameras, one with sound; six alerts, of which some overlap. */
async function openWorld(): Promise<Place> {
  const organisation = createFleet(begunSec, { cameras: 3, audio: true });
  organisation.gateways.splice(1);
  const place = await openPlace({ organisation, settings: { network: { lan: { latencyMs: 8 }, wan: {} } } });
  for (const [index, secondsAgo] of [900, 893, 880, 700, 500, 499].entries()) {
    const deviceUuid = place.rhombus.cameras[index % 2]?.uuid ?? '';
    const timestampMs = (begunSec - secondsAgo) * 1000;
    // Even lengths: a film that shares its last odd second with another may reach a second further, or not.
    await place.rhombus.scenario.raiseAlert({ deviceUuid, timestampMs, durationSec: 10 });
  }
  return place;
}

type Hashes = ReadonlyMap<string, string>;

interface Model {
  hashes: Hashes;
  lastsMs: number;
}

async function undisturbed(place: Place, words: readonly string[]): Promise<Model> {
  const folder = await mkdtemp(join(tmpdir(), 'porchlight-undisturbed-'));
  try {
    const startedAt = performance.now();
    const code = await start({ ...place, folder }, words);
    const lastsMs = performance.now() - startedAt;
    if (code !== 0) throw new Error(`an undisturbed run ended with ${code}`);
    const hashes = await hashFilms(folder);
    for (const file of hashes.keys()) await probe(join(folder, file));
    return { hashes, lastsMs };
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
}

interface OneRun {
  place: Place;
  words: readonly string[];
  model: Model;
  random: () => number;
  figures: InterruptedFigures;
}

async function oneRun({ place, words, model: { hashes: wanted, lastsMs }, random, figures }: OneRun): Promise<void> {
  const folder = await mkdtemp(join(tmpdir(), 'porchlight-interrupted-'));
  const here = { ...place, folder };
  place.rhombus.ledger.clear();
  try {
    for (let attempt = 0; ; attempt += 1) {
      // The very first instants are those of the program's start, in which nothing happens.
      const killAfterMs = attempt < mostKills ? lastsMs * (0.2 + 0.6 * random()) : undefined;
      const code = await start(here, words, killAfterMs);
      const seen = await hashFilms(folder);
      for (const [file, hash] of seen) expectSame(file, hash, wanted);
      if (code === 0) break;
      if (code !== undefined) throw new Error(`a run after ${attempt} kills ended with ${code}`);
      figures.kills += 1;
      figures.filmsSeenAfterKills += seen.size;
    }
    await checkComplete(here, wanted);
    const counts = [...place.rhombus.ledger.requestsPerSegment({ whole: true }).values()];
    figures.segments += counts.length;
    figures.segmentsFetchedAgain += counts.filter((count) => count > 1).length;
    figures.films += wanted.size;
    figures.runs += 1;
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
}

function expectSame(file: string, hash: string, wanted: Hashes): void {
  if (wanted.get(file) !== hash) throw new Error(`${file} is not what an undisturbed run makes`);
}

async function checkComplete(place: Place, wanted: Hashes): Promise<void> {
  const found = await hashFilms(place.folder);
  if (found.size !== wanted.size) throw new Error(`${found.size} films instead of ${wanted.size}`);
  for (const line of (await manifestOf(place)).values()) {
    if (line.type !== 'film' || found.get(line.file) !== line.sha256)
      throw new Error(`the list is wrong about ${line.name}`);
  }
  const work = await readdir(join(place.folder, '.rhombus-footage'), { recursive: true });
  const left = work.filter((name) => /\.(part|mp4|webm)$/.test(name) || /\/\d+-\d+$/.test(name));
  if (left.length > 0) throw new Error(`left behind: ${left.join(', ')}`);
}

/** Runs the command; resolves with its exit code, or undefined when it was killed. */
async function start(place: Place, words: readonly string[], killAfterMs?: number): Promise<number | undefined> {
  const program = ['--conditions=@porchlight/source', main, ...argumentsFor(place, words)];
  const env = { ...process.env, RHOMBUS_API_KEY: 'simulated-api-token', NODE_OPTIONS: '' };
  const child = spawn(process.execPath, program, { stdio: ['ignore', 'ignore', 'pipe'], env });
  let complaint = '';
  child.stderr.on('data', (text: Buffer) => (complaint += text.toString()));
  const timer = killAfterMs === undefined ? undefined : setTimeout(() => child.kill('SIGKILL'), killAfterMs);
  const [code] = (await once(child, 'close')) as [number | null];
  clearTimeout(timer);
  if (code !== null && code !== 0) throw new Error(`the command ended with ${code}: ${complaint}`);
  return code ?? undefined;
}

async function hashFilms(folder: string): Promise<Map<string, string>> {
  const files = (await readdir(folder)).filter((name) => name.endsWith('.mp4'));
  const hashes = files.map(async (file): Promise<[string, string]> => {
    const content = await readFile(join(folder, file));
    return [file, createHash('sha256').update(content).digest('hex')];
  });
  return new Map(await Promise.all(hashes));
}
