import type { Log } from '@porchlight/core';
import { startHost } from '../host.ts';
import { linkSystemd } from '../sd-notify.ts';
import type { House } from '../config-folder.ts';

export interface RunParts {
  house: House;
  stateFolder: string;
  log: Log;
  /** Aborts when the process is asked to end. */
  signal: AbortSignal;
  env: NodeJS.ProcessEnv;
}

/** Longest time for a stop, milliseconds: with the end of the process it stays under 5 s. */
const stopTimeoutMs = 4_500;

/** `porchlight run`: until it is asked to end. Returns the exit code. */
export async function run({ house, stateFolder, log, signal, env }: RunParts): Promise<number> {
  const systemd = linkSystemd(env);
  if (house.services.size === 0) {
    log.error('No service is configured; add one under "services".');
    return 2;
  }
  const host = await startHost({ house, stateFolder, log, signal });
  if (host.services.length === 0) {
    log.error('No service could be loaded; see above.');
    return 2;
  }
  const names = host.services.join(', ');
  if (!signal.aborted) {
    log.info(`Running: ${names}.`);
    systemd.ready(`Running ${names}`);
    await new Promise((resolve) => signal.addEventListener('abort', resolve, { once: true }));
  }
  systemd.stopping();
  systemd.close();
  const late = new Promise<'late'>((resolve) => setTimeout(() => resolve('late'), stopTimeoutMs).unref());
  const outcome = await Promise.race([host.stop(), late]);
  log.info(outcome === 'late' ? 'Stopped, though not everything had ended.' : 'Stopped.');
  return 0;
}
