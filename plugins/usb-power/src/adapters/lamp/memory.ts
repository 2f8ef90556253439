import { describeError, type Clock, type Document, type Log } from '@porchlight/core';
import { leftUntilOff, type LampEffect, type LampSettings } from '../../domain/lamp.ts';
import { isGoodEnough, type LampMemory } from '../../domain/memory.ts';

/** What outlives a crash, for all lamps in one document. */
export class LampMemories {
  readonly #document: Document<Record<string, LampMemory>>;
  readonly #log: Log;
  #all: Record<string, LampMemory> = {};
  /** What is here is not on the disk: the last write failed. */
  #isAhead = false;

  constructor(document: Document<Record<string, LampMemory>>, log: Log) {
    this.#document = document;
    this.#log = log;
  }

  async read(): Promise<void> {
    this.#all = { ...(await this.#document.read()) };
  }

  of(id: string): LampMemory {
    return this.#all[id] ?? { on: false };
  }

  /** Resolves once it is safe; a disk that cannot be written is told of and never keeps a lamp from being switched. */
  async keep(id: string, memory: LampMemory): Promise<void> {
    if (!this.#isAhead && isGoodEnough(this.of(id), memory)) return;
    this.#all = { ...this.#all, [id]: memory };
    try {
      await this.#document.write(this.#all);
      this.#isAhead = false;
    } catch (error) {
      this.#isAhead = true;
      this.#log.warn(`What the lamps do after a restart cannot be kept: ${describeError(error)}`);
    }
  }
}

/** A memory as a start sees it: what is left of the time, instead of a time of day. */
export function recall(
  { on, offAt }: LampMemory,
  { autoOffMs = 0 }: LampSettings,
  clock: Clock,
): { on: boolean; leftMs?: number } {
  const leftMs = leftUntilOff(offAt, clock.now(), autoOffMs);
  return { on, ...(leftMs !== undefined && { leftMs }) };
}

/** What is to be kept, on the clock on the wall: the monotonic one begins anew with each process. */
export function toMemory(
  { on, offAt }: Extract<LampEffect, { type: 'remember' }>,
  { port }: LampMemory,
  clock: Clock,
): LampMemory {
  const wallAt = offAt === undefined ? {} : { offAt: Math.round(clock.now() + offAt - clock.monotonic()) };
  return { on, ...wallAt, ...(port !== undefined && { port }) };
}
