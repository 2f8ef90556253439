import { describeError, toId, type Log, type PictureFolder, type Storage } from '@porchlight/core';
import type { Sighting } from '../../domain/sighting.ts';
import type { Cloud, FoundDevice } from '../../ports.ts';

const maxAtOnce = 4;

interface ShownCameras {
  readonly cameras: readonly FoundDevice[];
  snapshotTaken(uuid: string, newest: string): void;
}

/** The pictures of alerts and the snapshots. */
export class Pictures {
  readonly #storage: Storage;
  readonly #cloud: Pick<Cloud, 'picture'>;
  readonly #log: Log;
  #folder: PictureFolder | undefined;
  readonly #running = new Set<Promise<unknown>>();
  readonly #greeted = new Set<string>();
  #greeting: Promise<void> = Promise.resolve();

  constructor({ storage, log }: { storage: Storage; log: Log }, cloud: Pick<Cloud, 'picture'>) {
    this.#storage = storage;
    this.#cloud = cloud;
    this.#log = log;
  }

  async open(): Promise<void> {
    this.#folder = await this.#storage.pictures();
  }

  /**
   * Begins to fetch the picture of an alert and says where it will be; undefined when too many are on their way. `onTaken`
   * is told where the camera's newest one is.
   */
  fetch(camera: FoundDevice, sighting: Sighting, onTaken: (newest: string) => void): string | undefined {
    if (this.#folder === undefined || this.#running.size >= maxAtOnce) return undefined;
    const path = this.#folder.pathOf(sighting.at, fileWord(sighting.id));
    const work = this.#save(this.#folder, path, camera, sighting).then(onTaken, (error: unknown) =>
      this.#log.debug(`No picture of ${camera.name}: ${describeError(error)}`),
    );
    this.#running.add(work);
    void work.finally(() => this.#running.delete(work));
    return path;
  }

  /** Fetches the latest picture and says where the camera's newest one is; rejects when there is none. */
  async take(camera: FoundDevice, now: number): Promise<string> {
    const folder = (this.#folder ??= await this.#storage.pictures());
    return this.#save(folder, folder.pathOf(now, fileWord(camera.uuid)), camera);
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

  async #save(folder: PictureFolder, path: string, camera: FoundDevice, sighting?: Sighting): Promise<string> {
    return folder.save(path, fileWord(camera.uuid), await this.#cloud.picture(camera, sighting));
  }
}

/** Ids of Rhombus differ in case, which not every file system can tell apart. */
function fileWord(uuid: string): string {
  return `${toId(uuid).slice(0, 40)}-${Buffer.from(uuid).toString('hex').slice(-8)}`;
}
