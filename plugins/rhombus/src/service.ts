import { rhombusSchema, type RhombusConfig } from '@porchlight/config-schemas';
import { defineService, describeError, Devices, Problems, type Service, type ServiceContext } from '@porchlight/core';
import { RhombusDevices } from './adapters/devices/client.ts';
import { MemoryKeeper } from './adapters/memory/client.ts';
import { openWays, toWatchSettings, type Ways } from './adapters/open.ts';
import { Pictures } from './adapters/pictures/client.ts';
import { Watch } from './adapters/watch/client.ts';
import { chooseDevices } from './adapters/devices/choose.ts';
import { defaultDifferSettings, diffSighting, type DifferState, type Happening } from './domain/differ.ts';
import type { Sighting } from './domain/sighting.ts';
import { noKey } from './errors.ts';
import type { FoundDevice, Push } from './ports.ts';

export const service = defineService<RhombusConfig>({
  name: 'rhombus',
  version: '0.1.0',
  configSchema: rhombusSchema,
  create: (config, context) => new RhombusService(config, context),
});

interface Parts extends Ways {
  watch: Watch;
  pictures: Pictures;
}

class RhombusService implements Service {
  readonly devices = new Devices('rhombus');
  readonly #config: RhombusConfig;
  readonly #context: ServiceContext;
  readonly #shown: RhombusDevices;
  readonly #memory: MemoryKeeper;
  readonly #settings;
  readonly #problems = new Problems((problem) => this.devices.setProblem(problem));
  #seen: DifferState = { seen: new Map() };
  #parts: Parts | undefined;

  constructor(config: RhombusConfig, context: ServiceContext) {
    this.#config = config;
    this.#context = context;
    this.#settings = { ...defaultDifferSettings, labels: new Set<string>(config.labels) };
    this.#shown = new RhombusDevices(this.devices, {
      clock: context.clock,
      settings: config,
      takeSnapshot: async (camera) => {
        await this.#parts?.pictures.take(camera, context.clock.now());
        this.#shown.snapshotTaken(camera.uuid);
      },
    });
    this.#memory = new MemoryKeeper(context, () => ({
      seen: [...this.#seen.seen.values()],
      ids: this.#shown.ids,
      devices: this.#shown.list,
      ...(this.#parts?.watch.checkedTo !== undefined && { checkedTo: this.#parts.watch.checkedTo }),
    }));
  }

  async start(): Promise<void> {
    const { apiKey, snapshots } = this.#config;
    try {
      if (apiKey === undefined) throw noKey();
      this.#parts = this.#open(apiKey);
    } catch (error) {
      this.#context.log.error(describeError(error));
      return this.devices.setProblem(describeError(error));
    }
    const { seen, checkedTo, ids, devices } = await this.#memory.read();
    const { watch, pictures, stream, webhook } = this.#parts;
    this.#seen = { seen: new Map(seen.map((one) => [one.id, one])) };
    this.#shown.ids = ids;
    this.#shown.show(chooseDevices(this.#config, devices));
    watch.checkedTo = checkedTo;
    if (snapshots) await pictures.open();
    await watch.start();
    if (stream) this.#listen('stream', stream, watch);
    if (webhook) this.#listen('webhook', webhook, watch);
  }

  async stop(): Promise<void> {
    if (!this.#parts) return;
    const { cloud, pictures, stream, watch, webhook } = this.#parts;
    await Promise.all([stream?.stop(), webhook?.stop(), watch.stop()]);
    cloud.close();
    await pictures.settle();
    this.#shown.stop();
    await this.#memory.flush();
  }

  #open(apiKey: string): Parts {
    const ways = openWays(apiKey, this.#config, this.#context);
    const settings = toWatchSettings(this.#config, this.#settings.freshMs);
    const callbacks = {
      onSighting: this.#take.bind(this),
      onDevices: (found: FoundDevice[]) => {
        this.#shown.show(chooseDevices(this.#config, found));
        this.#memory.keep();
      },
      onProblem: (problem: string | undefined) => this.#problems.set('cloud', problem),
      cameras: () => this.#shown.cameras,
    };
    const watch = new Watch({ cloud: ways.cloud, settings, callbacks }, this.#context);
    return { ...ways, watch, pictures: new Pictures(this.#context, ways.cloud) };
  }

  #listen(name: 'stream' | 'webhook', push: Push, watch: Watch): void {
    push.start({
      onSighting: (sighting) => this.#take(sighting),
      onPart: (uuid) => void this.#complete(uuid),
      onDevices: () => watch.nudge('devices'),
      onState: (isRunning, problem) => {
        if (name === 'webhook') return this.#problems.set('webhook', isRunning ? undefined : problem);
        watch.isStreaming = isRunning;
        watch.nudge('alerts');
      },
    });
  }

  async #complete(uuid: string): Promise<void> {
    const isKnown = this.#seen.seen.has(uuid);
    const sighting = isKnown ? undefined : await this.#parts?.cloud.alert(uuid).catch(() => undefined);
    if (sighting) this.#take(sighting);
    else if (!isKnown) this.#parts?.watch.nudge('alerts');
  }

  /** The one way in which anything becomes an event, whoever told of it. */
  #take(sighting: Sighting): void {
    if (!this.#shown.get(sighting.device)) return;
    const { state, effects } = diffSighting(this.#settings, this.#seen, sighting, this.#context.clock.now());
    this.#seen = state;
    for (const effect of effects) {
      if (effect.type === 'prolonged') this.#shown.prolong(effect.sighting);
      else this.#happen(effect);
    }
  }

  #happen(happening: Happening): void {
    const { sighting, isFresh } = happening;
    const device = this.#shown.get(sighting.device);
    const wantsPicture =
      this.#config.snapshots && isFresh && device?.kind === 'camera' && happening.meaning.type === 'motion';
    const path = wantsPicture
      ? this.#parts?.pictures.fetch(device, sighting, () => this.#shown.snapshotTaken(device.uuid))
      : undefined;
    this.#shown.happen(happening, path === undefined ? undefined : [{ kind: 'image', path }]);
    if (isFresh && this.#parts) this.#parts.watch.lastEventAt = this.#context.clock.now();
    this.#memory.keep();
  }
}
