import type { Clock } from '@porchlight/core';
import { systemClock } from '@porchlight/core/node';
import { startRhombus, type Rhombus, type RhombusOptions } from '@porchlight/simulators';
import { mkdirSync } from 'node:fs';
import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { ManifestLine } from '../../src/domain/manifest.ts';
import { readManifest } from '../../src/domain/manifest.ts';
import { runProgram } from '../../src/program.ts';

const mediaFolder = join(tmpdir(), 'porchlight-rhombus-film');

export interface Place {
  rhombus: Rhombus;
  folder: string;
  /** Files to trust the cloud with. */
  caFile: string;
  close(): Promise<void>;
}

/** A simulated organisation and an empty folder. */
export async function openPlace(options: Partial<RhombusOptions> = {}): Promise<Place> {
  mkdirSync(mediaFolder, { recursive: true });
  const rhombus = await startRhombus({ mediaFolder, now: Date.now, ...options });
  const folder = await mkdtemp(join(tmpdir(), 'porchlight-footage-'));
  const caFile = join(folder, '..', `${folder.split('/').at(-1)}.pem`);
  await writeFile(caFile, rhombus.authority);
  return {
    rhombus,
    folder,
    caFile,
    async close() {
      await rhombus.close();
      await rm(folder, { recursive: true, force: true });
      await rm(caFile, { force: true });
    },
  };
}

export interface Ran {
  code: number;
  out: string;
  err: string;
  /** The objects that --json wrote. */
  events: Record<string, unknown>[];
}

/** Pauses between tries and looks are a twentieth of what users wait. */
const hastyClock: Clock = { ...systemClock, sleep: (ms, signal) => systemClock.sleep(ms / 20, signal) };

/** Runs the command in this process against the organisation. */
export async function runCommand(place: Place, words: readonly string[], signal?: AbortSignal): Promise<Ran> {
  let out = '';
  let err = '';
  const code = await runProgram(argumentsFor(place, words), {
    out: (text) => (out += text),
    err: (text) => (err += text),
    env: { RHOMBUS_API_KEY: 'simulated-api-token' },
    clock: hastyClock,
    signal: signal ?? new AbortController().signal,
    columns: undefined,
  });
  const events = out
    .split('\n')
    .filter((line) => line.startsWith('{'))
    .map((line) => JSON.parse(line) as Record<string, unknown>);
  return { code, out, err, events };
}

/** The words of a command line with the places of the organisation. */
export function argumentsFor({ rhombus, folder, caFile }: Place, words: readonly string[]): string[] {
  return ['--api-url', rhombus.apiUrl, '--ca-file', caFile, '--output', folder, '--min-free', '0', ...words];
}

export async function manifestOf({ folder }: Place): Promise<Map<string, ManifestLine>> {
  const text = await readFile(join(folder, 'rhombus-footage.jsonl'), 'utf8').catch(() => '');
  return readManifest(text.split('\n').filter((line) => line !== '')).manifest;
}
