import {
  createRedactor,
  describeError,
  parseConfig,
  prefixLog,
  type Clock,
  type DeviceSource,
  type Log,
  type Service,
  type ServiceConfig,
  type ServiceDefinition,
} from '@porchlight/core';
import { createFileStorage, systemClock } from '@porchlight/core/node';
import { join } from 'node:path';
import { connect, type Link } from './connect.ts';
import { contractVersion } from './contract/payloads.ts';
import { topics } from './contract/topics.ts';
import { DevicePublisher } from './device-publisher.ts';
import { HealthReporter } from './health-reporter.ts';
import { hostKey } from './host-name.ts';
import { Outbox } from './outbox.ts';
import { Owner } from './owner.ts';
import { collectSecrets } from './secrets.ts';
import { SwitchableSource } from './switchable-source.ts';

export interface RunOptions {
  /** As it came from the user, unchecked. */
  config: unknown;
  log: Log;
  /** The storage root of this host; each service has a folder in it. */
  folder: string;
  /** This host's name, unique in the house: `homebridge@pi`. */
  host: string;
  clock?: Clock;
}

/** A service in its host: its devices, whether it serves, stands by or is idle for want of a configuration. */
export interface RunningService {
  readonly devices: DeviceSource;
  /** Resolves when the first state can be reported, even "standing by"; never rejects. */
  readonly ready: Promise<void>;
  /** Within 5 s. */
  stop(): Promise<void>;
}

/** Longest time a service gets to stop, milliseconds; the farewell and the connection have a second each after it. */
const stopTimeoutMs = 3_000;

/** Checks the configuration and runs the service: bus, owner lease, storage, MQTT face. Never throws. */
export function runService<Config extends ServiceConfig>(
  definition: ServiceDefinition<Config>,
  options: RunOptions,
): RunningService {
  const redact = createRedactor(collectSecrets(options.config));
  const log = prefixLog(options.log, '', redact);
  const checked = parseConfig(definition.configSchema, options.config);
  for (const warning of checked.warnings) log.warn(warning);
  if (checked.ok) return new ServiceRun(definition, checked.config, { ...options, log });
  for (const problem of checked.problems) log.error(problem);
  const devices = new SwitchableSource(definition.name);
  devices.show(undefined, `The configuration needs attention: ${checked.problems.join('; ')}`);
  return { devices, ready: Promise.resolve(), stop: () => Promise.resolve() };
}

class ServiceRun<Config extends ServiceConfig> implements RunningService {
  readonly devices: SwitchableSource;
  readonly ready: Promise<void>;
  readonly #definition: ServiceDefinition<Config>;
  readonly #config: Config;
  readonly #options: RunOptions & { clock: Clock };
  readonly #link: Link;
  readonly #owner: Owner;
  readonly #outbox: Outbox;
  readonly #publisher: DevicePublisher;
  readonly #health: HealthReporter;
  #service: { service: Service; controller: AbortController } | undefined;
  #change: Promise<void> = Promise.resolve();
  #isReady: () => void = () => undefined;
  #stopped: Promise<void> | undefined;

  constructor(definition: ServiceDefinition<Config>, config: Config, options: RunOptions) {
    const { log, clock = systemClock } = options;
    const { name } = definition;
    this.#definition = definition;
    this.#config = config;
    this.#options = { ...options, clock };
    this.devices = new SwitchableSource(name);
    this.ready = new Promise((resolve) => (this.#isReady = resolve));
    const clientId = `porchlight-${name}-${hostKey(options.host, options.folder)}`;
    const link = connect(config.broker, {
      clientId,
      durable: definition.durableEvents,
      clock,
      log,
      folder: options.folder,
    });
    this.#link = link;
    const { client } = link;
    this.#outbox = new Outbox({
      journal: this.#storage().journal('outbox'),
      maxEvents: config.broker.maxQueuedEvents,
      log,
      send: (event) => {
        const params = { service: event.service, device: event.device, type: event.type };
        return client.publish(topics.event, params, { v: contractVersion, ...event });
      },
    });
    this.#publisher = new DevicePublisher({ client, source: this.devices, outbox: this.#outbox, log, clock });
    this.#health = new HealthReporter({
      client,
      connection: link.connection,
      source: this.devices,
      outbox: this.#outbox,
      clock,
      version: definition.version,
    });
    this.#owner = new Owner({
      client,
      connection: link.connection,
      clock,
      service: name,
      owner: options.host,
      onServe: () => this.#switch(() => this.#serve()),
      onStandBy: (owner) => this.#switch(() => this.#standBy(owner)),
      onClaimed: () => this.#onClaimed(),
    });
    this.#publisher.start();
    this.#owner.start();
    link.connection.start();
    void this.#outbox
      .load()
      .catch((error: unknown) => log.error(`Unsent events cannot be read: ${describeError(error)}`));
  }

  stop(): Promise<void> {
    this.#stopped ??= this.#stop();
    return this.#stopped;
  }

  async #stop(): Promise<void> {
    this.#health.stop();
    // One that is still starting must not hold the stop.
    this.#service?.controller.abort();
    await this.#change;
    await this.#endService();
    await this.#owner.stop();
    this.#publisher.stop();
    await this.#link.stop();
    this.#isReady();
  }

  /** Changes of role happen one after another, also when they come in quick succession. */
  #switch(change: () => Promise<void>): void {
    this.#change = this.#change
      .then(change)
      .catch((error: unknown) => this.#options.log.error(describeError(error)))
      .then(() => this.#isReady());
  }

  async #serve(): Promise<void> {
    if (this.#service || this.#stopped) return;
    const { log, clock } = this.#options;
    const controller = new AbortController();
    const { signal } = controller;
    const context = { clock, log, storage: this.#storage(), bus: this.#link.client, signal };
    try {
      const service = this.#definition.create(this.#config, context);
      this.#service = { service, controller };
      this.devices.show(service.devices);
      await service.start();
      this.#publisher.settle();
      // What it consists of was not known when the broker first heard of it.
      if (!this.#stopped) this.#health.start();
    } catch (error) {
      log.error(`The service could not start: ${describeError(error)}`);
      this.devices.show(undefined, `The service could not start: ${describeError(error)}`);
    }
  }

  async #standBy(owner: string): Promise<void> {
    this.#publisher.pause();
    this.#health.stop();
    await this.#endService();
    this.#options.log.info(`${owner} already serves ${this.#definition.name}; standing by until it goes.`);
    this.devices.show(undefined, `Standing by: ${owner} serves this already.`);
  }

  async #endService(): Promise<void> {
    const current = this.#service;
    this.#service = undefined;
    if (!current) return;
    current.controller.abort();
    const { clock, log } = this.#options;
    const timeout = new AbortController();
    const late = clock.sleep(stopTimeoutMs, timeout.signal).then(
      () => log.warn('The service did not stop in time.'),
      () => undefined,
    );
    await Promise.race([current.service.stop().catch((error: unknown) => log.error(describeError(error))), late]);
    timeout.abort();
  }

  #onClaimed(): void {
    this.#publisher.publishAll();
    this.#health.start();
  }

  #storage(): ReturnType<typeof createFileStorage> {
    return createFileStorage(join(this.#options.folder, this.#definition.name), this.#options.log);
  }
}
