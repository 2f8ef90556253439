import { type Clock, createRedactor, describeError } from '@porchlight/core';
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { RhombusCloud } from './adapters/cloud/client.ts';
import { Assembler } from './adapters/film/assembler.ts';
import { Ffmpeg } from './adapters/film/ffmpeg.ts';
import { type Agents, createCloudAgents, createLanAgents } from './adapters/media/agents.ts';
import { openPins } from './adapters/media/pins.ts';
import { FilmFolder } from './adapters/store/folder.ts';
import { lockFolder } from './adapters/store/lock.ts';
import { openManifest } from './adapters/store/manifest-file.ts';
import { SegmentStore } from './adapters/store/segments.ts';
import { localStamp } from './adapters/calendar.ts';
import { DiskGuard } from './copy/disk-guard.ts';
import { createLimit } from './copy/limit.ts';
import type { CopyParts } from './copy/parts.ts';
import type { Settings } from './domain/settings.ts';
import { wrongUse } from './errors.ts';
import type { Screen } from './ports.ts';

/** Programs of ffmpeg that run at once; what they work on is mostly in memory, so they take a core each. */
const programsAtOnce = 2;

export interface RunBasis {
  settings: Settings;
  apiKey: string;
  screen: Screen;
  clock: Clock;
  signal: AbortSignal;
}

export interface Run {
  parts: CopyParts;
  guard: DiskGuard;
  close(): Promise<void>;
}

/** Opens the folder, its lock and its list, and everything that copying needs. `close` frees it all. */
export async function openRun(given: RunBasis): Promise<Run> {
  const { settings, apiKey, screen, clock, signal: outer } = given;
  // Calls that one failure has left behind end with the run.
  const ending = new AbortController();
  const signal = AbortSignal.any([outer, ending.signal]);
  const tls = await readTls(settings.network);
  const folder = new FilmFolder(settings.disk.output);
  await folder.prepare().catch((error: unknown) => {
    throw wrongUse(`argument --output: films cannot be written to '${folder.output}' (${describeError(error)})`);
  });
  const unlock = await lockFolder(folder.work);
  const agents: { lan?: Agents; cloud: Agents } = { cloud: createCloudAgents(tls) };
  try {
    const manifest = await openManifest(settings.disk.output, screen);
    for (const file of await folder.recover(manifest.lines)) screen.info(`Finished ${file} of an interrupted run.`);
    const store = new SegmentStore(join(folder.work, 'segments'));
    await store.sweep(clock.now());
    const { lanTrust: trust, lanPins } = settings.network;
    const path = join(folder.work, 'lan-pins.json');
    const pins = await openPins({ path, trust, given: lanPins, onProblem: (message) => screen.warn(message) });
    const lan = createLanAgents(pins, tls.ca);
    agents.lan = lan;
    const keyHeaders = { 'x-auth-scheme': tls.cert ? 'api' : 'api-token', 'x-auth-apikey': apiKey };
    const { apiUrl } = settings.network;
    const onRetry = (error: unknown, waitMs: number): void =>
      screen.debug(
        `${error instanceof Error ? error.message : String(error)} Tried again in ${Math.round(waitMs)} ms.`,
      );
    const cloud = new RhombusCloud({ apiUrl, headers: keyHeaders, agents: agents.cloud, clock, signal, onRetry });
    const basis = { settings, screen, clock, folder, manifest };
    const guard = new DiskGuard(basis);
    const assembler = new Assembler();
    const parts: CopyParts = {
      ...basis,
      cloud,
      signal,
      store,
      ffmpeg: new Ffmpeg(settings.ffmpeg),
      assembler,
      agents: { lan, cloud: agents.cloud },
      keyHeaders,
      isCloudHost: (hostname) => hostname.endsWith('.rhombussystems.com') || hostname === new URL(apiUrl).hostname,
      stampOf: localStamp,
      programs: createLimit(programsAtOnce),
      guardDisk: () => guard.check(),
      onOutcome: () => undefined,
    };
    const end = async (): Promise<void> => {
      ending.abort(new Error('the run has ended'));
      await assembler.close();
      await pins.saved();
      await store.sweep(clock.now());
      await close(agents, unlock);
    };
    return { parts, guard, close: end };
  } catch (error) {
    await close(agents, unlock);
    throw error;
  }
}

async function close({ lan, cloud }: { lan?: Agents; cloud: Agents }, unlock: () => Promise<void>): Promise<void> {
  lan?.close();
  cloud.close();
  await unlock();
}

async function readTls({ certFile, keyFile, caFile }: Settings['network']) {
  const [cert, key, ca] = await Promise.all([
    read('--cert', certFile),
    read('--private_key', keyFile),
    read('--ca-file', caFile),
  ]);
  return { ...(cert && { cert }), ...(key && { key }), ...(ca && { ca }) };
}

async function read(option: string, path: string | undefined): Promise<string | undefined> {
  if (path === undefined) return undefined;
  return readFile(path, 'utf8').catch(() => {
    throw wrongUse(`argument ${option}: the file '${path}' cannot be read`);
  });
}

/** Takes the key and everything that looks like a secret out of a text. */
export function createSecretsFilter(apiKey: string): (text: string) => string {
  const redact = createRedactor([apiKey]);
  return (text) => redact(text).replace(/(RFT:|x-auth-ft[=:"\s]+)[\w-]+/gi, '$1***');
}
