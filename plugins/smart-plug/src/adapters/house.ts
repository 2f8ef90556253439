import type { PlugConfig, SmartPlugConfig } from '@porchlight/config-schemas';
import {
  createTroubleLog,
  describeError,
  toId,
  toIso,
  type TroubleLog,
  type CommandOf,
  type CommandOrigin,
  type Devices,
  type ServiceContext,
} from '@porchlight/core';
import { gradeText, isProven, refusalFor, type Facts } from '../domain/grade.ts';
import { unproven } from '../errors.ts';
import type { PlugPort } from '../ports.ts';
import { PowerDevice } from './devices/client.ts';
import { CycleMemory } from './memory/client.ts';
import { Plug } from './plug/client.ts';
import { fingerprintOf, openProofs, type Proofs } from './proofs/client.ts';
import { Sequence } from './sequence/client.ts';

export type OpenPort = (config: PlugConfig) => PlugPort;
type CycleCommand = CommandOf<'power-cycle'>;

/** All plugs and sequences of the configuration. */
export class House {
  readonly #context: ServiceContext;
  readonly #devices: Devices;
  readonly #memory: CycleMemory;
  readonly #proofs: Proofs;
  readonly #troubles: TroubleLog;
  readonly #plugs = new Map<string, { plug: Plug; config: PlugConfig }>();
  readonly #sequences = new Map<string, Sequence>();
  /** What an earlier run began has been taken up. */
  readonly #resumed = Promise.withResolvers<void>();

  constructor(parts: { config: SmartPlugConfig; context: ServiceContext; devices: Devices; open: OpenPort }) {
    const { config, context, devices, open } = parts;
    this.#context = context;
    this.#devices = devices;
    this.#memory = new CycleMemory(context);
    this.#proofs = openProofs(context);
    this.#troubles = createTroubleLog(context.log, context.clock);
    for (const one of config.plugs) this.#addPlug(one, open(one));
    for (const one of config.sequences) this.#addSequence(one);
  }

  async start(): Promise<void> {
    const { cycles, sequences, last } = await this.#memory.read();
    const starting = [...this.#plugs].map(([id, { plug }]) => plug.start(cycles[id], last[id]));
    for (const [id, sequence] of this.#sequences) sequence.start(sequences[id], last[id]);
    this.#resumed.resolve();
    await Promise.all(starting);
  }

  async stop(): Promise<void> {
    await Promise.all([...this.#plugs.values()].map(({ plug }) => plug.stop()));
  }

  #addPlug(config: PlugConfig, port: PlugPort): void {
    const { clock, log } = this.#context;
    const { name, mayStayOff, offSeconds, pollSeconds } = config;
    const id = toId(name);
    let isKnown = false;
    const device = new PowerDevice(
      this.#devices,
      { id, name, model: 'Smart plug', hasSwitch: true },
      {
        switch: ({ on }) => this.#resumed.promise.then(() => plug.switch(on)),
        'power-cycle': (command, origin) => this.#restart([plug], command, origin, (part) => plug.restart(part)),
      },
    );
    const plug = new Plug(
      { id, name, feedsRouter: !mayStayOff, offMs: offSeconds * 1000, pollMs: pollSeconds * 1000 },
      {
        ...this.#context,
        port,
        memory: this.#memory,
        isTested: () => this.#proofs.isTested(id, clock.now()).catch(() => false),
      },
      {
        onReading: (reading) => device.show(reading, clock.now()),
        onCycle: (state) => device.showCycle(state),
        onTrouble: (problem) => {
          device.trouble(problem);
          if (problem === undefined) this.#troubles.end(id, `${name} answers again.`);
          else this.#troubles.begin(id, problem.startsWith(name) ? problem : `${name}: ${problem}`);
          if (problem !== undefined || isKnown) return;
          isKnown = true;
          device.identify(port.identity);
          void this.#introduce(config, port).then(
            (line) => log.info(line),
            (error: unknown) => log.warn(describeError(error)),
          );
        },
        onFinished: (cycle) => device.finish(cycle, clock.now()),
        onFailed: (problem) => device.fail(problem, clock.now()),
      },
    );
    this.#plugs.set(id, { plug, config });
  }

  #addSequence({ name, steps }: SmartPlugConfig['sequences'][number]): void {
    const id = toId(name);
    const device = new PowerDevice(
      this.#devices,
      { id, name, model: 'Sequence', hasSwitch: false },
      {
        'power-cycle': (command, origin) =>
          this.#restart(sequence.plugs, command, origin, (part) => sequence.run(part)),
      },
    );
    const sequence = new Sequence({
      ...this.#context,
      id,
      name,
      steps: steps.map(({ plug, waitSeconds }) => ({ plug: toId(plug), waitMs: waitSeconds * 1000 })),
      plugs: new Map([...this.#plugs].map(([key, { plug }]) => [key, plug])),
      memory: this.#memory,
      onChange: (state) => device.showCycle(state),
      onFinished: (pending) => device.finish(pending, this.#context.clock.now()),
    });
    this.#sequences.set(id, sequence);
  }

  /** A person in Apple Home may always restart; who acts by itself needs a plug that is sure to come back. */
  async #restart(
    plugs: readonly Plug[],
    { offSeconds, reason }: CycleCommand,
    origin: CommandOrigin,
    run: (part: { offMs?: number; reason?: string }) => Promise<void>,
  ): Promise<void> {
    await this.#resumed.promise;
    if (origin === 'bus') {
      for (const { settings } of plugs) {
        const refusal = refusalFor(await this.#factsOf(settings.id));
        if (refusal !== undefined) throw unproven(refusal);
      }
    }
    await run({
      ...(offSeconds !== undefined && { offMs: offSeconds * 1000 }),
      ...(reason !== undefined && { reason }),
    });
  }

  async #factsOf(id: string): Promise<Facts> {
    const entry = this.#plugs.get(id);
    if (!entry) throw unproven(`there is no plug ${id}`);
    const { config, plug } = entry;
    const { name, mayStayOff, allowUnproven } = config;
    const proof = await this.#proofs.find(id);
    return {
      name,
      feedsRouter: !mayStayOff,
      allowUnproven,
      grade: plug.port.grade,
      fingerprint: fingerprintOf(config),
      proof,
    };
  }

  async #introduce(config: PlugConfig, { grade, identity }: PlugPort): Promise<string> {
    const facts = await this.#factsOf(toId(config.name));
    const model = [identity.manufacturer, identity.model].filter(Boolean).join(' ') || config.type;
    const proof =
      isProven(facts) && facts.proof ? `tested ${toIso(facts.proof.verifiedAt).slice(0, 10)}` : 'not tested';
    return `${config.name}: ${model}, grade ${grade} (${gradeText[grade]}), ${proof}.`;
  }
}
