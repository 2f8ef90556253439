import { mkdir, readdir, rename, rm, stat, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import {
  createTroubleLog,
  describeError,
  errorCode,
  toIso,
  type Clock,
  type Log,
  type Storage,
} from '@porchlight/core';
import { clipName, findSurplus, type StoredFile } from '../../domain/clips.ts';
import type { MediaRow } from '../../domain/media-row.ts';
import type { Cloud } from '../../ports.ts';
import { toRefusal } from '../cloud/refuse.ts';

export interface ClipSettings {
  /** Undefined: in the storage of the service. */
  folder: string | undefined;
  keepDays: number;
  maxMegabytes: number;
}

export interface ClipRequest {
  row: MediaRow;
  camera: string;
  what: string;
}

const dayMs = 24 * 3_600_000;
const megabyte = 1_000_000;
/** A film on a stick has to be brought to the cloud first: waits between the questions for it, in ms. */
const fetchWaitsMs = [0, 2000, 4000, 8000, 16_000];

/** Films as files with readable names, one download at a time. */
export class Clips {
  readonly #settings: ClipSettings;
  readonly #cloud: Cloud;
  readonly #storage: Storage;
  readonly #clock: Clock;
  readonly #signal: AbortSignal;
  readonly #troubles;
  #tail: Promise<void> = Promise.resolve();

  constructor(
    { settings, cloud }: { settings: ClipSettings; cloud: Cloud },
    { storage, clock, log, signal }: { storage: Storage; clock: Clock; log: Log; signal: AbortSignal },
  ) {
    this.#settings = settings;
    this.#cloud = cloud;
    this.#storage = storage;
    this.#clock = clock;
    this.#signal = signal;
    this.#troubles = createTroubleLog(log, clock);
  }

  /** Saves a film when its turn comes; a failure is logged and the film is left out. */
  save(request: ClipRequest): void {
    this.#tail = this.#tail.then(async () => {
      if (this.#signal.aborted) return;
      try {
        await this.fetch(request);
        this.#troubles.end('clips', 'Films can be saved again');
      } catch (error) {
        if (!this.#signal.aborted) this.#troubles.begin('clips', `A film was not saved: ${describeError(error)}`);
      }
    });
  }

  /** Saves a film now and says where; undefined when it is there already or has no film. */
  async fetch({ row, camera, what }: ClipRequest): Promise<string | undefined> {
    if (row.media === undefined) return undefined;
    const folder = await this.#open();
    const name = clipName(toIso(row.createdAt), camera, { what, id: row.id });
    const files = await readdir(folder);
    if (files.includes(name)) return undefined;
    const path = join(folder, name);
    const part = `${path}.part`;
    try {
      await writeFile(part, await this.#download(row), { mode: 0o600 });
      await rename(part, path);
      return path;
    } catch (error) {
      await rm(part, { force: true });
      throw error;
    } finally {
      // Also where the disk is full: what is too old makes room for the next one.
      await this.#tidy(folder);
    }
  }

  /** Resolves when nothing is on its way any more. */
  async settle(): Promise<void> {
    await this.#tail;
  }

  async #download({ media = '', source }: MediaRow): Promise<Buffer> {
    if (source !== 'usb') return this.#cloud.download(media, 'video');
    let isRequested = false;
    for (const [index, ms] of fetchWaitsMs.entries()) {
      await this.#clock.sleep(ms, this.#signal);
      try {
        if (!isRequested) await this.#cloud.requestStoredClip(media);
        isRequested = true;
        return await this.#cloud.download(media, 'video');
      } catch (error) {
        // Its module may be busy; a refusal by the cloud does not pass so soon.
        if (index === fetchWaitsMs.length - 1 || toRefusal(errorCode(error)) !== 'fault') throw error;
      }
    }
    throw new Error('unreachable');
  }

  async #open(): Promise<string> {
    const { folder } = this.#settings;
    if (folder === undefined) return this.#storage.folder('clips');
    await mkdir(folder, { recursive: true });
    return folder;
  }

  /** Touches nothing but films that it has named itself: the folder may be the owner's. */
  async #tidy(folder: string): Promise<void> {
    const names = (await readdir(folder)).filter((name) => /^\d{4}-\d\d-\d\d \d\d-\d\d-\d\d .*\.mp4$/.test(name));
    const files = await Promise.all(
      names.map(async (name): Promise<StoredFile> => {
        const at = Date.parse(`${name.slice(0, 10)}T${name.slice(11, 19).replaceAll('-', ':')}Z`);
        return { name, at, bytes: (await stat(join(folder, name))).size };
      }),
    );
    const limits = { keepMs: this.#settings.keepDays * dayMs, maxBytes: this.#settings.maxMegabytes * megabyte };
    const surplus = findSurplus(files, limits, this.#clock.now());
    await Promise.all(surplus.map(({ name }) => rm(join(folder, name), { force: true })));
  }
}
