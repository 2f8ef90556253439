import type { Assembled, GrowingFilm } from '../adapters/film/assembler.ts';
import type { Slot } from '../domain/fetch-plan.ts';
import type { DeviceCopy } from './device-copy.ts';
import type { Stream } from './film-job.ts';
import type { CopyParts } from './parts.ts';

export interface Drafted extends Assembled {
  /** The segments in it, in order. */
  there: Slot[];
}

interface DraftParts {
  stream: Stream;
  copy: DeviceCopy;
  parts: CopyParts;
  /** Whether decode times are set to begin at 0. */
  fromZero: boolean;
}

/** One stream of a film as a file, put together while its later segments are still being fetched. */
export class FilmDraft {
  readonly #target: string;
  readonly #draft: DraftParts;
  #film: GrowingFilm | undefined;
  #there: Slot[] = [];
  #next = 0;
  #tail: Promise<void> = Promise.resolve();
  #isSpoilt = false;

  constructor(target: string, draft: DraftParts) {
    this.#target = target;
    this.#draft = draft;
  }

  /** Appends what can be appended by now; call it whenever a segment has come or failed. */
  advance(): void {
    this.#tail = this.#tail.then(() => this.#appendReady()).catch(() => this.#spoil());
  }

  async #appendReady(): Promise<void> {
    const { stream, parts } = this.#draft;
    for (; this.#next < stream.wanted.length && !this.#isSpoilt; this.#next += 1) {
      const slot = stream.wanted[this.#next];
      if (!slot || parts.signal.aborted || !stream.isSettled(slot)) return;
      if (stream.isFailed(slot)) continue;
      await this.#append(slot);
    }
  }

  async #append(slot: Slot): Promise<void> {
    const stored = await this.#draft.copy.locate(slot);
    if (!stored) throw new Error('the segment has gone');
    this.#film ??= await this.#begin(stored.init, slot);
    // Segments of another make: the route has changed, and everything has to be put together anew.
    if (stored.init !== this.#film.init) throw new Error('the make has changed');
    await this.#film.append({ path: stored.path, startSec: slot.startSec });
    this.#there.push(slot);
  }

  #begin(init: string, { startSec }: Slot): Promise<GrowingFilm> {
    const { parts, fromZero } = this.#draft;
    return parts.assembler.create(this.#target, init, fromZero ? startSec : undefined);
  }

  async #spoil(): Promise<void> {
    this.#isSpoilt = true;
    await this.#film?.abandon();
    this.#film = undefined;
  }

  /** Resolves once nothing is being appended. */
  rest(): Promise<void> {
    return this.#tail;
  }

  /**
   * The whole stream; undefined when there is none. Asked for again, it is put together anew. Rejects with
   * `footage.broken-film` when a segment is damaged.
   */
  async finish(): Promise<Drafted | undefined> {
    this.advance();
    await this.#tail;
    const isWhole = !this.#isSpoilt && this.#next >= this.#draft.stream.wanted.length;
    const film = this.#film;
    if (!isWhole) await this.#spoil();
    this.#isSpoilt = true;
    if (!isWhole) return this.#assembleAnew();
    return film && { ...(await film.finish()), there: this.#there };
  }

  // From the stored segments; those that are not of the current make are fetched again.
  async #assembleAnew(): Promise<Drafted | undefined> {
    const { copy, stream, parts } = this.#draft;
    const { init, paths, there } = await copy.collect(stream.fetched);
    const [first] = there;
    if (!first) return undefined;
    const film = await this.#begin(init, first);
    try {
      for (const [index, path] of paths.entries()) {
        parts.signal.throwIfAborted();
        await film.append({ path, startSec: there[index]?.startSec ?? first.startSec });
      }
    } catch (error) {
      await film.abandon();
      throw error;
    }
    return { ...(await film.finish()), there };
  }
}
