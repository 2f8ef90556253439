import { type Clock, describeError, type Log, type Storage } from '@porchlight/core';
import { createLimit } from './copy/limit.ts';
import { type FootageRequest, onDone, onRequest, pendingSchema, type RequestState } from './domain/footage-request.ts';

interface QueueParts {
  storage: Storage;
  clock: Clock;
  log: Log;
  signal: AbortSignal;
  /** When its footage is there, epoch ms. */
  readyAt: (request: FootageRequest) => number;
  /** Resolves with whether a later try may bring more. */
  carryOut: (request: FootageRequest) => Promise<boolean>;
}

/** Pauses before a request that is not complete is tried again: the internet, a camera or a disk may come back. */
const pausesMs = [60_000, 600_000, 3_600_000, 21_600_000];

/** Requests on the disk until they are done; each waits for its time, and one is carried out at a time. */
export class RequestQueue {
  readonly #parts: QueueParts;
  readonly #document;
  #state: RequestState = { pending: [], done: [] };
  // They share a folder.
  readonly #oneByOne = createLimit(1);
  readonly #underWay = new Set<Promise<void>>();
  #written: Promise<void> = Promise.resolve();

  constructor(parts: QueueParts) {
    this.#parts = parts;
    this.#document = parts.storage.document('requests', pendingSchema, { pending: [], done: [] });
  }

  /** Goes on with what an earlier run has left. */
  async open(): Promise<void> {
    this.#state = await this.#document.read();
    for (const request of this.#state.pending) this.#enqueue(request);
  }

  /** Returns why it is not taken; one that is known already is left alone. */
  take(request: FootageRequest): string | undefined {
    const { verdict, state } = onRequest(this.#state, request);
    if (verdict === 'too-many') return `${state.pending.length} requests wait already.`;
    if (verdict === 'taken') {
      this.#keep(state);
      this.#enqueue(request);
    }
    return undefined;
  }

  /** Resolves when nothing is under way any more, and all that was taken is on the disk. */
  async settle(): Promise<void> {
    await Promise.all(this.#underWay);
    await this.#written;
  }

  #enqueue(request: FootageRequest): void {
    const work = this.#work(request).finally(() => this.#underWay.delete(work));
    this.#underWay.add(work);
  }

  async #work(request: FootageRequest): Promise<void> {
    const { clock, log, signal, readyAt } = this.#parts;
    try {
      await clock.sleep(Math.max(0, readyAt(request) - clock.now()), signal);
      for (let tries = 0; (await this.#try(request)) && tries < pausesMs.length; tries += 1) {
        await clock.sleep(pausesMs[tries] ?? 0, signal);
      }
    } catch (error) {
      // What a stop has interrupted is done after the next start.
      if (signal.aborted) return;
      log.error(`Footage of ${request.id}: ${describeError(error)}`);
    }
    this.#keep(onDone(this.#state, request.id));
  }

  #try(request: FootageRequest): Promise<boolean> {
    return this.#oneByOne(() => {
      this.#parts.signal.throwIfAborted();
      return this.#parts.carryOut(request);
    });
  }

  #keep(state: RequestState): void {
    this.#state = state;
    const stored = { pending: [...state.pending], done: [...state.done] };
    this.#written = this.#document.write(stored).catch((error: unknown) => this.#parts.log.error(describeError(error)));
  }
}
