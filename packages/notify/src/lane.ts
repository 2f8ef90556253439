import { createDeadline, describeError, retry, type Clock, type Deadline, type Log } from '@porchlight/core';
import type { Channel } from './channel.ts';
import { admit, openGate, release, type GateDecision, type GateState, type QuietHours } from './domain/flood-gate.ts';
import { quietUntil } from './domain/quiet-hours.ts';
import type { Notice } from './domain/notice.ts';

export interface Delivery {
  at: number;
  channel: string;
  key: string;
  severity: string;
  ok: boolean;
  problem?: string;
}

export interface LaneParts {
  channel: Channel;
  clock: Clock;
  log: Log;
  signal: AbortSignal;
  quietHours: QuietHours | undefined;
  localMinute: (now: number) => number;
  onDelivery: (delivery: Delivery) => void;
  /** Alarms not delivered yet, to be kept for the next start. */
  onPending: (key: string, notice: Notice | undefined) => void;
}

const order = { firstMs: 2_000, maxMs: 300_000 };
const attempts = { info: 5, warning: 8, alarm: 40 } as const;
const maxWaiting = 100;
const ranks = { info: 0, warning: 1, alarm: 2 } as const;

/** One channel with its own gate and its own queue: it can neither flood nor hold up another. Alarms overtake. */
export class Lane {
  readonly #parts: LaneParts;
  readonly #wake: Deadline;
  readonly #queue: Notice[] = [];
  #gate: GateState = openGate;
  #alarms = new Set<Promise<void>>();
  #worker: Promise<void> | undefined;

  constructor(parts: LaneParts) {
    this.#parts = parts;
    this.#wake = createDeadline(parts.clock, () => this.#apply(release(this.#gate, parts.clock.now(), this.#quiet())));
  }

  add(notice: Notice): void {
    const { channel, clock } = this.#parts;
    if (ranks[notice.severity] < ranks[channel.minSeverity]) return;
    this.#apply(admit(this.#gate, notice, clock.now(), this.#quiet()));
  }

  /** Waits for what is under way; the signal ends it. */
  async settle(): Promise<void> {
    this.#wake.clear();
    await Promise.all([this.#worker, ...this.#alarms]);
  }

  #quiet(): number | undefined {
    const { quietHours, clock, localMinute } = this.#parts;
    const now = clock.now();
    return quietHours && quietUntil(quietHours, now, localMinute(now));
  }

  #apply({ state, send, wakeAt }: GateDecision): void {
    this.#gate = state;
    if (wakeAt !== undefined) this.#wake.set(Math.max(1, wakeAt - this.#parts.clock.now()));
    if (!send) return;
    if (send.severity === 'alarm') {
      // Not behind a queue whose head may be waiting for its tenth attempt.
      const sent = this.#deliver(send).finally(() => this.#alarms.delete(sent));
      this.#alarms.add(sent);
      return;
    }
    if (this.#queue.length >= maxWaiting) this.#queue.shift();
    this.#queue.push(send);
    this.#worker ??= this.#work().finally(() => (this.#worker = undefined));
  }

  async #work(): Promise<void> {
    for (let next = this.#queue.shift(); next && !this.#parts.signal.aborted; next = this.#queue.shift()) {
      await this.#deliver(next);
    }
  }

  async #deliver(notice: Notice): Promise<void> {
    const { channel, clock, log, signal, onDelivery, onPending } = this.#parts;
    const { key, severity } = notice;
    const base = { channel: channel.label, key, severity };
    if (severity === 'alarm') onPending(`${channel.label} ${key}`, notice);
    try {
      await retry({ ...order, attempts: attempts[severity], clock, signal }, () => channel.send(notice, signal));
      onDelivery({ at: clock.now(), ...base, ok: true });
    } catch (error) {
      // Stopped in the middle: an alarm stays pending and goes out after the next start.
      if (signal.aborted) return;
      log.warn(`A message could not be delivered: ${describeError(error)}`);
      onDelivery({ at: clock.now(), ...base, ok: false, problem: describeError(error) });
    }
    if (severity === 'alarm') onPending(`${channel.label} ${key}`, undefined);
  }
}
