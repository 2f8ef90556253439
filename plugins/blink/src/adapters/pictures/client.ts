import { copyFile, readdir, rename, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { describeError, type Log, type Storage } from '@porchlight/core';
import type { Cloud } from '../../ports.ts';

const maxPictures = 200;
const maxAtOnce = 4;

export interface PictureRequest {
  /** Blink's id of the camera. */
  camera: string;
  name: string;
  at: number;
}

/** The pictures of motions and the snapshots, as files; the oldest go. */
export class Pictures {
  readonly #storage: Storage;
  readonly #cloud: Cloud;
  readonly #log: Log;
  #folder: string | undefined;
  readonly #running = new Set<Promise<string>>();

  constructor({ storage, log }: { storage: Storage; log: Log }, cloud: Cloud) {
    this.#storage = storage;
    this.#cloud = cloud;
    this.#log = log;
  }

  async open(): Promise<void> {
    this.#folder = await this.#storage.folder('pictures');
  }

  /**
   * Begins to fetch a picture and says where it will be; undefined when too many are on their way. `onTaken` is told where
   * the newest picture of the camera always is.
   */
  fetch(address: string, request: PictureRequest, onTaken: (newest: string) => void): string | undefined {
    if (this.#folder === undefined || this.#running.size >= maxAtOnce) return undefined;
    const path = pathOf(this.#folder, request);
    this.take(address, request, 'extra').then(onTaken, (error: unknown) =>
      this.#log.debug(`There is no picture ${request.name}: ${describeError(error)}`),
    );
    return path;
  }

  /** Fetches a picture and says where the newest of the camera always is; rejects when there is none. */
  async take(address: string, request: PictureRequest, urgency: 'order' | 'extra'): Promise<string> {
    const folder = (this.#folder ??= await this.#storage.folder('pictures'));
    const work = this.#save(folder, request, { address, urgency });
    this.#running.add(work);
    return work.finally(() => this.#running.delete(work));
  }

  /** Resolves when nothing is on its way any more. */
  async settle(): Promise<void> {
    await Promise.allSettled(this.#running);
  }

  async #save(
    folder: string,
    request: PictureRequest,
    { address, urgency }: { address: string; urgency: 'order' | 'extra' },
  ): Promise<string> {
    const path = pathOf(folder, request);
    const newest = join(folder, `newest-${request.camera}.jpg`);
    await writeFile(`${path}.part`, await this.#cloud.download(address, 'image', urgency));
    await rename(`${path}.part`, path);
    // Under a name of its own: it stays however many pictures other cameras make.
    await copyFile(path, `${path}.part`);
    await rename(`${path}.part`, newest);
    const files = (await readdir(folder)).filter((file) => /^\d/.test(file));
    const old = files.toSorted((a, b) => parseInt(b) - parseInt(a)).slice(maxPictures);
    await Promise.all(old.map((file) => rm(join(folder, file), { force: true })));
    return newest;
  }
}

function pathOf(folder: string, { at, name }: PictureRequest): string {
  return join(folder, `${at}-${name}.jpg`);
}
