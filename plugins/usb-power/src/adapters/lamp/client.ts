import { createDeadline, createTroubleLog, describeError } from '@porchlight/core';
import type { Clock, Deadline, Device, Log, TroubleLog } from '@porchlight/core';
import { darkLamp, needsMemory, nextDueMs, stepLamp } from '../../domain/lamp.ts';
import type { LampEffect, LampInput, LampSettings } from '../../domain/lamp.ts';
import { nextLookMs } from '../../domain/next-look.ts';
import { stopped } from '../../errors.ts';
import type { OpenedPort, PowerFinder } from '../../ports.ts';
import { recall, toMemory, type LampMemories } from './memory.ts';

export interface LampParts {
  device: Device;
  settings: LampSettings;
  finder: PowerFinder;
  memories: LampMemories;
  clock: Clock;
  log: Log;
  pollMs: number;
}

/**
 * One lamp: its decisions meet its hardware here, one step at a time.
 *
 * After kill -9 or a power cut nobody switches a lamp off. What is guaranteed instead: the next start puts it where
 * `atStart` says (off by default) before anything else, and for a lamp that keeps its state the time to go off is on
 * disk before its light goes on, so that a crash never makes it burn longer than its owner allowed.
 */
export class Lamp {
  readonly #parts: LampParts;
  readonly #troubles: TroubleLog;
  readonly #due: Deadline;
  #state = darkLamp;
  #opened: OpenedPort | undefined;
  #hasStarted = false;
  /** Everything that touches the hardware, in turn. */
  #queue: Promise<unknown> = Promise.resolve();
  /** A command that has not begun: a later one takes its place, so that a slow hub never lags behind. */
  #waiting: { on: boolean; done: Promise<void> } | undefined;
  #isStopped = false;
  /** Why it cannot be found or read. */
  #lost: string | undefined;
  /** What it could not be switched to, and why; only the same again, done, shows that it can. */
  #failed: { on: boolean; why: string } | undefined;
  #misses = 0;
  /** The line in which it was introduced last. */
  #said = '';

