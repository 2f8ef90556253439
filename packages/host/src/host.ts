import { connect, hostKey, hostName, runService, type RunningService } from '@porchlight/bus';
import { brokerSchema } from '@porchlight/config-schemas';
import { describeError, prefixLog, type Log } from '@porchlight/core';
import { systemClock } from '@porchlight/core/node';
import { Announcer } from '@porchlight/home-assistant';
import type { House } from './config-folder.ts';
import { loadService } from './services.ts';

export interface HostParts {
  house: House;
  /** Where the services keep their state. */
  stateFolder: string;
  log: Log;
  /** Aborts the wait for the first states; `stop` is still due. */
  signal?: AbortSignal;
}

export interface Host {
  /** Names of the services that were started. */
  readonly services: readonly string[];
  /** Within 5 s. */
  stop(): Promise<void>;
}

/** Longest wait for the first states, milliseconds. */
const firstStatesMs = 10_000;

/** Runs every configured service in this process. A service that cannot be loaded is said and left out. */
export async function startHost({ house, stateFolder, log, signal }: HostParts): Promise<Host> {
  for (const problem of house.problems) log.error(problem);
  const running = new Map<string, RunningService>();
  for (const [name, config] of house.services) {
    try {
      const { service } = await loadService(name);
      const options = {
        config,
        log: prefixLog(log, name),
        folder: stateFolder,
        host: hostName('porchlight', stateFolder),
      };
      running.set(name, runService(service, options));
    } catch (error) {
      log.error(describeError(error));
    }
  }
  const isAnnounced = running.size > 0 && house.homeAssistant.discovery;
  const announcements = isAnnounced ? house.brokers.map((broker) => announce(broker, { house, stateFolder, log })) : [];
  await firstStates([...running.values()], signal);
  return {
    services: [...running.keys()],
    async stop() {
      await Promise.all(announcements.map((stop) => stop()));
      await Promise.all([...running.values()].map((service) => service.stop()));
    },
  };
}

/** Waits until each service can say something; one that takes long does not hold up the house. */
async function firstStates(running: readonly RunningService[], signal?: AbortSignal): Promise<void> {
  const done = new AbortController();
  void Promise.all(running.map(({ ready }) => ready)).then(() => done.abort());
  const ended = signal ? AbortSignal.any([done.signal, signal]) : done.signal;
  await systemClock.sleep(firstStatesMs, ended).catch(() => undefined);
}

/** Announces what is on one broker to Home Assistant. Returns the way to stop. */
function announce(broker: unknown, { house, stateFolder, log }: HostParts): () => Promise<void> {
  const result = brokerSchema.safeParse(broker);
  // The service that uses this broker has said what is wrong with it, and says what becomes of the connection.
  if (!result.success) return () => Promise.resolve();
  const quiet: Log = { ...log, warn: () => undefined, info: () => undefined };
  const clientId = `porchlight-announcer-${hostKey(stateFolder, JSON.stringify(result.data))}`;
  const link = connect(result.data, { clientId, clock: systemClock, log: quiet, folder: stateFolder });
  const { prefix } = house.homeAssistant;
  const announcer = new Announcer({ client: link.client, clock: systemClock, log, prefix });
  announcer.start();
  link.connection.start();
  return async () => {
    announcer.stop();
    await link.stop();
  };
}
