import { copyFile, readdir, rename, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { describeError, toId, type Log, type Storage } from '@porchlight/core';
import type { Sighting } from '../../domain/sighting.ts';
import type { Cloud, FoundDevice } from '../../ports.ts';

const maxPictures = 200;
const maxAtOnce = 4;

interface ShownCameras {
  readonly cameras: readonly FoundDevice[];
  snapshotTaken(uuid: string, newest: string): void;
}

/** The pictures of alerts, as files; the oldest go. The newest of each camera is always under the same name. */
export class Pictures {
  readonly #storage: Storage;
  readonly #cloud: Pick<Cloud, 'picture'>;
  readonly #log: Log;
  #folder: string | undefined;
  readonly #running = new Set<Promise<unknown>>();
  readonly #greeted = new Set<string>();
  #greeting: Promise<void> = Promise.resolve();

  constructor({ storage, log }: { storage: Storage; log: Log }, cloud: Pick<Cloud, 'picture'>) {
    this.#storage = storage;
    this.#cloud = cloud;
    this.#log = log;
  }

  async open(): Promise<void> {
    this.#folder = await this.#storage.folder('pictures');
  }

  /**
   * Begins to fetch the picture of an alert and says where it will be; undefined when too many are on their way. `onTaken`
   * is told where the camera's newest one is.
   */
  fetch(camera: FoundDevice, sighting: Sighting, onTaken: (newest: string) => void): string | undefined {
    if (this.#folder === undefined || this.#running.size >= maxAtOnce) return undefined;
    const path = join(this.#folder, `${sighting.at}-${fileWord(sighting.id)}.jpg`);
    const work = this.#save(path, camera, sighting).then(onTaken, (error: unknown) =>
      this.#log.debug(`No picture of ${camera.name}: ${describeError(error)}`),
    );
    this.#running.add(work);
    void work.finally(() => this.#running.delete(work));
    return path;
  }

  /** Fetches the latest picture and says where the camera's newest one is; rejects when there is none. */
  async take(camera: FoundDevice, now: number): Promise<string> {
    if (this.#folder === undefined) await this.open();
    return this.#save(join(this.#folder ?? '', `${now}-${fileWord(camera.uuid)}.jpg`), camera);
  }

  /** Fetches the latest picture of each camera that was not seen before, one after the other. */
  greet(shown: ShownCameras, now: number): void {
    for (const camera of shown.cameras) {
      if (this.#greeted.has(camera.uuid)) continue;
      this.#greeted.add(camera.uuid);
      this.#greeting = this.#greeting
        .then(() => this.take(camera, now))
        .then((newest) => shown.snapshotTaken(camera.uuid, newest))
        .catch((error: unknown) => this.#log.debug(`No picture of ${camera.name}: ${describeError(error)}`));
    }
  }

  async settle(): Promise<void> {
    await Promise.all([this.#greeting, ...this.#running]);
  }

  async #save(path: string, camera: FoundDevice, sighting?: Sighting): Promise<string> {
    const newest = join(this.#folder ?? '', `newest-${fileWord(camera.uuid)}.jpg`);
    await writeFile(`${path}.part`, await this.#cloud.picture(camera, sighting));
    await rename(`${path}.part`, path);
    await copyFile(path, `${path}.part`);
    await rename(`${path}.part`, newest);
    await this.#prune();
    return newest;
  }

  async #prune(): Promise<void> {
    const folder = this.#folder ?? '';
    const dated = (await readdir(folder)).filter((file) => /^\d/.test(file));
    const files = dated.toSorted((a, b) => parseInt(b) - parseInt(a));
    await Promise.all(files.slice(maxPictures).map((file) => rm(join(folder, file), { force: true })));
  }
}

/** Ids of Rhombus differ in case, which not every file system can tell apart. */
function fileWord(uuid: string): string {
  return `${toId(uuid).slice(0, 40)}-${Buffer.from(uuid).toString('hex').slice(-8)}`;
}
