import { describeError, type Log, type PictureFolder, type Storage } from '@porchlight/core';
import type { Cloud } from '../../ports.ts';

const maxAtOnce = 4;

export interface PictureRequest {
  /** Blink's id of the camera. */
  camera: string;
  name: string;
  at: number;
}

/** The pictures of motions and the snapshots. */
export class Pictures {
  readonly #storage: Storage;
  readonly #cloud: Cloud;
  readonly #log: Log;
  #folder: PictureFolder | undefined;
  readonly #running = new Set<Promise<string>>();

  constructor({ storage, log }: { storage: Storage; log: Log }, cloud: Cloud) {
    this.#storage = storage;
    this.#cloud = cloud;
    this.#log = log;
  }

  async open(): Promise<void> {
    this.#folder = await this.#storage.pictures();
  }

  /**
   * Begins to fetch a picture and says where it will be; undefined when too many are on their way. `onTaken` is told where
   * the newest picture of the camera always is.
   */
  fetch(address: string, request: PictureRequest, onTaken: (newest: string) => void): string | undefined {
    if (this.#folder === undefined || this.#running.size >= maxAtOnce) return undefined;
    const path = this.#folder.pathOf(request.at, request.name);
    this.take(address, request, 'extra').then(onTaken, (error: unknown) =>
      this.#log.debug(`There is no picture ${request.name}: ${describeError(error)}`),
    );
    return path;
  }

  /** Fetches a picture and says where the newest of the camera always is; rejects when there is none. */
  async take(address: string, request: PictureRequest, urgency: 'order' | 'extra'): Promise<string> {
    const folder = (this.#folder ??= await this.#storage.pictures());
    const { at, camera, name } = request;
    const work = this.#cloud
      .download(address, 'image', urgency)
      .then((content) => folder.save(folder.pathOf(at, name), camera, content));
    this.#running.add(work);
    return work.finally(() => this.#running.delete(work));
  }

  /** Resolves when nothing is on its way any more. */
  async settle(): Promise<void> {
    await Promise.allSettled(this.#running);
  }
}
