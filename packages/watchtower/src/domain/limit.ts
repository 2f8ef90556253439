/** Counts per key in a window of fixed length; remembers a bounded number of keys, the newest. */
export class Limit {
  readonly #max: number;
  readonly #windowMs: number;
  readonly #maxKeys: number;
  readonly #entries = new Map<string, { since: number; count: number }>();

  constructor({ max, windowMs, maxKeys = 10_000 }: { max: number; windowMs: number; maxKeys?: number }) {
    this.#max = max;
    this.#windowMs = windowMs;
    this.#maxKeys = maxKeys;
  }

  /** Whether the key has used up its window at `now`. */
  isSpent(key: string, now: number): boolean {
    const entry = this.#entries.get(key);
    return entry !== undefined && now - entry.since < this.#windowMs && entry.count >= this.#max;
  }

  /** Counts one; false when that is more than the window allows. */
  spend(key: string, now: number): boolean {
    const entry = this.#entries.get(key);
    if (entry && now - entry.since < this.#windowMs) {
      entry.count += 1;
      return entry.count <= this.#max;
    }
    this.#entries.delete(key);
    if (this.#entries.size >= this.#maxKeys) {
      const oldest = this.#entries.keys().next().value;
      if (oldest !== undefined) this.#entries.delete(oldest);
    }
    this.#entries.set(key, { since: now, count: 1 });
    return true;
  }
}
