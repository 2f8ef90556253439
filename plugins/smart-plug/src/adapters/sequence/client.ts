import { describeError, type Clock, type Log } from '@porchlight/core';
import {
  stepSequence,
  type PendingSequence,
  type SequenceEffect,
  type SequenceInput,
  type SequenceState,
  type SequenceStep,
} from '../../domain/sequence.ts';
import { notRestarted } from '../../errors.ts';
import type { CycleMemory } from '../memory/client.ts';
import type { Plug } from '../plug/client.ts';

export interface SequenceParts {
  id: string;
  name: string;
  steps: readonly SequenceStep[];
  plugs: ReadonlyMap<string, Plug>;
  memory: CycleMemory;
  clock: Clock;
  log: Log;
  signal: AbortSignal;
  onChange(state: { phase: 'idle' | 'off'; last?: number; problem?: string }): void;
  onFinished(pending: PendingSequence): void;
}

/** Restarts several plugs in their order, across restarts of this process. */
export class Sequence {
  readonly #parts: SequenceParts;
  #state: SequenceState = {};
  #first: { resolve: () => void; reject: (error: Error) => void } | undefined;
  #last: number | undefined;
  /** The override of the plugs' own time, milliseconds. */
  #offMs: number | undefined;

  constructor(parts: SequenceParts) {
    this.#parts = parts;
  }

  get plugs(): Plug[] {
    return this.#parts.steps.flatMap(({ plug }) => this.#parts.plugs.get(plug) ?? []);
  }

  /** After the plugs have been started. */
  start(pending: PendingSequence | undefined, last: number | undefined): void {
    this.#last = last;
    if (pending) {
      const plug = this.#plugAt(pending.index);
      const isOn = plug?.isCycling ?? false;
      if (isOn) plug?.onEnd((problem) => this.#onPlugEnd(problem));
      const ageMs = this.#parts.clock.now() - pending.startedAt;
      this.#input({ type: 'resumed', pending, ageMs, isCycling: isOn });
    }
    this.#show();
  }

  /** Resolves once the first plug is off. */
  run({ offMs, reason }: { offMs?: number | undefined; reason?: string | undefined }): Promise<void> {
    if (this.#state.pending) return Promise.resolve();
    this.#offMs = offMs;
    const startedAt = this.#parts.clock.now();
    const id = `${this.#parts.id}-${startedAt}`;
    const { promise, resolve, reject } = Promise.withResolvers<void>();
    this.#first = { resolve, reject };
    const why = reason === undefined ? {} : { reason };
    this.#input({ type: 'run', pending: { id, startedAt, index: 0, isPausing: false, ...why } });
    return promise;
  }

  #plugAt(index: number): Plug | undefined {
    const id = this.#parts.steps[index]?.plug;
    return id === undefined ? undefined : this.#parts.plugs.get(id);
  }

  #input(input: SequenceInput): void {
    const before = this.#state.pending;
    const { state, effects } = stepSequence(this.#parts.steps, this.#state, input);
    this.#state = state;
    if (state.pending) this.#last = state.pending.startedAt;
    this.#show();
    void this.#carryOut(effects, before).catch((error: unknown) => {
      // Without a note on disk nothing more may be switched.
      if (!this.#parts.signal.aborted) this.#input({ type: 'not-noted', problem: describeError(error) });
    });
  }

  async #carryOut(effects: readonly SequenceEffect[], before: PendingSequence | undefined): Promise<void> {
    const { memory, clock, log, signal, id, name, onFinished } = this.#parts;
    for (const effect of effects) {
      if (effect.type === 'save') await memory.saveSequence(id, effect.pending);
      else if (effect.type === 'cycle') this.#cycle(effect);
      else if (effect.type === 'wait') {
        void clock.sleep(effect.forMs, signal).then(
          () => this.#input({ type: 'due' }),
          () => undefined,
        );
      } else if (effect.type === 'clear') {
        await memory.clearSequence(id).catch((error: unknown) => log.error(`${name}: ${describeError(error)}`));
      } else if (effect.problem === undefined) {
        log.info(`${name}: all are on again.`);
        if (before) onFinished(before);
      } else {
        const error = notRestarted(name, effect.problem);
        log.warn(error.message);
        this.#first?.reject(error);
        this.#first = undefined;
      }
    }
  }

  #cycle({ plug, reason }: Extract<SequenceEffect, { type: 'cycle' }>): void {
    const unit = this.#parts.plugs.get(plug);
    if (!unit) return this.#onPlugEnd('there is no such plug');
    unit.restart({ offMs: this.#offMs, reason }).then(
      () => {
        this.#first?.resolve();
        this.#first = undefined;
      },
      (error: Error) => {
        this.#first?.reject(error);
        this.#first = undefined;
      },
    );
    // Registered after the start: a listener hears the end of the cycle that is under way.
    unit.onEnd((problem) => this.#onPlugEnd(problem));
    return undefined;
  }

  #onPlugEnd(problem: string | undefined): void {
    this.#input(problem === undefined ? { type: 'plug-on' } : { type: 'plug-refused', problem });
  }

  #show(): void {
    const { pending, problem } = this.#state;
    this.#parts.onChange({
      phase: pending ? 'off' : 'idle',
      ...(this.#last !== undefined && { last: this.#last }),
      ...(problem !== undefined && { problem }),
    });
  }
}
