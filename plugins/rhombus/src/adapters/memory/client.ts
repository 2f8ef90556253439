import {
  createDeadline,
  createTroubleLog,
  describeError,
  type Clock,
  type Deadline,
  type Log,
  type Storage,
  type TroubleLog,
} from '@porchlight/core';
import type { Seen } from '../../domain/differ.ts';
import { memorySchema, type Memory } from './schema.ts';
import { SeenJournal } from './seen-journal.ts';

/**
 * What is told is written down so much later, in ms. An event must be in the queue of the bus, on the disk, before it
 * counts as told here: a crash in between may tell it twice, under the same id, but never not at all.
 */
const writeAfterMs = 500;
/** But no later than this after the first change. */
const latestMs = 5000;

interface Sources {
  memory: () => Memory;
  seen: () => ReadonlyMap<string, Seen>;
}

/** What the service remembers over restarts, written soon after a change. */
export class MemoryKeeper {
  readonly #document;
  readonly #journal: SeenJournal;
  readonly #clock: Clock;
  readonly #troubles: TroubleLog;
  readonly #due: Deadline;
  readonly #sources: Sources;
  /** The essence of what was written last. */
  #written: string | undefined;
  #dueSince: number | undefined;

  constructor({ storage, clock, log }: { storage: Storage; clock: Clock; log: Log }, sources: Sources) {
    this.#document = storage.document('memory', memorySchema, { movements: [], ids: {}, devices: [] });
    this.#journal = new SeenJournal(storage.journal('seen'));
    this.#clock = clock;
    this.#troubles = createTroubleLog(log, clock);
    this.#sources = sources;
    this.#due = createDeadline(clock, () => void this.flush());
  }

  async read(): Promise<{ memory: Memory; seen: Map<string, Seen> }> {
    return { memory: await this.#document.read(), seen: await this.#journal.read() };
  }

  /** Waits for a pause, so that what was told in the same moment is not written before it is in the queue. */
  keep(): void {
    const now = this.#clock.monotonic();
    this.#dueSince ??= now;
    this.#due.set(Math.min(writeAfterMs, this.#dueSince + latestMs - now));
  }

  /** Resolves once what is known now is on the disk, or could not be written and was logged. */
  async flush(): Promise<void> {
    this.#due.clear();
    if (this.#dueSince === undefined) return;
    this.#dueSince = undefined;
    const memory = this.#sources.memory();
    const text = essenceOf(memory);
    try {
      await this.#journal.write(this.#sources.seen());
      if (text !== this.#written) await this.#document.write(memory);
      this.#written = text;
      this.#troubles.end('storage', 'What is seen can be stored again');
    } catch (error) {
      this.#troubles.begin('storage', `What was seen cannot be stored: ${describeError(error)}.`);
    }
  }
}

const cursorMs = 3_600_000;

/** What is worth a write of its own: readings come anew after a start, and an older cursor only asks for more. */
function essenceOf({ devices, checkedTo = 0, marksTo = 0, ...rest }: Memory): string {
  const lasting = devices.map((device) => ({ ...device, celsius: 0, air: 0, batteryPercent: 0 }));
  const cursors = [checkedTo, marksTo].map((at) => Math.floor(at / cursorMs));
  return JSON.stringify({ ...rest, lasting, cursors });
}
