/** What is wrong, by source, told as one text. */
export class Problems {
  readonly #problems = new Map<string, string>();
  readonly #onChange: (problem: string | undefined) => void;

  constructor(onChange: (problem: string | undefined) => void) {
    this.#onChange = onChange;
  }

  set(source: string, problem: string | undefined): void {
    if (problem === undefined) this.#problems.delete(source);
    else this.#problems.set(source, problem);
    this.#onChange([...this.#problems.values()].join(' ') || undefined);
  }
}
