import { describeError } from '@porchlight/core';
import { holdsTimer } from '../../domain/grade.ts';
import {
  isCycling,
  resting,
  stepCycle,
  type CycleEffect,
  type CycleInput,
  type CycleState,
  type PendingCycle,
} from '../../domain/power-cycle.ts';
import type { Reading } from '../../domain/reading.ts';
import { isCertain, isRestarting, notRestarted } from '../../errors.ts';
import type { PlugPort } from '../../ports.ts';
import { timing, type PlugCallbacks, type PlugParts, type PlugSettings } from './parts.ts';
import { Poll } from './poll.ts';

const lastWordMs = 3_000;

/**
 * One plug: reads it, switches it, and carries its cycles through.
 *
 * After kill -9 or a power cut nobody here switches a router on. What is guaranteed instead: the way back went to the
 * plug with "off" where it has a timer, and the cycle was on disk before, so that the next start brings the plug back
 * before anything else. A plug that feeds the router and is found off is switched on, whoever did it.
 */
export class Plug {
  readonly settings: PlugSettings;
  readonly port: PlugPort;
  readonly #parts: PlugParts;
  readonly #callbacks: PlugCallbacks;
  #state: CycleState = resting;
  #begun: { promise: Promise<void>; resolve: () => void; reject: (error: Error) => void } | undefined;
  #endListeners: ((problem: string | undefined) => void)[] = [];
  readonly #poll: Poll;
  /** Its owner has been told that it is off. */
  #isOffTold = false;
  #count = 0;