  constructor(parts: LampParts) {
    this.#parts = parts;
    this.#troubles = createTroubleLog(parts.log, parts.clock);
    this.#due = createDeadline(parts.clock, () => {
      this.#enqueue(() => this.#onDue()).catch(() => undefined);
    });
  }

  /** Resolves once the lamp is as `atStart` says, or it is known why not. */
  async start(signal: AbortSignal): Promise<void> {
    await this.#enqueue(() => this.#look());
    void this.#watch(signal);
  }

  /** Rejects with why it was not done. */
  command(on: boolean): Promise<void> {
    if (this.#waiting) {
      this.#waiting.on = on;
      return this.#waiting.done;
    }
    const waiting = { on, done: Promise.resolve() };
    waiting.done = this.#enqueue(() => {
      this.#waiting = undefined;
      return this.#command(waiting.on);
    });
    this.#waiting = waiting;
    return waiting.done;
  }

  /** Leaves the lamp as `atStop` says. */
  async stop(): Promise<void> {
    await this.#enqueue(async () => {
      if (this.#isStopped) return;
      this.#due.clear();
      this.#isStopped = true;
      // One that could not be read a moment ago is looked for once more: it shall not be left burning.
      if (!this.#opened && this.#hasStarted) await this.#open().catch(() => undefined);
      await this.#step({ type: 'stop' }).catch(() => undefined);
      await this.#opened?.power.close().catch(() => undefined);
      this.#opened = undefined;
      this.#due.clear();
    });
  }

  async #watch(signal: AbortSignal): Promise<void> {
    const { clock, pollMs } = this.#parts;
    while (!signal.aborted) {
      const isCostly = this.#opened?.isCostly ?? false;
      await clock.sleep(nextLookMs({ pollMs, isCostly, misses: this.#misses }), signal).catch(() => undefined);
      if (!signal.aborted) await this.#enqueue(() => this.#look());
    }
  }

  async #command(on: boolean): Promise<void> {
    if (this.#isStopped) throw stopped();
    if (!this.#opened) await this.#open();
    await this.#step({ type: 'command', on });
  }

  async #onDue(): Promise<void> {
    if (this.#opened && !this.#isStopped) await this.#step({ type: 'due' });
  }

  /** Reads the hardware, or looks for it. */
  async #look(): Promise<void> {
    if (this.#isStopped) return;
    const opened = this.#opened;
    if (!opened) {
      await this.#open().catch(() => undefined);
      return;
    }
    if (this.#state.flashingSince !== undefined) return;
    try {
      const on = await opened.power.read();
      await this.#step({ type: 'seen', on });
    } catch (error) {
      await this.#lose(error);
    }
  }

  /** Rejects when there is no switch; one that does not do what it should is found all the same. */
  async #open(): Promise<void> {
    const { finder, memories, device, settings, clock } = this.#parts;
    const memory = memories.of(device.id);
    let on: boolean;
    try {
      this.#opened = await finder.open(memory.port);
      on = await this.#opened.power.read();
    } catch (error) {
      await this.#lose(error);
      throw error;
    }
    this.#introduce(this.#opened);
    const { port } = this.#opened;
    if (port !== undefined) await memories.keep(device.id, { ...memory, port });
    const input: LampInput = this.#hasStarted
      ? { type: 'returned', on }
      : { type: 'start', hardware: on, last: recall(memory, settings, clock) };
    this.#hasStarted = true;
    await this.#step(input).catch(() => undefined);
  }

  /** Decides and acts. Rejects when the hardware did not follow; the state is then what the hardware says. */
  async #step(input: LampInput): Promise<void> {
    const { settings, clock } = this.#parts;
    const { offAt } = this.#state;
    const { state, effects } = stepLamp(settings, this.#state, input, clock.monotonic());
    this.#state = state;
    try {
      for (const effect of effects) await this.#carryOut(effect);
    } catch (error) {
      // One flash that fails is no reason to end the others.
      const goesOn = input.type === 'due' && state.flashingSince !== undefined;
      if (!goesOn && input.type !== 'corrected') await this.#correct(offAt);
      throw error;
    } finally {
      this.#showHealth();
      this.#follow();
    }
  }

  async #carryOut(effect: LampEffect): Promise<void> {
    const { device, settings, memories, clock } = this.#parts;
    const { on } = effect;
    if (effect.type === 'show') return device.update('switch', { on });
    if (effect.type === 'set') return this.#set(on);
    if (needsMemory(settings)) await memories.keep(device.id, toMemory(effect, memories.of(device.id), clock));
  }

  async #set(on: boolean): Promise<void> {
    try {
      await this.#opened?.power.set(on);
    } catch (error) {
      this.#failed = { on, why: describeError(error) };
      this.#troubles.begin('switch', this.#failed.why);
      throw error;
    }
    if (this.#failed?.on !== on) return;
    this.#failed = undefined;
    this.#troubles.end('switch', 'It can be switched again');
  }

  /** What did not work must not be shown as done. */
  async #correct(offAt: number | undefined): Promise<void> {
    try {
      const on = await this.#opened?.power.read();
      if (on !== undefined) await this.#step({ type: 'corrected', on, ...(offAt !== undefined && { offAt }) });
    } catch (error) {
      await this.#lose(error);
    }
  }

  async #lose(reason: unknown): Promise<void> {
    const { power } = this.#opened ?? {};
    this.#opened = undefined;
    this.#due.clear();
    this.#misses += 1;
    this.#lost = describeError(reason);
    this.#troubles.begin('lost', this.#lost);
    this.#showHealth();
    await power?.close().catch(() => undefined);
  }

  #introduce({ driver, where, why, isDoubtful }: OpenedPort): void {
    const { log } = this.#parts;
    this.#lost = undefined;
    this.#misses = 0;
    this.#troubles.end('lost', 'Found again');
    const line = `Switched by ${driver} at ${where}: ${why}.`;
    if (line === this.#said) return;
    this.#said = line;
    if (isDoubtful) log.warn(line);
    else log.info(line);
  }

  #showHealth(): void {
    const problem = this.#lost ?? this.#failed?.why;
    const reachable = this.#lost === undefined ? {} : { reachable: false };
    this.#parts.device.update('health', problem === undefined ? { ok: true } : { ok: false, ...reachable, problem });
  }

  /** Sets the one deadline of the state. */
  #follow(): void {
    const { settings, clock } = this.#parts;
    const dueMs = this.#opened && nextDueMs(settings, this.#state, clock.monotonic());
    if (dueMs === undefined) this.#due.clear();
    else this.#due.set(dueMs);
  }

  #enqueue<T>(task: () => Promise<T>): Promise<T> {
    const done = this.#queue.then(task);
    this.#queue = done.catch(() => undefined);
    return done;
  }
}
