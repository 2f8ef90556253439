import { eventAlarmSchema, type EventAlarmConfig } from '@porchlight/config-schemas';
import { createDeadline, defineService, Devices, type CommandOf, type CommandOrigin } from '@porchlight/core';
import type { AlarmMode, Deadline, DeviceEvent, Service, ServiceContext } from '@porchlight/core';
import { carryOut } from './adapters/carry-out.ts';
import { openAdapters } from './adapters/open.ts';
import { startSchedule } from './adapters/schedule/client.ts';
import { disarmedState, isHeeded, isWatching, remaining, stepAlarm, type AlarmInput } from './domain/alarm.ts';
import type { AlarmState } from './domain/alarm.ts';
import { EventCounter } from './domain/event-counter.ts';
import { Problems } from './domain/problems.ts';
import { isRuleOn, toAlarmSettings, toCounterOptions, toRules } from './domain/settings.ts';
import { isSource, listOffline } from './domain/source-watch.ts';
import { describeRing } from './domain/wording.ts';
import { modeNotOffered, notArmed } from './errors.ts';

export const service = defineService<EventAlarmConfig>({
  name: 'event-alarm',
  version: '0.1.0',
  configSchema: eventAlarmSchema,
  // An event that happens while this process restarts must count.
  durableEvents: true,
  create: (config, context) => new EventAlarmService(config, context),
});

/** How often the counts are shown anew while events grow old, milliseconds. */
const recountMs = 5_000;

class EventAlarmService implements Service {
  readonly devices = new Devices('event-alarm');
  readonly #config: EventAlarmConfig;
  readonly #settings;
  readonly #context: ServiceContext;
  readonly #counter: EventCounter;
  readonly #rules: ReturnType<typeof toRules>;
  readonly #problems = new Problems((problem) => this.#adapters.devices.report(problem));
  readonly #adapters: ReturnType<typeof openAdapters>;
  readonly #deadlines: Record<'phase' | 'notice' | 'recount', ReturnType<typeof createDeadline>>;
  #state = disarmedState;
  #holdOffUntil = 0;
  #stopListening: (() => void)[] = [];

