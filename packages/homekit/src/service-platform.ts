import { hostName, runService, SwitchableSource, type RunningService, type RunOptions } from '@porchlight/bus';
import { describeError, type Clock, type Log, type ServiceConfig, type ServiceDefinition } from '@porchlight/core';
import { systemClock } from '@porchlight/core/node';
import type { API, DynamicPlatformPlugin, PlatformAccessory } from 'homebridge';
import { join } from 'node:path';
import { AccessoryMirror, type PluginIdentity } from './accessory-mirror.ts';

/** Runs a service of the bus in this process; tests put another in its place. */
export type Run<C extends ServiceConfig> = (definition: ServiceDefinition<C>, options: RunOptions) => RunningService;

export interface PlatformParts<C extends ServiceConfig> {
  definition: ServiceDefinition<C>;
  identity: PluginIdentity;
  api: API;
  log: Log;
  /** The platform's block of Homebridge's configuration, unchecked. */
  config: unknown;
  run?: Run<C>;
  clock?: Clock;
}

/** Homebridge's dynamic platform around one service: starts with it, shows its devices, stops with it. */
export class ServicePlatform<C extends ServiceConfig> implements DynamicPlatformPlugin {
  readonly #parts: Required<PlatformParts<C>>;
  readonly #restored: PlatformAccessory[] = [];
  #running: { service: RunningService; mirror: AccessoryMirror } | undefined;
  #stopped: Promise<void> | undefined;

  constructor(parts: PlatformParts<C>) {
    this.#parts = { run: runService, clock: systemClock, ...parts };
    parts.api.on('didFinishLaunching', () => this.#start());
    parts.api.on('shutdown', () => void this.stop());
  }

  configureAccessory(accessory: PlatformAccessory): void {
    this.#restored.push(accessory);
  }

  /** Ends the service and all that follows it; never rejects. */
  stop(): Promise<void> {
    this.#stopped ??= this.#stop();
    return this.#stopped;
  }

  #start(): void {
    if (this.#stopped) return;
    const { api, identity, log, clock, definition } = this.#parts;
    try {
      const service = this.#runService();
      const { version } = definition;
      const mirror = new AccessoryMirror({ api, identity, source: service.devices, clock, log, version });
      this.#running = { service, mirror };
      mirror.start(this.#restored);
      void service.ready.then(() => mirror.prune()).catch((error: unknown) => log.error(describeError(error)));
    } catch (error) {
      log.error(`The service could not be started: ${describeError(error)}`);
    }
  }

  #runService(): RunningService {
    const { definition, api, log, clock, run, config } = this.#parts;
    const settings = withoutHomebridgeKeys(config);
    if (!settings) return createIdleService(definition.name, 'This plugin is not configured yet.');
    const storagePath = api.user.storagePath();
    const folder = join(storagePath, 'porchlight');
    try {
      return run(definition, { config: settings, log, folder, host: hostName('homebridge', storagePath), clock });
    } catch (error) {
      log.error(`The service could not be started: ${describeError(error)}`);
      return createIdleService(definition.name, 'The service could not be started.');
    }
  }

  async #stop(): Promise<void> {
    this.#running?.mirror.stop();
    try {
      await this.#running?.service.stop();
    } catch (error) {
      this.#parts.log.error(`The service did not stop cleanly: ${describeError(error)}`);
    }
  }
}

/** The settings without what belongs to Homebridge; undefined when there is no block at all. */
function withoutHomebridgeKeys(config: unknown): object | undefined {
  if (typeof config !== 'object' || config === null || Object.keys(config).length === 0) return undefined;
  const homebridgeKeys = new Set(['platform', '_bridge']);
  return Object.fromEntries(Object.entries(config).filter(([key]) => !homebridgeKeys.has(key)));
}

/** A service that does nothing, so that accessories of an earlier configuration stay until there is a new one. */
function createIdleService(name: string, problem: string): RunningService {
  const devices = new SwitchableSource(name);
  devices.show(undefined, problem);
  return { devices, ready: Promise.resolve(), stop: () => Promise.resolve() };
}
