import type { BlinkConfig } from '@porchlight/config-schemas';
import { describeError } from '@porchlight/core';
import { readMeaning, type MediaRow } from '../../domain/media-row.ts';
import { signInNeeded } from '../../errors.ts';
import { Clips } from '../clips/client.ts';
import { openAccess, resumeErrands, type AccessContext } from '../open.ts';
import { StickReader } from '../storage/client.ts';
import type { Home } from '../../ports.ts';

const hourMs = 3_600_000;
/** Saves the films of the last hours, oldest first; the exit code. */
export async function saveClips(
  config: BlinkConfig,
  context: AccessContext,
  { hours, print }: { hours: number; print(line: string): void },
): Promise<number> {
  const { clock } = context;
  const access = openAccess(config, context, { by: 'errand' });
  const { cloud, session } = access;
  await session.load();
  if (!session.isSignedIn) throw signInNeeded();
  await resumeErrands(access, context);
  const home = await cloud.home();
  const names = new Map(home.cameras.map(({ id, name }) => [id, name]));
  const since = clock.now() - hours * hourMs;
  const { rows } = await cloud.media(since);
  if (config.localStorage !== 'off') rows.push(...(await readSticks(new StickReader(cloud, context), home, rows)));
  const films = rows.filter((row) => readMeaning(row) !== undefined && row.createdAt >= since);
  const clips = new Clips({ settings: { folder: undefined, ...config.clips }, cloud }, context);
  let failures = 0;
  for (const row of films.toSorted((a, b) => a.createdAt - b.createdAt)) {
    const what = readMeaning(row) === 'press' ? 'doorbell' : (row.label ?? 'motion');
    try {
      const path = await clips.fetch({ row, camera: names.get(row.device) ?? row.device, what });
      if (path !== undefined) print(path);
    } catch (error) {
      failures += 1;
      print(`A film was not saved: ${describeError(error)}`);
    }
  }
  print(`${films.length - failures} of ${films.length} films are there.`);
  return failures === 0 ? 0 : 1;
}

/** What is on USB sticks, of the systems that have no films in the cloud. */
async function readSticks(sticks: StickReader, home: Home, known: readonly MediaRow[]): Promise<MediaRow[]> {
  const found: MediaRow[] = [];
  for (const network of home.networks) {
    if (!network.hasStorage || known.some((row) => row.network === network.id)) continue;
    found.push(...(await sticks.look(network, home.cameras)));
  }
  return found;
}
