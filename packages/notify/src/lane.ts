import { createDeadline, describeError, retry, type Clock, type Deadline, type Log } from '@porchlight/core';
import type { Channel } from './channel.ts';
import {
  admit,
  hold,
  openGate,
  release,
  type GateDecision,
  type GateState,
  type QuietHours,
} from './domain/flood-gate.ts';
import { quietUntil } from './domain/quiet-hours.ts';
import { severities, type Notice } from './domain/notice.ts';
import { createProgress, type Progress } from './each-once.ts';
import type { Saved } from './saved.ts';

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
  saved: Saved;
  /** As an earlier run left it. */
  gate?: GateState | undefined;
}

const order = { firstMs: 2_000, maxMs: 300_000 };
/** An alarm is tried for a day; the rest is then put aside, to be tried again together. */
const attempts = { info: 5, warning: 8, alarm: 400 } as const;
const againMs = 900_000;
/** How long a channel may fail before what it should have said is dropped, milliseconds. */
const patienceMs = 86_400_000;
const maxWaiting = 100;

/** One channel with its own gate and its own queue: it can neither flood nor hold up another. Alarms overtake. */
export class Lane {
  readonly #parts: LaneParts;
  readonly #wake: Deadline;
  readonly #queue: Notice[] = [];
  readonly #alarms = new Set<Promise<void>>();
  #gate: GateState;
  #worker: Promise<void> | undefined;
  #failingSince: number | undefined;

  constructor(parts: LaneParts) {
    this.#parts = parts;
    this.#gate = parts.gate ?? openGate;
    this.#wake = createDeadline(parts.clock, () => this.#release());
  }

  /** Goes on with what the gate holds from before. */
  start(): void {
    this.#release();
  }

  add(notice: Notice): void {
    const { channel, clock } = this.#parts;
    if (severities.indexOf(notice.severity) < severities.indexOf(channel.minSeverity)) return;
    this.#apply(admit(this.#gate, notice, clock.now(), this.#quiet()));
  }

  /** An alarm of an earlier run, from `at` (epoch milliseconds): it has passed the gate. */
  resume(notice: Notice, progress: Progress, at: number): void {
    this.#sendAlarm(notice, progress, at);
  }

  /** Waits for what is under way; the signal ends it. What is unsent waits for the next start. */
  async settle(): Promise<void> {
    this.#wake.clear();
    await Promise.all([this.#worker, ...this.#alarms]);
    this.#holdQueue();
  }

  #quiet(): number | undefined {
    const { quietHours, clock, localMinute } = this.#parts;
    const now = clock.now();
    return quietHours && quietUntil(quietHours, now, localMinute(now));
  }

  #release(): void {
    this.#apply(release(this.#gate, this.#parts.clock.now(), this.#quiet()));
  }

  #apply({ state, send, wakeAt }: GateDecision): void {
    this.#setGate(state);
    if (wakeAt !== undefined) this.#wake.set(Math.max(1, wakeAt - this.#parts.clock.now()));
    if (!send) return;
    // Not behind a queue whose head may be waiting for its tenth attempt.
    if (send.severity === 'alarm') return this.#sendAlarm(send, createProgress(), this.#parts.clock.now());
    if (this.#queue.length >= maxWaiting) this.#queue.shift();
    this.#queue.push(send);
    this.#worker ??= this.#work().finally(() => (this.#worker = undefined));
  }

  #setGate(gate: GateState): void {
    if (gate === this.#gate) return;
    this.#gate = gate;
    this.#parts.saved.keepGate(this.#parts.channel.label, gate);
  }

  #holdBack(notice: Notice): void {
    this.#setGate(hold(this.#gate, notice, this.#parts.clock.now()));
  }

  #holdQueue(): void {
    for (const notice of this.#queue.splice(0)) this.#holdBack(notice);
  }

  #sendAlarm(notice: Notice, progress: Progress, at: number): void {
    const { channel, saved } = this.#parts;
    const alarm = { at, channel: channel.label, notice, progress };
    progress.onStep = () => saved.keepAlarm(alarm);
    progress.onStep();
    const sent = this.#deliver(notice, progress).finally(() => this.#alarms.delete(sent));
    this.#alarms.add(sent);
  }

  async #work(): Promise<void> {
    for (let next = this.#queue.shift(); next; next = this.#queue.shift()) {
      await this.#deliver(next, createProgress());
      if (this.#parts.signal.aborted) return;
    }
  }

  async #deliver(notice: Notice, progress: Progress): Promise<void> {
    const { channel, clock, log, signal, onDelivery, saved } = this.#parts;
    const { key, severity } = notice;
    const base = { channel: channel.label, key, severity };
    try {
      const send = () => channel.send(notice, signal, progress);
      await retry({ ...order, attempts: attempts[severity], clock, signal }, send);
      this.#failingSince = undefined;
      onDelivery({ at: clock.now(), ...base, ok: true });
    } catch (error) {
      // Stopped in the middle: it goes out after the next start.
      if (signal.aborted) return severity === 'alarm' ? undefined : this.#holdBack(notice);
      if (severity !== 'alarm' && this.#mayHeal(error)) return this.#putAside(notice, error);
      log.warn(`A message could not be delivered: ${describeError(error)}`);
      onDelivery({ at: clock.now(), ...base, ok: false, problem: describeError(error) });
    }
    if (severity === 'alarm') saved.forgetAlarm(channel.label, key);
  }

  /** Whether the channel may work again: a night without internet must not cost a message. */
  #mayHeal(error: unknown): boolean {
    const isFinal = typeof error === 'object' && error !== null && 'retry' in error && error.retry !== 'later';
    const now = this.#parts.clock.monotonic();
    return !isFinal && now - (this.#failingSince ?? now) < patienceMs;
  }

  #putAside(notice: Notice, error: unknown): void {
    const { clock, log } = this.#parts;
    if (this.#failingSince === undefined) log.warn(`A message could not be delivered yet: ${describeError(error)}`);
    this.#failingSince ??= clock.monotonic();
    this.#holdBack(notice);
    this.#holdQueue();
    this.#wake.set(againMs);
  }
}
