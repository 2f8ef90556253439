import {
  createDeadline,
  createTroubleLog,
  describeError,
  type Clock,
  type Deadline,
  type Log,
  type Storage,
} from '@porchlight/core';
import { memorySchema, type Memory } from './schema.ts';

/** Changes are written together so many ms after the first. */
const writeAfterMs = 1000;

/** What the service remembers over restarts. */
export class MemoryKeeper {
  readonly #document;
  readonly #troubles;
  readonly #due: Deadline;
  readonly #collect: () => Memory;
  #isDue = false;

  constructor({ storage, clock, log }: { storage: Storage; clock: Clock; log: Log }, collect: () => Memory) {
    const initial: Memory = { cloudSeenAt: {}, ids: {}, networks: [], cameras: [], followed: {} };
    this.#document = storage.document('memory', memorySchema, initial);
    this.#troubles = createTroubleLog(log, clock);
    this.#collect = collect;
    this.#due = createDeadline(clock, () => void this.flush());
  }

  /** What was known. It is written again soon, so that a process that dies again and again pays for each start. */
  read(): Promise<Memory> {
    this.keep();
    return this.#document.read();
  }

  /** Something has changed that should be written soon. */
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
      this.#troubles.end('memory', 'What was seen can be stored again');
    } catch (error) {
      this.#troubles.begin('memory', `What was seen cannot be stored: ${describeError(error)}.`);
    }
  }
}
