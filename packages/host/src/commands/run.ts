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
}

/** Longest time for a stop, milliseconds; systemd would kill us later anyway. */
const stopTimeoutMs = 5_000;

/** `porchlight run`: until it is asked to end. Returns the exit code. */
export async function run({ house, stateFolder, log, signal }: RunParts): Promise<number> {
  const systemd = linkSystemd();
  if (house.services.size === 0) {
    log.error('No service is configured; add one under "services".');
    return 2;
  }
  const host = await startHost({ house, stateFolder, log });
  if (host.services.length === 0) {
    log.error('No service could be loaded; see above.');
    return 2;
  }
  const names = host.services.join(', ');
  log.info(`Running: ${names}.`);
  systemd.ready(`Running ${names}`);
  if (!signal.aborted) await new Promise((resolve) => signal.addEventListener('abort', resolve, { once: true }));
  systemd.stopping();
  systemd.close();
  const late = new Promise<'late'>((resolve) => setTimeout(() => resolve('late'), stopTimeoutMs).unref());
  const outcome = await Promise.race([host.stop(), late]);
  log.info(outcome === 'late' ? 'Stopped, though not everything had ended.' : 'Stopped.');
  return 0;
}
