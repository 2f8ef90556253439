export interface RelayOptions {
  /** Default: on. */
  on?: boolean;
  /** How long a second of the plug's own timer takes, milliseconds. Default 1000; less makes tests quick. */
  secondMs?: number;
}

export interface PendingFlip {
  /** Position after the flip. */
  on: boolean;
  /** Epoch milliseconds. */
  startedAt: number;
  seconds: number;
}

/** The contact inside a simulated plug, with the plug's own timer. What happens in it needs no network. */
export class Relay {
  readonly secondMs: number;
  /** Every change since the start, oldest first. `at` is monotonic, milliseconds. */
  readonly history: { on: boolean; at: number }[] = [];
  /** A defect: the timer runs and never does anything. */
  isTimerBroken = false;
  #on: boolean;
  #flip: (PendingFlip & { timer: NodeJS.Timeout }) | undefined;
  #listeners = new Set<(on: boolean) => void>();

  constructor({ on = true, secondMs = 1000 }: RelayOptions = {}) {
    this.#on = on;
    this.secondMs = secondMs;
  }

  get on(): boolean {
    return this.#on;
  }

  /** The flip that the timer will do; undefined when none runs. */
  get pending(): PendingFlip | undefined {
    if (!this.#flip) return undefined;
    const { on, startedAt, seconds } = this.#flip;
    return { on, startedAt, seconds };
  }

  /** Seconds of the plug until the flip; 0 when none runs. */
  get remainingSeconds(): number {
    if (!this.#flip) return 0;
    return Math.max(0, this.#flip.seconds - (Date.now() - this.#flip.startedAt) / this.secondMs);
  }

  /** Switches and forgets a running timer, unless it is to be kept. */
  set(on: boolean, { keepTimer = false }: { keepTimer?: boolean } = {}): void {
    if (!keepTimer) this.cancel();
    if (on === this.#on) return;
    this.#on = on;
    this.history.push({ on, at: performance.now() });
    for (const listener of this.#listeners) listener(on);
  }

  /** Sets the timer: to this position after so many seconds of the plug. */
  flipAfter(seconds: number, on: boolean): void {
    this.cancel();
    const timer = setTimeout(() => {
      this.#flip = undefined;
      if (!this.isTimerBroken) this.set(on);
    }, seconds * this.secondMs);
    timer.unref();
    this.#flip = { on, startedAt: Date.now(), seconds, timer };
  }

  cancel(): void {
    clearTimeout(this.#flip?.timer);
    this.#flip = undefined;
  }

  onChange(listener: (on: boolean) => void): () => void {
    this.#listeners.add(listener);
    return () => this.#listeners.delete(listener);
  }
}
