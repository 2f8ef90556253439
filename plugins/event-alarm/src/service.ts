import { eventAlarmSchema, type EventAlarmConfig } from '@porchlight/config-schemas';
import { defineService, Devices, Problems, type CommandOf, type CommandOrigin } from '@porchlight/core';
import type { AlarmMode, DeviceEvent, Service, ServiceContext } from '@porchlight/core';
import { carryOut, resumeActions } from './adapters/carry-out.ts';
import { createAlarmDeadlines, type AlarmDeadlines } from './adapters/deadlines/client.ts';
import { openAdapters } from './adapters/open.ts';
import { toAlarmSettings, toRules } from './adapters/settings.ts';
import { Tally } from './adapters/tally/client.ts';
import { disarmedState, isSounding, isUrgent, isWatching, stepAlarm, type AlarmInput } from './domain/alarm.ts';
import { modeNotOffered, notArmed } from './errors.ts';

export const service = defineService<EventAlarmConfig>({
  name: 'event-alarm',
  version: '0.1.0',
  configSchema: eventAlarmSchema,
  // An event that happens while this process restarts must count.
  durableEvents: true,
  create: (config, context) => new EventAlarmService(config, context),
});

class EventAlarmService implements Service {
  readonly devices = new Devices('event-alarm');
  readonly #config: EventAlarmConfig;
  readonly #context: ServiceContext;
  readonly #settings;
  readonly #tally: Tally;
  readonly #deadlines: AlarmDeadlines;
  readonly #adapters: ReturnType<typeof openAdapters>;
  readonly #problems = new Problems((problem) => this.#adapters.devices.report(problem));
  /** Orders wait for it: what they decide must not be overwritten by what the disk tells. */
  readonly #started = Promise.withResolvers<void>();
  #state = disarmedState;
  #stopListening: (() => void)[] = [];

  constructor(config: EventAlarmConfig, context: ServiceContext) {
    const { clock } = context;
    const [settings, rules] = [toAlarmSettings(config), toRules(config)];
    this.#config = config;
    this.#context = context;
    this.#settings = settings;
    this.#tally = new Tally(
      { config, settings, rules, clock },
      {
        onRing: (reason, events) => this.#ring('events', reason, events),
        onCounts: (counts, now) => this.#adapters.devices.count(counts, now),
      },
    );
    this.#deadlines = createAlarmDeadlines(
      { clock, settings },
      { phase: () => this.#step({ type: 'deadline' }), notice: () => this.#step({ type: 'notify-deadline' }) },
    );
    this.#adapters = openAdapters(
      { config, context, devices: this.devices, rules },
      {
        alarm: (command, origin) => this.#started.promise.then(() => this.#onCommand(command, origin)),
        test: () => this.#started.promise.then(() => this.#ring('test', 'Test alarm')),
        collect: () => ({ alarm: this.#state, events: this.#tally.remember() }),
        // Nobody is there to see a refusal: it is armed as well as it can be. What rings is armed, and rings on.
        onTime: (mode) =>
          mode !== 'disarmed' && isSounding(this.#state) ? undefined : this.#setMode({ mode, force: true }),
        onSources: () => this.#showSources(),
        onProblem: (key, problem) => this.#problems.set(key, problem),
      },
    );
  }

  async start(): Promise<void> {
    const { document, keeper, keypad, inputs, sources, schedule } = this.#adapters;
    const { alarm, events, guard, scheduledAt } = await document.read();
    keypad.guard = guard;
    this.#state = alarm;
    this.#tally.resume(events, alarm.armedAt);
    this.#show();
    await resumeActions(this.#adapters, this.#settings, alarm, this.#context.clock.now());
    // Not before the switches know that it rings: its time may be over by now.
    this.#deadlines.follow(alarm);
    inputs.start((event) => this.#onEvent(event));
    this.#stopListening = [
      this.#context.bus.onEvent({}, (event) => this.#onEvent(event)),
      schedule.start(scheduledAt),
      () => inputs.stop(),
      () => sources.stop(),
    ];
    keeper.keep();
    this.#started.resolve();
  }

  async stop(): Promise<void> {
    for (const stop of this.#stopListening.splice(0)) stop();
    this.#deadlines.clear();
    this.#tally.stop();
    const { keeper, people, switches } = this.#adapters;
    await Promise.all([keeper.settle(), people.stop(), switches.close()]);
  }

  #onEvent(event: DeviceEvent): void {
    if (event.service === this.devices.service) return;
    if (this.#tally.take(event, this.#state)) this.#adapters.keeper.keep();
  }

  #ring(by: 'events' | 'hand' | 'test', reason: string, events: readonly DeviceEvent[] = []): void {
    this.#step({ type: 'ring', id: `${this.#context.clock.now()}`, reason, events, by });
  }

  #onCommand(command: CommandOf<'alarm'>, origin: CommandOrigin): void {
    const { keypad, keeper } = this.#adapters;
    try {
      keypad.check(command, origin, this.#context.clock.now(), isSounding(this.#state));
    } finally {
      keeper.keep();
    }
    if (command.action === 'trigger') return this.#ring('hand', 'Rung by hand');
    if (command.action === 'silence') return this.#step({ type: 'silence' });
    this.#setMode(command);
  }

  #setMode({ mode, force, skipDelay }: { mode: AlarmMode; force?: boolean; skipDelay?: boolean }): void {
    if (mode !== 'disarmed' && !this.#config.modes.includes(mode)) throw modeNotOffered(mode);
    const options = { ...(force !== undefined && { force }), ...(skipDelay !== undefined && { skipDelay }) };
    this.#step({ type: 'set-mode', mode, offline: this.#adapters.sources.listOffline(), ...options });
  }

  /** The one way in which the state changes: decide, act, show, tell, keep. Nothing waits for the disk. */
  #step(input: AlarmInput): void {
    const now = this.#context.clock.now();
    const { state, effects } = stepAlarm(this.#settings, this.#state, input, now);
    this.#state = state;
    const outcome = { state, now, name: this.#config.name, log: this.#context.log };
    // Lamps first, then the tile in Apple Home; who is told by words can wait for both.
    for (const effect of effects.filter(isUrgent)) carryOut(this.#adapters, effect, outcome);
    this.#show();
    if (effects.some(({ type }) => type === 'watch')) this.#tally.restart(now);
    for (const effect of effects) if (!isUrgent(effect)) carryOut(this.#adapters, effect, outcome);
    this.#deadlines.follow(state);
    this.#adapters.keeper.keep();
    const refusal = effects.find((effect) => effect.type === 'refuse');
    if (refusal) throw notArmed(refusal.message);
  }

  #show(): void {
    this.#adapters.devices.show(this.#state, this.#context.clock.now());
    this.#showSources();
  }

  /** A sensor that is lost while it watches is a fault at once. */
  #showSources(): void {
    const offline = isWatching(this.#state) ? this.#adapters.sources.listOffline() : [];
    this.#problems.set('sources', offline.length > 0 ? `No answer from ${offline.join(', ')}.` : undefined);
  }
}
