import { describeError, errorCode, toId, type Clock, type Log } from '@porchlight/core';
import type { FoundCamera } from '../../ports.ts';
import type { Pictures } from './client.ts';

/** Reasons that pass soon. */
const passingCodes: ReadonlySet<string> = new Set(['blink.rate', 'blink.unreachable']);

/** Fetches the picture of each camera that Blink's own app shows, at the start and when it is another; one at a time. */
export class Thumbnails {
  readonly #pictures: Pictures;
  readonly #clock: Clock;
  readonly #log: Log;
  readonly #signal: AbortSignal;
  readonly #onTaken: (camera: string, newest: string) => void;
  /** Addresses by camera; one that leads nowhere is not asked for again. */
  readonly #asked = new Map<string, string>();
  #tail: Promise<void> = Promise.resolve();

  constructor(
    { pictures, onTaken }: { pictures: Pictures; onTaken: (camera: string, newest: string) => void },
    { clock, log, signal }: { clock: Clock; log: Log; signal: AbortSignal },
  ) {
    this.#pictures = pictures;
    this.#onTaken = onTaken;
    this.#clock = clock;
    this.#log = log;
    this.#signal = signal;
  }

  look(cameras: readonly FoundCamera[]): void {
    for (const { id, name, thumbnail } of cameras) {
      if (thumbnail === undefined || this.#asked.get(id) === thumbnail) continue;
      this.#asked.set(id, thumbnail);
      this.#tail = this.#tail.then(() => this.#fetch(thumbnail, { camera: id, name: toId(name) }));
    }
  }

  /** The picture at this address comes another way. */
  skip(camera: string, address: string): void {
    this.#asked.set(camera, address);
  }

  async #fetch(address: string, place: { camera: string; name: string }): Promise<void> {
    if (this.#signal.aborted) return;
    try {
      const newest = await this.#pictures.take(address, { ...place, at: this.#clock.now() }, 'extra');
      this.#onTaken(place.camera, newest);
    } catch (error) {
      // The next list has it fetched again, unless it names another by then.
      const isPassing = passingCodes.has(errorCode(error) ?? '');
      if (isPassing && this.#asked.get(place.camera) === address) this.#asked.delete(place.camera);
      this.#log.debug(`There is no picture of ${place.name}: ${describeError(error)}`);
    }
  }
}
