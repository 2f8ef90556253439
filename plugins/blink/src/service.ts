import { blinkSchema, type BlinkConfig } from '@porchlight/config-schemas';
import { defineService, Devices, Problems, type Service, type ServiceContext } from '@porchlight/core';
import { listenForPin } from './adapters/account/pin-topic.ts';
import { assemble, lookAtSticks, showFigures, takeSnapshot, type Parts } from './adapters/assemble.ts';
import { within } from './adapters/cloud/within.ts';
import { followAlarmOnBus } from './adapters/follow/client.ts';
import type { Fetch } from './adapters/http/client.ts';
import { MemoryKeeper } from './adapters/memory/client.ts';
import { collectMemory, restoreMemory, type Notes } from './adapters/memory/notes.ts';
import type { MediaRow } from './domain/media-row.ts';
import type { PollSituation } from './domain/poll-plan.ts';
import type { Home } from './ports.ts';

export { commands, openPersonalSignIn } from './adapters/commands/client.ts';

export const service = defineService<BlinkConfig>({
  name: 'blink',
  version: '0.1.0',
  configSchema: blinkSchema,
  create: (config, context) => createBlink(config, context),
});

/** The service, with another way to the network where one is given. */
export function createBlink(config: BlinkConfig, context: ServiceContext, fetch?: Fetch): Service {
  return new BlinkService(config, context, fetch);
}

/** A cloud that is slow must not hold up the host, in ms; what it says comes later. */
const startMs = 3000;

class BlinkService implements Service {
  readonly devices = new Devices('blink');
  readonly #config: BlinkConfig;
  readonly #context: ServiceContext;
  readonly #parts: Parts;
  readonly #memory: MemoryKeeper;
  readonly #stopped = new AbortController();
  readonly #problems = new Problems((problem) => {
    this.devices.setProblem(problem);
    this.#parts.accountDevice.report(problem);
  });
  #notes: Notes = {};
  #stopListening: (() => void)[] = [];
  #begun: Promise<void> | undefined;
  #ready: Promise<void> | undefined;

  constructor(config: BlinkConfig, given: ServiceContext, fetch?: Fetch) {
    const context = { ...given, signal: AbortSignal.any([given.signal, this.#stopped.signal]) };
    this.#config = config;
    this.#context = context;
    this.#parts = assemble(
      { config, context, devices: this.devices, ...(fetch && { fetch }) },
      {
        onSignedIn: () => this.#onSignedIn(),
        onProblem: (key, problem) => this.#problems.set(key, problem),
        onHome: (home) => this.#onHome(home),
        onRows: (rows) => this.#onRows(rows),
        onAnswer: () => showFigures(this.#parts, { config, clock: context.clock, situation: this.#situation() }),
        onSnapshot: (camera) => takeSnapshot(this.#parts, camera, context.clock.now()),
        lookAtStorage: () => lookAtSticks(this.#parts, context.clock.now(), (rows) => this.#take(rows)),
        situation: () => this.#situation(),
        keep: () => this.#memory.keep(),
        store: () => this.#store(),
      },
    );
    this.#memory = new MemoryKeeper(context, () => collectMemory(this.#parts, this.#notes));
  }

  async start(): Promise<void> {
    const { account, follower, pictures, recordings } = this.#parts;
    this.#notes = restoreMemory(this.#parts, await this.#memory.read());
    if (this.#config.snapshots) await pictures.open();
    const { bus } = this.#context;
    this.#stopListening = [
      listenForPin(this.#context, this.#config.broker.root, (digits) => account.enterPin(digits)),
      followAlarmOnBus(bus, {
        onMode: (mode) => follower.onMode(mode),
        onRinging: (isRinging) => recordings.ring(isRinging),
      }),
    ];
    this.#ready = account.start().then(() => this.#begun);
    await within(this.#context, startMs, this.#ready);
  }

  async stop(): Promise<void> {
    const { account, clips, gate, orders, pictures, shown, watch } = this.#parts;
    this.#stopped.abort();
    for (const stop of this.#stopListening.splice(0)) stop();
    await this.#ready;
    await Promise.all([account.stop(), watch.stop(), orders.settle(), pictures.settle(), clips.settle()]);
    shown.stop();
    gate.close();
    await this.#store();
  }

  #store(): Promise<void> {
    this.#memory.keep();
    return this.#memory.flush();
  }

  #onSignedIn(): void {
    if (this.#begun) return this.#parts.watch.nudge('state');
    this.#begun = this.#parts.watch.start();
  }

  #onHome(home: Home): void {
    const { follower, roster, recordings, session, shown, watch } = this.#parts;
    const id = session.account?.id;
    // Another account's recordings are nothing to go by.
    if (this.#notes.account !== undefined && id !== this.#notes.account) recordings.restore(undefined);
    this.#notes = { ...this.#notes, ...(id !== undefined && { account: id }) };
    const wasArmed = roster.isArmed;
    if (roster.take(home)) this.#memory.keep();
    shown.show(roster.networks, roster.chosen);
    follower.look();
    if (roster.isArmed !== wasArmed) watch.rethink();
  }

  #onRows(rows: MediaRow[]): boolean {
    const { roster, shown } = this.#parts;
    if (roster.learn(rows, this.#context.clock.now())) shown.show(roster.networks, roster.chosen);
    this.#take(rows);
    return roster.cameras.length > 0;
  }

  #take(rows: MediaRow[]): void {
    if (!this.#parts.recordings.take(rows)) return;
    // At once: what has been told of must not be told again after kill -9.
    void this.#store();
    this.#parts.watch.rethink();
  }

  #situation(): PollSituation {
    const { gate, recordings, roster } = this.#parts;
    const hasStorage = roster.storages(this.#context.clock.now()).length > 0;
    return { isArmed: roster.isArmed, hasStorage, lastMotionAt: recordings.lastMotionAt, isShort: gate.isShort };
  }
}
