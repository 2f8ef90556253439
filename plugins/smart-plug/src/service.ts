import { smartPlugSchema, type SmartPlugConfig } from '@porchlight/config-schemas';
import { defineService, Devices, type Service, type ServiceContext } from '@porchlight/core';
import { House } from './adapters/house.ts';
import { openPlug } from './adapters/open.ts';

export { commands, discoverPlugs, listPlugs, pairHomeKit, testPlug } from './adapters/commands/client.ts';

export const service = defineService<SmartPlugConfig>({
  name: 'smart-plug',
  version: '0.1.0',
  configSchema: smartPlugSchema,
  create: (config, context) => new SmartPlugService(config, context),
});

class SmartPlugService implements Service {
  readonly devices = new Devices('smart-plug');
  readonly #context: ServiceContext;
  readonly #ending = new AbortController();
  readonly #isIdle: boolean;
  readonly #house: House;
  #stopped: Promise<void> | undefined;

  constructor(config: SmartPlugConfig, context: ServiceContext) {
    this.#context = context;
    this.#isIdle = config.plugs.length === 0;
    const signal = AbortSignal.any([context.signal, this.#ending.signal]);
    const parts = { config, context: { ...context, signal }, devices: this.devices };
    this.#house = new House({ ...parts, open: (plug) => openPlug(plug, context) });
  }

  async start(): Promise<void> {
    if (this.#isIdle) {
      this.#context.log.info('No plug yet. Add one in the settings.');
      this.devices.setProblem('There is no plug yet. Add one in the settings.');
    }
    await this.#house.start();
  }

  stop(): Promise<void> {
    this.#ending.abort();
    this.#stopped ??= this.#house.stop();
    return this.#stopped;
  }
}
