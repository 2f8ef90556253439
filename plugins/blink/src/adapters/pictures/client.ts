import { readdir, rename, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { describeError, type Log, type Storage } from '@porchlight/core';
import type { Cloud } from '../../ports.ts';

const maxPictures = 200;
const maxAtOnce = 4;

/** The pictures of motions and the snapshots, as files; the oldest go. */
export class Pictures {
  readonly #storage: Storage;
  readonly #cloud: Cloud;
  readonly #log: Log;
  #folder: string | undefined;
  readonly #running = new Set<Promise<void>>();

  constructor({ storage, log }: { storage: Storage; log: Log }, cloud: Cloud) {
    this.#storage = storage;
    this.#cloud = cloud;
    this.#log = log;
  }

  async open(): Promise<void> {
    this.#folder = await this.#storage.folder('pictures');
  }

  /** Begins to fetch a picture and says where it will be; undefined when too many are on their way. */
  fetch(address: string, { name, at }: { name: string; at: number }, onTaken: () => void): string | undefined {
    if (this.#folder === undefined || this.#running.size >= maxAtOnce) return undefined;
    const path = join(this.#folder, `${at}-${name}.jpg`);
    const work = this.#save(path, address, 'extra').then(onTaken, (error: unknown) =>
      this.#log.debug(`There is no picture ${name}: ${describeError(error)}`),
    );
    this.#running.add(work);
    void work.finally(() => this.#running.delete(work));
    return path;
  }

  /** Fetches a picture; rejects when there is none. */
  async take(address: string, { name, at }: { name: string; at: number }): Promise<void> {
    if (this.#folder === undefined) await this.open();
    await this.#save(join(this.#folder ?? '', `${at}-${name}.jpg`), address, 'order');
  }

  /** Resolves when nothing is on its way any more. */
  async settle(): Promise<void> {
    await Promise.all(this.#running);
  }

  async #save(path: string, address: string, urgency: 'order' | 'extra'): Promise<void> {
    await writeFile(`${path}.part`, await this.#cloud.download(address, 'image', urgency));
    await rename(`${path}.part`, path);
    const folder = this.#folder ?? '';
    const files = (await readdir(folder)).toSorted((a, b) => parseInt(b) - parseInt(a));
    await Promise.all(files.slice(maxPictures).map((file) => rm(join(folder, file), { force: true })));
  }
}
