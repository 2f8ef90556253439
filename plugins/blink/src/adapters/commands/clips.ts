import type { BlinkConfig } from '@porchlight/config-schemas';
import { describeError, type ServiceContext } from '@porchlight/core';
import { readMeaning } from '../../domain/media-row.ts';
import { signInNeeded } from '../../errors.ts';
import { Clips } from '../clips/client.ts';
import { openAccess } from '../open.ts';

const hourMs = 3_600_000;
/** Who fetches films in bulk has lost accounts: so few requests an hour beside those of the service. */
const requestsPerHour = 150;

/** Saves the films of the last hours, oldest first; the exit code. */
export async function saveClips(
  config: BlinkConfig,
  context: Pick<ServiceContext, 'clock' | 'log' | 'storage' | 'signal'>,
  { hours, print }: { hours: number; print(line: string): void },
): Promise<number> {
  const { clock } = context;
  const { cloud, session } = openAccess({ ...config, polling: { ...config.polling, requestsPerHour } }, context);
  await session.load();
  if (!session.isSignedIn) throw signInNeeded();
  const names = new Map((await cloud.home()).cameras.map(({ id, name }) => [id, name]));
  const since = clock.now() - hours * hourMs;
  const { rows } = await cloud.media(since);
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
