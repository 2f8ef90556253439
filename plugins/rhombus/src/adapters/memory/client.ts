import { createDeadline, describeError, type Clock, type Deadline, type Log, type Storage } from '@porchlight/core';
import { memorySchema, type Memory } from './schema.ts';

/** So many changes at most are written together, in ms after the first. */
const writeAfterMs = 1000;

/** What the service remembers over restarts, written soon after a change. */
export class MemoryKeeper {
  readonly #document;
  readonly #log: Log;
  readonly #due: Deadline;
  #isDue = false;
  readonly #collect: () => Memory;

  constructor({ storage, clock, log }: { storage: Storage; clock: Clock; log: Log }, collect: () => Memory) {
    this.#document = storage.document('memory', memorySchema, { seen: [], ids: {}, devices: [] });
    this.#log = log;
    this.#collect = collect;
    this.#due = createDeadline(clock, () => void this.flush());
  }

  read(): Promise<Memory> {
    return this.#document.read();
  }

  keep(): void {
    if (this.#isDue) return;
    this.#isDue = true;
    this.#due.set(writeAfterMs);
  }

  /** Resolves once what is known now is on the disk, or could not be written and was logged. */
  async flush(): Promise<void> {
    this.#due.clear();
    if (!this.#isDue) return;
    this.#isDue = false;
    try {
      await this.#document.write(this.#collect());
    } catch (error) {
      this.#log.error(`What was seen cannot be stored: ${describeError(error)}.`);
    }
  }
}
