/** What is wrong now, by what it concerns, told as one text. */
export class Problems {
  readonly #open = new Map<string, string>();
  readonly #onChange: (problem: string | undefined) => void;

  constructor(onChange: (problem: string | undefined) => void) {
    this.#onChange = onChange;
  }

  /** Undefined: that is in order again. */
  set(key: string, problem: string | undefined): void {
    if (this.#open.get(key) === problem) return;
    if (problem === undefined) this.#open.delete(key);
    else this.#open.set(key, problem);
    const all = [...this.#open.values()];
    this.#onChange(all.length > 0 ? all.join(' ') : undefined);
  }
}
