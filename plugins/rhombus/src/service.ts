import { rhombusSchema, type RhombusConfig } from '@porchlight/config-schemas';
import { defineService, describeError, Devices, Problems, type Service, type ServiceContext } from '@porchlight/core';
import { RhombusDevices } from './adapters/devices/client.ts';
import { MemoryKeeper } from './adapters/memory/client.ts';
import { openWays, toWatchSettings, type Ways } from './adapters/open.ts';
import { Pictures } from './adapters/pictures/client.ts';
import { Pushes } from './adapters/pushes/client.ts';
import { Teller } from './adapters/teller/client.ts';
import { Watch } from './adapters/watch/client.ts';
import { chooseDevices } from './domain/choose.ts';
import { defaultDifferSettings } from './domain/differ.ts';
import { nextRoster } from './domain/roster.ts';
import { noKey } from './errors.ts';
import type { DeviceLists, FoundDevice, PartOfAlert } from './ports.ts';

export { commands, survey } from './adapters/commands/client.ts';

export const service = defineService<RhombusConfig>({
  name: 'rhombus',
  version: '0.1.0',
  configSchema: rhombusSchema,
  create: (config, context) => new RhombusService(config, context),
});

interface Parts {
  cloud: Ways['cloud'];
  watch: Watch;
  pictures: Pictures;
  pushes: Pushes;
  teller: Teller;
}

class RhombusService implements Service {
  readonly devices = new Devices('rhombus');
  readonly #config: RhombusConfig;
  readonly #context: ServiceContext;
  readonly #shown: RhombusDevices;
  readonly #keeper: MemoryKeeper;
  readonly #problems = new Problems((problem) => this.devices.setProblem(problem));
  #listed: readonly FoundDevice[] = [];
  #parts: Parts | undefined;

  constructor(config: RhombusConfig, context: ServiceContext) {
    this.#config = config;
    this.#context = context;
    const { clock } = context;
    const takeSnapshot = async (camera: FoundDevice): Promise<void> => {
      if (this.#parts) this.#shown.snapshotTaken(camera.uuid, await this.#parts.pictures.take(camera, clock.now()));
    };
    this.#shown = new RhombusDevices(this.devices, { clock, settings: config, takeSnapshot });
    this.#keeper = new MemoryKeeper(context, {
      seen: () => this.#parts?.teller.state.seen ?? new Map(),
      memory: () => {
        const { alerts, marks } = this.#parts?.watch ?? {};
        return {
          ids: this.#shown.ids,
          devices: [...this.#listed],
          movements: marks?.movements ?? [],
          ...(alerts?.checkedTo !== undefined && { checkedTo: alerts.checkedTo }),
          ...(marks?.marksTo !== undefined && { marksTo: marks.marksTo }),
        };
      },
    });
  }

  async start(): Promise<void> {
    const { apiKey, snapshots } = this.#config;
    let parts: Parts;
    try {
      if (apiKey === undefined) throw noKey();
      parts = this.#open(openWays(apiKey, this.#config, this.#context));
    } catch (error) {
      this.#context.log.error(describeError(error));
      return this.devices.setProblem(describeError(error));
    }
    const { watch, pictures, pushes, teller } = parts;
    const { memory, seen } = await this.#keeper.read();
    this.#parts = parts;
    teller.state = { seen };
    watch.alerts.checkedTo = memory.checkedTo;
    watch.marks.marksTo = memory.marksTo;
    watch.marks.movements = memory.movements;
    this.#shown.ids = memory.ids;
    this.#list(memory.devices);
    if (snapshots) await pictures.open();
    await watch.start();
    pushes.start({
      onSighting: (sighting) => teller.take(sighting),
      onPart: (part) => void teller.complete(part, 'push'),
      onDevices: () => watch.refreshDevices(),
      onStreaming: (isStreaming) => watch.setStreaming(isStreaming),
      onWebhookProblem: (problem) => this.#problems.set('webhook', problem),
    });
  }

  async stop(): Promise<void> {
    if (!this.#parts) return;
    const { cloud, pictures, pushes, watch } = this.#parts;
    cloud.close();
    await Promise.all([pushes.stop(), watch.stop()]);
    await pictures.settle();
    this.#shown.stop();
    await this.#keeper.flush();
  }

  #open(ways: Ways): Parts {
    const { cloud } = ways;
    const { clock } = this.#context;
    const pictures = new Pictures(this.#context, cloud);
    const labels = new Set<string>([...this.#config.labels, 'occupancy']);
    const settings = { ...defaultDifferSettings, labels };
    const wanted = this.#config.snapshots ? pictures : undefined;
    const teller = new Teller(
      { clock, cloud, settings, shown: this.#shown, pictures: wanted },
      {
        isListed: (device) => this.#listed.some(({ uuid }) => uuid === device),
        onUnknownDevice: () => watch.refreshDevices(),
        onIncomplete: () => watch.nudge(),
        onTold: ({ isFresh }) => {
          if (isFresh) watch.enliven();
          this.#keeper.keep();
        },
      },
    );
    const callbacks = {
      onSighting: teller.take.bind(teller),
      onPart: (part: PartOfAlert) => void teller.complete(part, 'list'),
      onDevices: (lists: DeviceLists) => this.#onDevices(lists),
      onProblem: this.#problems.set.bind(this.#problems),
      onProgress: () => this.#keeper.keep(),
      cameras: () => this.#shown.cameras,
    };
    const watch = new Watch(
      { cloud, settings: toWatchSettings(this.#config, settings.freshMs), callbacks },
      this.#context,
    );
    return { cloud, watch, pictures, teller, pushes: new Pushes(ways, this.#context) };
  }

  #onDevices({ devices, unread }: DeviceLists): void {
    this.#list(nextRoster(this.#listed, devices, { unread, now: this.#context.clock.monotonic() }));
    this.#keeper.keep();
    if (this.#config.snapshots) this.#parts?.pictures.greet(this.#shown, this.#context.clock.now());
  }

  #list(listed: readonly FoundDevice[]): void {
    this.#listed = listed;
    this.#shown.show(chooseDevices(this.#config, listed));
  }
}
