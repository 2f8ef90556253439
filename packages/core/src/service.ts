import type * as z from 'zod';
import type { BrokerSettings } from './broker-settings.ts';
import type { Bus } from './bus.ts';
import type { Clock } from './clock.ts';
import type { Devices } from './devices.ts';
import type { Log } from './log.ts';
import type { Storage } from './storage.ts';

/** Everything a service may touch beside its own adapters. */
export interface ServiceContext {
  clock: Clock;
  log: Log;
  storage: Storage;
  bus: Bus;
  /** Aborts when the service is to stop; everything that waits must hold it. */
  signal: AbortSignal;
}

/** What every service's configuration has in common. */
export interface ServiceConfig {
  readonly broker: BrokerSettings;
}

export interface Service {
  readonly devices: Devices;
  /** Resolves once a state can be reported, even "unreachable"; never throws for a remote fault. */
  start(): Promise<void>;
  /** Frees everything within 5 s. Safe to call twice. */
  stop(): Promise<void>;
}

export interface ServiceDefinition<Config extends ServiceConfig = ServiceConfig> {
  /** The one word of this service: folder, topic, log prefix, storage folder. */
  readonly name: string;
  readonly version: string;
  readonly configSchema: z.ZodType<Config, unknown>;
  /** The service must not miss an event while it is away: the broker keeps them for it where it can. */
  readonly durableEvents: boolean;
  create(config: Config, context: ServiceContext): Service;
}

export function defineService<Config extends ServiceConfig>(
  definition: Omit<ServiceDefinition<Config>, 'durableEvents'> & { durableEvents?: boolean },
): ServiceDefinition<Config> {
  return { durableEvents: false, ...definition };
}
