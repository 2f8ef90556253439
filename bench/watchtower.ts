import { readFileSync } from 'node:fs';
import { mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import { systemClock } from '@porchlight/core/node';
import { openSqliteStore } from '../packages/watchtower/src/store/sqlite-store.ts';
import { createToken, hashToken } from '../packages/watchtower/src/token.ts';
import { percentile } from './support/figures.ts';
import { startLineProcess, type LineProcess } from './support/line-process.ts';

export interface WatchtowerFigures {
  /** Homes that one process held, each with a beat every 15 s. */
  homes: number;
  /** Processor time and memory of the watchtower, as multiples of those of a bare `ws` server in the same minute. */
  cpuRatio: number;
  memoryRatio: number;
  kbPerHome: number;
  /** From the last beat to the alert, with a grace of 60 s. */
  detectionP99Seconds: number;
  /** Homes that were called silent and were not, the restart included. */
  falseAlarms: number;
  cpuPercent: number;
  /** Processor time for one home with all connected, as a multiple of that with the first thousand. */
  linearity: number;
  /** From listening again to the last of all homes connected, which came back all at once. */
  restartSeconds: number;
}

const wantedCount = 15_000;
const firstCount = 1_000;
/** Files of a process that are no homes. */
const otherFiles = 100;
const silentCount = 200;
const measureMs = 60_000;
const samples = 20;
const path = (name: string): string => fileURLToPath(new URL(name, import.meta.url));
const run = (script: string, ...args: string[]): LineProcess =>
  startLineProcess(['--conditions=@porchlight/source', path(script), ...args]);

/** As many as are wanted, or as a process may hold open beside its other files; then it says so. */
function countHomes(): number {
  const limit = Number(/Max open files\s+(\d+)/.exec(readFileSync('/proc/self/limits', 'utf8'))?.[1] ?? Infinity);
  const count = Math.min(wantedCount, limit - otherFiles);
  if (count < wantedCount) console.error(`The limit of open files (${limit}) allows ${count} homes only.`);
  return count;
}

/** A watchtower and a bare server, each with its own crowd of homes, all four in processes of their own. */
export async function benchWatchtower(): Promise<WatchtowerFigures> {
  const homeCount = countHomes();
  const folder = await mkdtemp(join(tmpdir(), 'porchlight-bench-'));
  const started: LineProcess[] = [];
  const keep = (one: LineProcess): LineProcess => {
    started.push(one);
    return one;
  };
  try {
    const tokens = await prepare(folder, homeCount);
    const tower = await startTower(folder);
    keep(tower.process);
    const bare = keep(run('./support/bare-socket-server.ts'));
    const barePort = Number((await bare.next(({ port }) => port !== undefined, 20_000))['port']);
    const crowds = [tower.port, barePort].map((port) => keep(run('./support/beating-homes.ts', String(port), tokens)));
    const [crowd] = crowds as [LineProcess];

    const emptyKb = tower.process.memoryKb();
    const fewCount = Math.min(firstCount, homeCount);
    const few = await load({ tower: tower.process, bare, crowds }, fewCount);
    const all = await load({ tower: tower.process, bare, crowds }, homeCount);
    const detection = await detect(tower.process, crowd);
    const restart = await restartAll(folder, tower, { crowd, homeCount });
    keep(restart.process);
    const silent = new Set(detection.silent);
    const alarms = [...tower.process.lines, ...restart.process.lines].flatMap((line) => silentHome(line) ?? []);
    return {
      homes: homeCount,
      cpuRatio: round(all.towerMs / all.bareMs),
      memoryRatio: round(all.towerKb / all.bareKb),
      kbPerHome: round((all.towerKb - emptyKb) / homeCount),
      detectionP99Seconds: round(percentile(detection.delaysMs, 0.99) / 1000),
      falseAlarms: alarms.filter((id) => !silent.has(id)).length,
      cpuPercent: round((all.towerMs / measureMs) * 100),
      linearity: round(all.towerMs / homeCount / (few.towerMs / fewCount)),
      restartSeconds: round(restart.ms / 1000),
    };
  } finally {
    for (const one of started) await one.end('SIGKILL');
    await rm(folder, { recursive: true, force: true });
  }
}

/** Writes the database with all homes, and gives the file of their tokens. */
async function prepare(folder: string, homeCount: number): Promise<string> {
  const store = openSqliteStore(join(folder, 'watchtower.sqlite'), systemClock);
  const tokens = Array.from({ length: homeCount }, createToken);
  for (const [index, token] of tokens.entries()) {
    const id = `home-${index}`;
    await store.add({ id, name: id, tokenHash: hashToken(token), graceMs: 60_000, channels: [] });
  }
  await store.close();
  const file = join(folder, 'tokens');
  await writeFile(file, tokens.join('\n'));
  await writeFile(join(folder, 'watchtower.json'), '{"listen":{"port":0}}');
  return file;
}

async function startTower(folder: string): Promise<{ process: LineProcess; port: number }> {
  const main = path('../packages/watchtower/dist/main.js');
  const process = startLineProcess([main, '--config', join(folder, 'watchtower.json'), 'serve']);
  const line = await process.next(({ message }) => String(message).startsWith('Listening'), 30_000);
  return { process, port: Number(/:(\d+),/.exec(String(line['message']))?.[1]) };
}

interface Load {
  tower: LineProcess;
  bare: LineProcess;
  crowds: readonly LineProcess[];
}

/** Connects so many homes to both servers, and measures both in the same minute. */
async function load({ tower, bare, crowds }: Load, count: number) {
  for (const crowd of crowds) crowd.send({ open: count });
  await Promise.all(crowds.map((crowd) => crowd.next(({ connected }) => connected === count, 180_000)));
  await sleep(20_000);
  const before = { towerMs: tower.cpuMs(), bareMs: bare.cpuMs() };
  const memory = { towerKb: 0, bareKb: 0 };
  // The collector comes and goes, so one look at the memory says little.
  for (let sample = 0; sample < samples; sample += 1) {
    await sleep(measureMs / samples);
    memory.towerKb += tower.memoryKb() / samples;
    memory.bareKb += bare.memoryKb() / samples;
  }
  return { towerMs: tower.cpuMs() - before.towerMs, bareMs: bare.cpuMs() - before.bareMs, ...memory };
}

/** Silences some homes, and measures how long it takes until each is told of. */
async function detect(tower: LineProcess, crowd: LineProcess): Promise<{ silent: string[]; delaysMs: number[] }> {
  crowd.send({ silence: silentCount });
  const { silent } = await crowd.next((line) => line['silent'] !== undefined, 10_000);
  const homes = silent as { index: number; lastBeatAt: number }[];
  await sleep(90_000);
  const told = new Map(tower.lines.flatMap((line) => (silentHome(line) ? [[silentHome(line), timeOf(line)]] : [])));
  const delaysMs = homes.map(({ index, lastBeatAt }) => (told.get(`home-${index}`) ?? Number.NaN) - lastBeatAt);
  if (delaysMs.some(Number.isNaN)) throw new Error('A home that fell silent was not told of.');
  return { silent: homes.map(({ index }) => `home-${index}`), delaysMs };
}

/** Stops the watchtower, starts it on the same port, and waits long enough for any false alarm to come. */
async function restartAll(
  folder: string,
  tower: { process: LineProcess; port: number },
  { crowd, homeCount }: { crowd: LineProcess; homeCount: number },
) {
  await tower.process.end('SIGTERM');
  await writeFile(join(folder, 'watchtower.json'), JSON.stringify({ listen: { port: tower.port } }));
  const from = crowd.lines.length;
  const { process } = await startTower(folder);
  const startedAt = performance.now();
  await crowd.next(({ connected }) => connected === homeCount, 120_000, from);
  const ms = performance.now() - startedAt;
  await sleep(140_000);
  return { process, ms };
}

function silentHome(line: Record<string, unknown>): string | undefined {
  return /^(home-\d+) is silent/.exec(String(line['message']))?.[1];
}

function timeOf(line: Record<string, unknown>): number {
  return Date.parse(String(line['time']));
}

function round(value: number): number {
  return Number(value.toFixed(2));
}

if (import.meta.main) console.log(JSON.stringify(await benchWatchtower()));
