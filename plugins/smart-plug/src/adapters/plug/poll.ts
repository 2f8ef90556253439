import { describeError, type Clock } from '@porchlight/core';
import type { Reading } from '../../domain/reading.ts';
import type { PlugPort } from '../../ports.ts';

export interface PollCallbacks {
  onReading(reading: Reading): void;
  /** undefined: it answers again. */
  onTrouble(problem: string | undefined): void;
}

/** So many readings in a row must fail before it counts as lost; the very first one counts at once. */
const lostAfter = 2;

/** Reads a plug again and again, and tells when it is lost and found. */
export class Poll {
  readonly #parts: { port: PlugPort; clock: Clock; signal: AbortSignal };
  readonly #callbacks: PollCallbacks;
  #reading = new AbortController();
  #failures = 0;
  #hasAnswered = false;

  constructor(parts: { port: PlugPort; clock: Clock; signal: AbortSignal }, callbacks: PollCallbacks) {
    this.#parts = parts;
    this.#callbacks = callbacks;
  }

  /** Forgets a reading that is under way: what it brings is older than what was done since. */
  drop(): void {
    this.#reading.abort();
  }

  async again(everyMs: number, isWanted: () => Promise<boolean>): Promise<void> {
    const { clock, signal } = this.#parts;
    while (!signal.aborted) {
      await clock.sleep(everyMs, signal).catch(() => undefined);
      if (!signal.aborted && (await isWanted())) await this.now();
    }
  }

  async now(): Promise<void> {
    const { port, signal: ending } = this.#parts;
    this.#reading = new AbortController();
    const { signal } = this.#reading;
    try {
      const reading = await port.read(AbortSignal.any([signal, ending]));
      if (signal.aborted) return;
      this.#failures = 0;
      this.#hasAnswered = true;
      this.#callbacks.onTrouble(undefined);
      this.#callbacks.onReading(reading);
    } catch (error) {
      if (signal.aborted || ending.aborted) return;
      this.#failures += 1;
      if (this.#failures >= lostAfter || !this.#hasAnswered) this.#callbacks.onTrouble(describeError(error));
    }
  }
}
