import type { DeviceEvent } from '@porchlight/core';
import { maxDevices, RuleWindow, type WindowRule } from './rule-window.ts';
import { SeenIds } from './seen-ids.ts';

/** Which events count; an empty list does not restrict. */
export interface EventSelection {
  services: readonly string[];
  /** As service/device. */
  devices: readonly string[];
  labels: readonly string[];
  types: readonly string[];
}

export interface CountingRule extends WindowRule {
  name: string;
  sources: EventSelection;
}

export interface CounterOptions {
  rules: readonly CountingRule[];
  /** Older events are not received, milliseconds. */
  receiveMs: number;
  /** An event this late is judged by its own time too, milliseconds; 0 judges by the time of arrival only. */
  lateMs: number;
}

/** A received event and whether an alarm has used it. */
export interface RememberedEvent {
  event: DeviceEvent;
  isUsed: boolean;
}

/** A device and the rules that its last event concerned: most events are like the one before. */
interface KnownDevice {
  number: number;
  type: string | undefined;
  label: string | undefined;
  source: string | undefined;
  /** Bit 0 is the first rule. */
  rules: number;
}

/** Events whose details are at hand for messages and for the next start. */
const remembered = 512;
/** What a camera records because somebody asked it to; not a motion unless the owner chooses it. */
const askedFor: ReadonlySet<string> = new Set([
  'liveview',
  'live-view',
  'snapshot',
  'button',
  'button-press',
  'doorbell',
]);

/** Counts events for all rules: each id once, future times as now, late ones where they belong. Deterministic. */
export class EventCounter {
  readonly #options: CounterOptions;
  readonly #windows: RuleWindow[];
  readonly #matchers: ((event: DeviceEvent) => boolean)[];
  readonly #seen: SeenIds;
  readonly #devices = new Map<string, Map<string, KnownDevice>>();
  readonly #recent: (DeviceEvent | undefined)[] = Array.from({ length: remembered });
  readonly #isUsed = new Uint8Array(remembered);
  #deviceCount = 0;
  #number = 0;
  #countFrom = Number.NEGATIVE_INFINITY;

  constructor(options: CounterOptions) {
    this.#options = options;
    this.#windows = options.rules.map((rule) => new RuleWindow(rule, options.lateMs));
    this.#matchers = options.rules.map(({ sources }) => compile(sources));
    this.#seen = new SeenIds(Math.max(options.receiveMs, 60_000));
  }

  /**
   * Counts an event that arrives now. Returns the rules that it fulfils as a bit mask (bit 0 is the first rule), 0 for
   * none, and -1 for an event that is not received: a duplicate, one that is too old, or one from before the arming.
   */
  add(event: DeviceEvent, now: number): number {
    const at = event.occurredAt < now ? event.occurredAt : now;
    if (now - at > this.#options.receiveMs || !this.#seen.add(event.id, now)) return -1;
    const number = (this.#number += 1);
    // A clock that was set back must not leave it deaf until it has caught up.
    if (this.#countFrom > now) this.#countFrom = now;
    const isBefore = at < this.#countFrom;
    this.#recent[number % remembered] = event;
    this.#isUsed[number % remembered] = isBefore ? 1 : 0;
    if (isBefore) return -1;
    const device = this.#know(event);
    let fulfilled = 0;
    for (let index = 0; index < this.#windows.length; index += 1) {
      if ((device.rules & (1 << index)) === 0) continue;
      if (this.#windows[index]?.add(at, device.number, number, now)) fulfilled |= 1 << index;
    }
    return fulfilled;
  }

  /** Uses up the events that fulfil a rule, for all rules, and returns them, the oldest first. */
  use(rule: number, now: number, at: number): DeviceEvent[] {
    const numbers = this.#windows[rule]?.fulfilling(now, Math.min(at, now)) ?? [];
    const used = new Set(numbers);
    for (const window of this.#windows) window.remove(used);
    return numbers.flatMap((number) => {
      if (this.#number - number >= remembered) return [];
      this.#isUsed[number % remembered] = 1;
      return this.#recent[number % remembered] ?? [];
    });
  }

  /** Events that happened before this time no longer count; what was counted is forgotten. */
  restart(from: number): void {
    this.#countFrom = from;
    for (const window of this.#windows) window.clear();
    this.#isUsed.fill(1);
  }

  /** The count of each rule now, in the order of the rules. */
  counts(now: number): number[] {
    return this.#windows.map((window) => window.count(now));
  }

  /** The latest events, the oldest first, to go on with after a restart of the process. */
  remember(now: number): RememberedEvent[] {
    const first = Math.max(1, this.#number - remembered + 1);
    const numbers = Array.from({ length: this.#number - first + 1 }, (_, index) => first + index);
    return numbers
      .flatMap((number) => {
        const event = this.#recent[number % remembered];
        return event ? [{ event, isUsed: this.#isUsed[number % remembered] === 1 }] : [];
      })
      .filter(({ event }) => now - event.occurredAt <= this.#options.receiveMs);
  }

  /** Takes up what was remembered; nothing rings by it. */
  recall(events: readonly RememberedEvent[], now: number): void {
    for (const { event, isUsed } of events) {
      if (isUsed) this.#seen.add(event.id, now);
      else this.add(event, now);
    }
  }

  #know(event: DeviceEvent): KnownDevice {
    const { service, device, type, label, source } = event;
    let devices = this.#devices.get(service);
    if (!devices) this.#devices.set(service, (devices = new Map()));
    let known = devices.get(device);
    if (!known) {
      known = { number: this.#deviceCount % maxDevices, type: undefined, label, source, rules: 0 };
      this.#deviceCount += 1;
      // Only invented names can be this many; they share their numbers and are not kept.
      if (this.#deviceCount < maxDevices) devices.set(device, known);
    }
    if (known.type !== type || known.label !== label || known.source !== source) {
      const rules = this.#matchers.reduce((mask, matches, index) => mask | (matches(event) ? 1 << index : 0), 0);
      Object.assign(known, { type, label, source, rules });
    }
    return known;
  }
}

function compile({ services, devices, labels, types }: EventSelection): (event: DeviceEvent) => boolean {
  const [serviceSet, deviceSet, labelSet, typeSet] = [services, devices, labels, types].map((list) => new Set(list));
  return (event) => {
    if (typeSet?.size && !typeSet.has(event.type)) return false;
    if (event.source !== undefined && askedFor.has(event.source) && !typeSet?.has(event.source)) return false;
    if (serviceSet?.size && !serviceSet.has(event.service)) return false;
    if (deviceSet?.size && !deviceSet.has(`${event.service}/${event.device}`)) return false;
    return !labelSet?.size || labelSet.has(event.label ?? event.type);
  };
}
