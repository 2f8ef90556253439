import type { Clock } from '@porchlight/core';

/** A wait that can be cut short. A wake that comes while nobody waits cuts the next wait. */
export class Nap {
  readonly #clock: Clock;
  readonly #signal: AbortSignal;
  #current: AbortController | undefined;
  #isWoken = false;

  constructor(clock: Clock, signal: AbortSignal) {
    this.#clock = clock;
    this.#signal = signal;
  }

  wake(): void {
    if (this.#current) this.#current.abort('woken');
    else this.#isWoken = true;
  }

  /** Resolves after `ms` milliseconds, when woken, or when the signal aborts; never rejects. */
  async take(ms: number): Promise<void> {
    if (this.#isWoken || this.#signal.aborted) {
      this.#isWoken = false;
      return;
    }
    const current = new AbortController();
    this.#current = current;
    const stop = (): void => current.abort('stopped');
    this.#signal.addEventListener('abort', stop, { once: true });
    await this.#clock.sleep(ms, current.signal).catch(() => undefined);
    this.#signal.removeEventListener('abort', stop);
    this.#current = undefined;
  }
}
