import type { GrowingFilm } from '../adapters/film/assembler.ts';
import type { Assembled } from '../adapters/film/growing-film.ts';
import type { Slot } from '../domain/fetch-plan.ts';
import type { DeviceCopy } from './device-copy.ts';
import type { Stream } from './film-job.ts';
import type { CopyParts } from './parts.ts';

export interface DraftPicture extends Assembled {
  /** The segments in it, in order. */
  there: Slot[];
}

/** The picture of one film, put together while its later segments are still being fetched. */
export class FilmDraft {
  readonly #target: string;
  readonly #stream: Stream;
  readonly #copy: DeviceCopy;
  readonly #parts: CopyParts;
  #film: GrowingFilm | undefined;
  #there: Slot[] = [];
  #next = 0;
  #tail: Promise<void> = Promise.resolve();
  #isSpoilt = false;

  constructor(target: string, { stream, copy, parts }: { stream: Stream; copy: DeviceCopy; parts: CopyParts }) {
    this.#target = target;
    this.#stream = stream;
    this.#copy = copy;
    this.#parts = parts;
  }

  /** Appends what can be appended by now; call it whenever a segment has come or failed. */
  advance(): void {
    this.#tail = this.#tail.then(() => this.#appendReady()).catch(() => this.#spoil());
  }

  async #appendReady(): Promise<void> {
    const { wanted } = this.#stream;
    for (; this.#next < wanted.length && !this.#isSpoilt; this.#next += 1) {
      const slot = wanted[this.#next];
      if (!slot || this.#parts.signal.aborted || !this.#stream.isSettled(slot)) return;
      if (this.#stream.isFailed(slot)) continue;
      await this.#append(slot);
    }
  }

  async #append(slot: Slot): Promise<void> {
    const stored = await this.#copy.locate(slot);
    if (!stored) throw new Error('the segment has gone');
    this.#film ??= await this.#parts.assembler.create(this.#target, stored.init, slot.startSec);
    // Segments of another make: the route has changed, and everything has to be put together anew.
    if (stored.init !== this.#film.init) throw new Error('the make has changed');
    await this.#film.append({ path: stored.path, startSec: slot.startSec });
    this.#there.push(slot);
  }

  async #spoil(): Promise<void> {
    this.#isSpoilt = true;
    await this.#film?.abandon();
  }

  /** The whole picture; undefined when there is none. Rejects with `footage.broken-film` when a segment is damaged. */
  async finish(): Promise<DraftPicture | undefined> {
    this.advance();
    await this.#tail;
    const isWhole = !this.#isSpoilt && this.#next >= this.#stream.wanted.length;
    if (isWhole && this.#film) return { ...(await this.#film.finish()), there: this.#there };
    if (isWhole) return undefined;
    await this.#spoil();
    return this.assembleAnew();
  }

  /** Puts everything together from the stored segments; those that are not of the current make are fetched again. */
  async assembleAnew(): Promise<DraftPicture | undefined> {
    const { init, paths, there } = await this.#copy.collect(this.#stream.fetched);
    const [first] = there;
    if (!first) return undefined;
    const film = await this.#parts.assembler.create(this.#target, init, first.startSec);
    try {
      for (const [index, path] of paths.entries()) {
        this.#parts.signal.throwIfAborted();
        await film.append({ path, startSec: there[index]?.startSec ?? first.startSec });
      }
    } catch (error) {
      await film.abandon();
      throw error;
    }
    return { ...(await film.finish()), there };
  }
}
