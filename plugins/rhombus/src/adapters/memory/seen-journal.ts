import type { Journal } from '@porchlight/core';
import type { Seen } from '../../domain/differ.ts';
import { seenSchema } from './schema.ts';

/** Lines beyond those that are needed before the file is written anew. */
const slack = 1000;

/** What has been seen, one line each; the last line of an id counts. */
export class SeenJournal {
  readonly #journal: Journal;
  #written: ReadonlyMap<string, Seen> = new Map();
  #lines = 0;

  constructor(journal: Journal) {
    this.#journal = journal;
  }

  /** In the order of their first line. Lines that cannot be read are skipped. */
  async read(): Promise<Map<string, Seen>> {
    const lines = await this.#journal.lines();
    const seen = new Map<string, Seen>();
    for (const line of lines) {
      const one = parse(line);
      if (one) seen.set(one.id, one);
    }
    this.#lines = lines.length;
    this.#written = seen;
    return seen;
  }

  async write(seen: ReadonlyMap<string, Seen>): Promise<void> {
    const changed = [...seen.values()].filter((one) => this.#written.get(one.id) !== one);
    if (changed.length === 0) return;
    const isLong = this.#lines + changed.length > 2 * seen.size + slack;
    const lines = (isLong ? [...seen.values()] : changed).map((one) => JSON.stringify(one));
    if (isLong) await this.#journal.rewrite(lines);
    else await Promise.all(lines.map((line) => this.#journal.append(line)));
    this.#lines = isLong ? lines.length : this.#lines + lines.length;
    this.#written = seen;
  }
}

function parse(line: string): Seen | undefined {
  try {
    const result = seenSchema.safeParse(JSON.parse(line));
    return result.success ? result.data : undefined;
  } catch {
    return undefined;
  }
}