  constructor(config: EventAlarmConfig, context: ServiceContext) {
    this.#config = config;
    this.#settings = toAlarmSettings(config);
    this.#context = context;
    this.#rules = toRules(config);
    this.#counter = new EventCounter(toCounterOptions(config));
    const { clock } = context;
    this.#deadlines = {
      phase: createDeadline(clock, () => this.#step({ type: 'deadline' })),
      notice: createDeadline(clock, () => this.#step({ type: 'notify-deadline' })),
      recount: createDeadline(clock, () => this.#showCounts()),
    };
    this.#adapters = openAdapters(
      { config, context, devices: this.devices, rules: this.#rules },
      {
        alarm: (command, origin) => this.#onCommand(command, origin),
        test: () => this.#ring('Test alarm', [], true),
        collect: ({ guard }) => ({ alarm: this.#state, events: this.#counter.remember(clock.now()), guard }),
        onSources: () => this.#showSources(),
        onProblem: (key, problem) => this.#problems.set(key, problem),
      },
    );
  }

  async start(): Promise<void> {
    const { document, keypad, switches, inputs } = this.#adapters;
    const { bus, clock } = this.#context;
    const { alarm, events, guard } = await document.read();
    keypad.guard = guard;
    this.#state = alarm;
    this.#counter.restart(alarm.armedAt ?? Number.NEGATIVE_INFINITY);
    this.#counter.recall(events, clock.now());
    this.#holdOffUntil = clock.monotonic() + this.#config.startupHoldoffSeconds * 1000;
    this.#setDeadlines(undefined);
    this.#show();
    this.#showCounts();
    await switches.resume({ isRinging: alarm.phase === 'triggered', isArmed: isWatching(alarm) });
    const { schedule, timeZone } = this.#config;
    inputs.start((event) => this.#onEvent(event));
    this.#stopListening = [
      bus.onEvent({}, (event) => this.#onEvent(event)),
      startSchedule(schedule, timeZone, (mode) => this.#setMode({ mode, force: true })),
      () => inputs.stop(),
      () => this.#adapters.sources.stop(),
    ];
  }

  async stop(): Promise<void> {
    for (const stop of this.#stopListening.splice(0)) stop();
    for (const deadline of Object.values(this.#deadlines)) deadline.clear();
    await Promise.all([this.#adapters.keeper.settle(), this.#adapters.people.stop()]);
  }

  #onEvent(event: DeviceEvent): void {
    if (event.service === this.devices.service || !isHeeded(this.#settings, this.#state, event)) return;
    const now = this.#context.clock.now();
    const fulfilled = this.#counter.add(event, now);
    if (fulfilled > 0 && isWatching(this.#state)) this.#onFulfilled(fulfilled, event, now);
    if (fulfilled >= 0) {
      this.#showCounts();
      this.#adapters.keeper.keep();
    }
  }

  #onFulfilled(fulfilled: number, event: DeviceEvent, now: number): void {
    const { mode } = this.#state;
    const index = this.#rules.findIndex((rule, bit) => (fulfilled & (1 << bit)) !== 0 && isRuleOn(rule, mode));
    const rule = this.#rules[index];
    if (!rule || this.#context.clock.monotonic() < this.#holdOffUntil) return;
    const events = this.#counter.use(index, now, event.occurredAt);
    this.#ring(describeRing(events, rule), events, false);
  }

  #ring(reason: string, events: readonly DeviceEvent[], isTest: boolean): void {
    const id = `${this.#context.clock.now()}`;
    this.#step({ type: 'ring', id, reason, events, isTest });
  }

  #onCommand(command: CommandOf<'alarm'>, origin: CommandOrigin): void {
    const { keypad, keeper } = this.#adapters;
    try {
      keypad.check(command, origin, this.#context.clock.now());
    } finally {
      keeper.keep();
    }
    if (command.action === 'trigger') return this.#ring('Rung by hand', [], true);
    if (command.action === 'silence') return this.#step({ type: 'silence' });
    const { mode } = command;
    if (mode !== 'disarmed' && !this.#config.modes.includes(mode)) throw modeNotOffered(mode);
    this.#setMode(command);
  }

  #setMode({ mode, force, skipDelay }: { mode: AlarmMode; force?: boolean; skipDelay?: boolean }): void {
    const options = { ...(force !== undefined && { force }), ...(skipDelay !== undefined && { skipDelay }) };
    this.#step({ type: 'set-mode', mode, offline: this.#listOffline(), ...options });
  }

  /** The one way in which the state changes: decide, act, show, keep. Nothing waits for the disk. */
  #step(input: AlarmInput): void {
    const now = this.#context.clock.now();
    const before = this.#state;
    const { state, effects } = stepAlarm(this.#settings, before, input, now);
    this.#state = state;
    for (const effect of effects) {
      if (effect.type === 'watch') this.#counter.restart(now);
      carryOut(this.#adapters, effect, { state, now, name: this.#config.name, log: this.#context.log });
    }
    this.#setDeadlines(before);
    this.#show();
    this.#adapters.keeper.keep();
    const refusal = effects.find((effect) => effect.type === 'refuse');
    if (refusal) throw notArmed(refusal.message);
  }

  #show(): void {
    const now = this.#context.clock.now();
    this.#adapters.devices.show(this.#state, now);
    this.#showSources();
  }

  #setDeadlines(before: AlarmState | undefined): void {
    const { phase, notice } = remaining(this.#settings, this.#state, this.#context.clock.now());
    if (this.#state.until !== before?.until) setOrClear(this.#deadlines.phase, phase);
    if (this.#state.notifyAt !== before?.notifyAt) setOrClear(this.#deadlines.notice, notice);
  }

  #showCounts(): void {
    const now = this.#context.clock.now();
    const counts = this.#counter.counts(now);
    this.#adapters.devices.count(counts, now);
    if (counts.some((count) => count > 0)) this.#deadlines.recount.set(recountMs);
  }

  #listOffline(): string[] {
    const { services, devices } = this.#config.sources;
    return listOffline(this.#adapters.sources.current(), (device) => isSource(device, services, devices));
  }

  /** A sensor that is lost while it watches is a fault at once. */
  #showSources(): void {
    const offline = isWatching(this.#state) ? this.#listOffline() : [];
    this.#problems.set('sources', offline.length > 0 ? `No answer from ${offline.join(', ')}.` : undefined);
  }
}

function setOrClear(deadline: Deadline, delayMs: number | undefined): void {
  if (delayMs === undefined) deadline.clear();
  else deadline.set(delayMs);
}
