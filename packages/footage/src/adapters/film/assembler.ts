import { createHash } from 'node:crypto';
import { type FileHandle, open } from 'node:fs/promises';
import { brokenFilm } from '../../errors.ts';
import { isDiskError } from '../media/download.ts';
import { PieceReader } from './piece-reader.ts';
import { Timeline } from './timeline.ts';

export interface Assembled {
  bytes: number;
  sha256: string;
}

export interface PieceOfFilm {
  path: string;
  /** Epoch second at which it should begin. */
  startSec: number;
}

/** Puts films together, piece by piece. */
export class Assembler {
  readonly #reader = new PieceReader();
  #files = new Set<FileHandle>();

  /** Begins with the initialisation part. With `beginSec` (the first segment's) decode times are set to begin at 0. */
  create(target: string, init: string, beginSec?: number): Promise<GrowingFilm> {
    return asFilmError(async () => {
      const file = await open(target, 'w');
      this.#files.add(file);
      const film = new GrowingFilm(init, {
        file,
        reader: this.#reader,
        onClose: () => this.#files.delete(file),
      });
      await film.begin(beginSec);
      return film;
    });
  }

  /** Closes what an interrupted run has left open. */
  async close(): Promise<void> {
    for (const file of this.#files) await file.close();
    this.#files.clear();
  }
}

interface FilmParts {
  file: FileHandle;
  reader: PieceReader;
  onClose: () => void;
}

/** A file in the making, hashed on the way. A damaged piece rejects with `footage.broken-film`. */
export class GrowingFilm {
  /** Path of the initialisation part. */
  readonly init: string;
  readonly #parts: FilmParts;
  readonly #hash = createHash('sha256');
  #timeline: Timeline | undefined;
  #bytes = 0;

  constructor(init: string, parts: FilmParts) {
    this.init = init;
    this.#parts = parts;
  }

  begin(beginSec: number | undefined): Promise<void> {
    return this.#parts.reader.read(this.init, async (content) => {
      if (beginSec !== undefined) this.#timeline = new Timeline(content, beginSec);
      await this.#write(content);
    });
  }

  /** Call it for one piece after the other. */
  append({ path, startSec }: PieceOfFilm): Promise<void> {
    return asFilmError(() =>
      this.#parts.reader.read(path, async (content) => {
        this.#timeline?.adjust(content, startSec);
        await this.#write(content);
      }),
    );
  }

  async #write(content: Buffer): Promise<void> {
    this.#hash.update(content);
    this.#bytes += content.length;
    for (let offset = 0; offset < content.length;) {
      offset += (await this.#parts.file.write(content, offset)).bytesWritten;
    }
  }

  /** Resolves once all of it is written. */
  async finish(): Promise<Assembled> {
    await this.abandon();
    return { bytes: this.#bytes, sha256: this.#hash.digest('hex') };
  }

  async abandon(): Promise<void> {
    this.#parts.onClose();
    await this.#parts.file.close();
  }
}

async function asFilmError<T>(task: () => Promise<T>): Promise<T> {
  try {
    return await task();
  } catch (error) {
    throw isDiskError(error) ? error : brokenFilm((error as Error).message);
  }
}