  constructor(settings: PlugSettings, parts: PlugParts, callbacks: PlugCallbacks) {
    this.settings = settings;
    this.port = parts.port;
    this.#parts = parts;
    this.#callbacks = callbacks;
    this.#poll = new Poll(parts, {
      onReading: (reading) => this.#take(reading),
      onTrouble: (problem) => callbacks.onTrouble(problem),
    });
  }

  get isCycling(): boolean {
    return isCycling(this.#state);
  }

  /** Finishes what an earlier run began; resolves when the plug has been read or could not be. */
  async start(pending: PendingCycle | undefined, last: number | undefined): Promise<void> {
    if (last !== undefined) this.#state = { ...this.#state, last };
    if (pending) {
      this.#parts.log.warn(`${this.settings.name}: a restart was interrupted; it is finished now.`);
      this.#input({ type: 'resumed', cycle: pending, elapsedMs: this.#parts.clock.now() - pending.startedAt });
    } else {
      this.#callbacks.onCycle(this.#state);
      await this.#poll.now();
    }
    this.port.onReading?.((reading) => this.#take(reading));
    // Some plugs talk to one at a time: a test has them to itself.
    const isWanted = async (): Promise<boolean> => !this.isCycling && !(await this.#parts.isTested());
    void this.#poll.again(this.settings.pollMs, isWanted);
  }

  /** Resolves once the power is off; one that is under way already is not begun again. Rejects while it fails to end. */
  async restart({ offMs, reason }: { offMs?: number | undefined; reason?: string | undefined } = {}): Promise<void> {
    const { phase, problem = '' } = this.#state;
    if (phase === 'failed') throw notRestarted(this.settings.name, problem);
    if (this.#begun) return this.#begun.promise;
    if (this.isCycling) return undefined;
    this.#poll.drop();
    const startedAt = this.#parts.clock.now();
    this.#count += 1;
    const id = `${this.settings.id}-${startedAt}-${this.#count}`;
    const begun = Promise.withResolvers<void>();
    this.#begun = begun;
    begun.promise.catch(() => undefined);
    const cycle = { id, startedAt, offMs: offMs ?? this.settings.offMs, ...(reason !== undefined && { reason }) };
    this.#input({ type: 'run', cycle });
    return begun.promise;
  }

  /** Switches it; off means restart where the plug feeds the router. */
  async switch(on: boolean): Promise<void> {
    const { name, feedsRouter } = this.settings;
    if (this.isCycling) {
      if (on) return;
      throw isRestarting(name);
    }
    if (!on && feedsRouter) return this.restart({ reason: 'Switched off by hand' });
    this.#poll.drop();
    await this.port.switch(on, this.#parts.signal);
    this.#take({ on });
    // The figures follow; whoever switched it need not wait for them.
    void this.#poll.now();
  }

  /** Calls back once when the present cycle has ended; with the reason when it did not run. */
  onEnd(listener: (problem: string | undefined) => void): void {
    this.#endListeners.push(listener);
  }

  async stop(): Promise<void> {
    this.#poll.drop();
    // Whoever stops in the middle may never start again: what only we would switch on goes on now.
    const { stage, phase, isUncertain } = this.#state;
    const mayBeOff = this.isCycling && stage !== 'saving' && stage !== 'clearing';
    const comesBack = holdsTimer(this.port.grade) && phase === 'off' && !isUncertain;
    if (mayBeOff && !comesBack) {
      await this.port.switch(true, AbortSignal.timeout(lastWordMs)).catch(() => undefined);
    }
    await this.port.close().catch(() => undefined);
  }

  #input(input: CycleInput): void {
    const settings = { ...timing, holdsTimer: holdsTimer(this.port.grade) };
    const { state, effects } = stepCycle(settings, this.#state, input, this.#parts.clock.monotonic());
    const hasChanged = state.phase !== this.#state.phase || state.problem !== this.#state.problem;
    this.#state = state;
    if (hasChanged) this.#callbacks.onCycle(state);
    for (const effect of effects) {
      void this.#carryOut(effect).then((outcome) => {
        if (outcome && !this.#parts.signal.aborted) this.#input(outcome);
      });
    }
  }

  async #carryOut(effect: CycleEffect): Promise<CycleInput | undefined> {
    const { memory, clock, log, signal } = this.#parts;
    const { id, name } = this.settings;
    switch (effect.type) {
      case 'save':
        return memory.saveCycle(id, effect.cycle).then(
          () => ({ type: 'saved' }),
          (error: unknown) => ({ type: 'saved', problem: describeError(error) }),
        );
      case 'clear':
        await memory.clearCycle(id).catch((error: unknown) => log.error(`${name}: ${describeError(error)}`));
        return { type: 'cleared' };
      case 'cut':
        return this.#cut(effect.offMs);
      case 'wait':
        return clock.sleep(effect.forMs, signal).then(
          () => ({ type: 'due' }),
          () => undefined,
        );
      case 'read':
        return this.port.read(signal).then(
          ({ on }) => ({ type: 'read', on }),
          (error: unknown) => ({ type: 'unread', problem: describeError(error) }),
        );
      case 'switch-on':
        return this.port.switch(true, signal).then(
          () => ({ type: 'switched' }),
          (error: unknown) => ({ type: 'switched', problem: describeError(error) }),
        );
      default:
        return this.#tell(effect);
    }
  }

  async #cut(offMs: number): Promise<CycleInput> {
    const { log, signal } = this.#parts;
    const { name } = this.settings;
    try {
      await this.port.cut(offMs / 1000, signal);
      log.info(`${name}: off, on again after ${offMs / 1000} s.`);
      return { type: 'cut', outcome: 'accepted' };
    } catch (error) {
      const problem = describeError(error);
      if (isCertain(error)) return { type: 'cut', outcome: 'refused', problem };
      log.warn(`${name}: the plug was told to restart and did not answer; it is brought back in any case.`);
      return { type: 'cut', outcome: 'uncertain', problem };
    }
  }

  #tell(effect: Extract<CycleEffect, { type: 'begun' | 'refused' | 'failed' | 'finished' }>): undefined {
    const { log } = this.#parts;
    const { name } = this.settings;
    switch (effect.type) {
      case 'begun':
        this.#begun?.resolve();
        this.#take({ on: false });
        return undefined;
      case 'refused': {
        const error = notRestarted(name, effect.problem);
        log.warn(error.message);
        this.#begun?.reject(error);
        return this.#end(effect.problem);
      }
      case 'failed':
        log.error(`${name}: ${effect.problem}. Look after it; it is tried again every 30 s.`);
        this.#callbacks.onFailed(effect.problem);
        return undefined;
      case 'finished':
        log.info(`${name}: on again.`);
        this.#take({ on: true });
        this.#callbacks.onFinished(effect.cycle);
        return this.#end(undefined);
    }
  }

  #end(problem: string | undefined): undefined {
    this.#begun = undefined;
    for (const listener of this.#endListeners.splice(0)) listener(problem);
    return undefined;
  }

  /** What the plug says counts only while no cycle says otherwise; the one that feeds the router is kept on. */
  #take(reading: Reading): void {
    this.#callbacks.onReading(reading);
    if (reading.on) this.#isOffTold = false;
    if (!reading.on && this.settings.feedsRouter && !this.isCycling) void this.#keepOn();
  }

  async #keepOn(): Promise<void> {
    const { isTested, log, signal } = this.#parts;
    // A restart that began meanwhile switches it on in its own time.
    if ((await isTested()) || this.isCycling) return;
    if (!this.#isOffTold) log.warn(`${this.settings.name} feeds the router and is off; it is switched on.`);
    this.#isOffTold = true;
    await this.port.switch(true, signal).then(
      () => this.#callbacks.onReading({ on: true }),
      (error: unknown) => this.#callbacks.onTrouble(describeError(error)),
    );
  }
}
