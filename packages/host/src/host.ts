import { BusClient, connect, runService, type RunningService } from '@porchlight/bus';
import { brokerSchema } from '@porchlight/config-schemas';
import { describeError, prefixLog, type Log } from '@porchlight/core';
import { systemClock } from '@porchlight/core/node';
import { Announcer } from '@porchlight/home-assistant';
import { createHash } from 'node:crypto';
import { hostname } from 'node:os';
import type { House } from './config-folder.ts';
import { loadService } from './services.ts';

export interface HostParts {
  house: House;
  /** Where the services keep their state. */
  stateFolder: string;
  log: Log;
}

export interface Host {
  /** Names of the services that were started. */
  readonly services: readonly string[];
  /** Within 5 s. */
  stop(): Promise<void>;
}

/** Runs every configured service in this process. A service that cannot be loaded is said and left out. */
export async function startHost({ house, stateFolder, log }: HostParts): Promise<Host> {
  for (const problem of house.problems) log.error(problem);
  const running = new Map<string, RunningService>();
  for (const [name, config] of house.services) {
    try {
      const { service } = await loadService(name);
      const options = { config, log: prefixLog(log, name), folder: stateFolder, host: hostName(stateFolder) };
      running.set(name, runService(service, options));
    } catch (error) {
      log.error(describeError(error));
    }
  }
  const announcement =
    running.size > 0 && house.homeAssistant.discovery ? announce({ house, stateFolder, log }) : undefined;
  await Promise.all([...running.values()].map(({ ready }) => ready));
  return {
    services: [...running.keys()],
    async stop() {
      await announcement?.();
      await Promise.all([...running.values()].map((service) => service.stop()));
    },
  };
}

/** Announces the house to Home Assistant. Returns the way to stop. */
function announce({ house, stateFolder, log }: HostParts): (() => Promise<void>) | undefined {
  const result = brokerSchema.safeParse(house.broker);
  if (!result.success) return undefined;
  const settings = result.data;
  const clientId = `porchlight-announcer-${hostKey(stateFolder)}`;
  const quiet: Log = { ...log, warn: () => undefined, info: () => undefined };
  const link = connect(settings, { clientId, clock: systemClock, log: quiet, folder: stateFolder });
  const client = new BusClient({ connection: link.connection, root: settings.root, clock: systemClock, log: quiet });
  const { prefix } = house.homeAssistant;
  const announcer = new Announcer({ client, clock: systemClock, log, prefix });
  announcer.start();
  link.connection.start();
  return async () => {
    announcer.stop();
    await link.connection.stop();
    await link.stopBroker();
  };
}

function hostName(stateFolder: string): string {
  return `porchlight@${hostname()}-${hostKey(stateFolder)}`;
}

/** Tells several hosts of one machine apart. */
function hostKey(stateFolder: string): string {
  return createHash('sha256').update(stateFolder).digest('hex').slice(0, 4);
}
