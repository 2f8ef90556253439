import { describeError, type Journal, type Log } from '@porchlight/core';
import { pastOutageSchema, type PastOutage } from './schema.ts';

/** Outages that are kept; two a day for more than a year. */
const maxOutages = 1_000;
/** The file is cut when it has grown by this much, so that it is not written anew for each outage. */
const slack = 100;

/** The outages of the past, oldest first, in one bounded file. */
export class History {
  readonly #journal: Journal;
  readonly #log: Log;
  #count: number | undefined;

  constructor(journal: Journal, log: Log) {
    this.#journal = journal;
    this.#log = log;
  }

  async read(): Promise<PastOutage[]> {
    return parseOutages((await this.#journal.lines()).join('\n'));
  }

  async add(outage: PastOutage): Promise<void> {
    try {
      this.#count ??= (await this.#journal.lines()).length;
      await this.#journal.append(JSON.stringify(pastOutageSchema.encode(outage)));
      this.#count += 1;
      if (this.#count <= maxOutages + slack) return;
      const kept = (await this.#journal.lines()).slice(-maxOutages);
      await this.#journal.rewrite(kept);
      this.#count = kept.length;
    } catch (error) {
      this.#log.error(`The history of outages cannot be written: ${describeError(error)}`);
    }
  }
}

/** The outages in such a file, oldest first; lines that are no outage are left out. */
export function parseOutages(text: string): PastOutage[] {
  return text.split('\n').flatMap(parseLine).slice(-maxOutages);
}

function parseLine(line: string): PastOutage[] {
  try {
    const { data } = pastOutageSchema.safeDecode(JSON.parse(line) as never);
    return data ? [data] : [];
  } catch {
    return [];
  }
}
