import type { EventAlarmConfig } from '@porchlight/config-schemas';
import { createDeadline, type Clock, type Deadline, type DeviceEvent } from '@porchlight/core';
import { isRuleOn, type AlarmRule } from '../../domain/alarm-rule.ts';
import { isHeeded, isWatching, type AlarmSettings, type AlarmState } from '../../domain/alarm.ts';
import { EventCounter, type RememberedEvent } from '../../domain/event-counter.ts';
import { describeRing } from '../../domain/wording.ts';
import { toCounterOptions } from '../settings.ts';

export interface TallyParts {
  config: EventAlarmConfig;
  settings: AlarmSettings;
  rules: readonly AlarmRule[];
  clock: Clock;
}

export interface TallyCallbacks {
  /** A rule is fulfilled: these events ring it. */
  onRing(reason: string, events: readonly DeviceEvent[]): void;
  onCounts(counts: readonly number[], now: number): void;
}

/** How often the counts are shown anew while events grow old, milliseconds. */
const recountMs = 5_000;

/** Counts the events that come in and tells when a rule is fulfilled. */
export class Tally {
  readonly #parts: TallyParts;
  readonly #callbacks: TallyCallbacks;
  readonly #counter: EventCounter;
  readonly #recount: Deadline;
  #holdOffUntil = 0;

  constructor(parts: TallyParts, callbacks: TallyCallbacks) {
    this.#parts = parts;
    this.#callbacks = callbacks;
    this.#counter = new EventCounter(toCounterOptions(parts.config));
    this.#recount = createDeadline(parts.clock, () => this.show());
  }

  /** Goes on after a start of the process; nothing rings by it. */
  resume(events: readonly RememberedEvent[], armedAt: number | undefined): void {
    const { clock, config } = this.#parts;
    this.#counter.restart(armedAt ?? Number.NEGATIVE_INFINITY);
    this.#counter.recall(events, clock.now());
    this.#holdOffUntil = clock.monotonic() + config.startupHoldoffSeconds * 1000;
    this.show();
  }

  /** Whether the event was new, so that it must be kept. */
  take(event: DeviceEvent, state: AlarmState): boolean {
    const { clock, settings } = this.#parts;
    if (!isHeeded(settings, state, event)) return false;
    const now = clock.now();
    const fulfilled = this.#counter.add(event, now);
    if (fulfilled > 0 && isWatching(state) && clock.monotonic() >= this.#holdOffUntil) {
      this.#onFulfilled(fulfilled, event, { state, now });
    }
    if (fulfilled >= 0) this.show();
    return fulfilled >= 0;
  }

  /** What happened before `now` no longer counts. */
  restart(now: number): void {
    this.#counter.restart(now);
    this.show();
  }

  remember(): RememberedEvent[] {
    return this.#counter.remember(this.#parts.clock.now());
  }

  show(): void {
    const now = this.#parts.clock.now();
    const counts = this.#counter.counts(now);
    this.#callbacks.onCounts(counts, now);
    if (counts.some((count) => count > 0)) this.#recount.set(recountMs);
  }

  stop(): void {
    this.#recount.clear();
  }

  #onFulfilled(fulfilled: number, event: DeviceEvent, { state, now }: { state: AlarmState; now: number }): void {
    const { rules } = this.#parts;
    const index = rules.findIndex((rule, bit) => (fulfilled & (1 << bit)) !== 0 && isRuleOn(rule, state.mode));
    const rule = rules[index];
    if (!rule) return;
    const events = this.#counter.use(index, now, event.occurredAt);
    this.#callbacks.onRing(describeRing(events, rule), events);
  }
}
