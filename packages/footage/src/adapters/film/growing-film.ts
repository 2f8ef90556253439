import { createHash } from 'node:crypto';
import { closeSync, fstatSync, fsync, openSync, readSync, writeSync } from 'node:fs';
import { innerBoxes } from '../media/box-walker.ts';
import { decodeTimes, readStamp, readTimescale, shiftDecodeTimes } from '../media/fmp4.ts';

// This runs in a thread of its own (film-worker.ts): reading, hashing and writing may block it.

export interface Assembled {
  bytes: number;
  sha256: string;
}

export interface PieceOfFilm {
  path: string;
  /** Epoch second at which it should begin. */
  startSec: number;
}

/** How far decode times may lie from what the time stamps say before the stamps are trusted more, seconds. */
const driftSec = 1;
const spareBytes = 262_144;

/** One buffer serves all pieces of all files. */
let buffer: Buffer = Buffer.alloc(0);

/** The content of a file, valid until the next call. Throws when the file is shorter than it says. */
function readInto(path: string): Buffer {
  const source = openSync(path, 'r');
  try {
    const { size } = fstatSync(source);
    if (buffer.length < size) buffer = Buffer.allocUnsafeSlow(size + spareBytes);
    for (let length = 0; length < size;) {
      const count = readSync(source, buffer, length, size - length, null);
      if (count === 0) throw new Error(`the stored segment ${path} is cut off`);
      length += count;
    }
    return buffer.subarray(0, size);
  } finally {
    closeSync(source);
  }
}

/** A file that grows piece by piece and is hashed on the way. */
export class GrowingFile {
  readonly #file: number;
  readonly #hash = createHash('sha256');
  #bytes = 0;

  constructor(path: string) {
    this.#file = openSync(path, 'w');
  }

  /** Appends a file; `adjust` may change its bytes on the way. */
  append(path: string, adjust: (content: Buffer) => void = () => undefined): void {
    const content = readInto(path);
    adjust(content);
    this.#hash.update(content);
    this.#bytes += content.length;
    for (let offset = 0; offset < content.length;) offset += writeSync(this.#file, content, offset);
  }

  /** Makes sure that all of it is on the disk. */
  finish(): Promise<Assembled> {
    return new Promise((resolve, reject) => {
      fsync(this.#file, (error) => {
        closeSync(this.#file);
        if (error) reject(error);
        else resolve({ bytes: this.#bytes, sha256: this.#hash.digest('hex') });
      });
    });
  }

  abandon(): void {
    closeSync(this.#file);
  }
}

/**
 * Moves the segments of a film to their places on a time line that begins at 0: cameras count decode times from an
 * arbitrary moment, and players would show that as the film's length.
 */
export class Timeline {
  readonly #timescale: number | undefined;
  readonly #beginSec: number;
  #baseUnits: bigint | undefined;

  constructor(init: string, beginSec: number) {
    this.#timescale = readTimescale(readInto(init));
    this.#beginSec = beginSec;
  }

  /** Changes the segment in place; throws when it is not whole. */
  adjust(segment: Buffer, { path, startSec }: PieceOfFilm): void {
    const boxes = [...innerBoxes(segment, 0, segment.length)];
    if (boxes.at(-1)?.to !== segment.length) throw new Error(`the stored segment ${path} is damaged`);
    const moofs = boxes.filter(({ type }) => type === 'moof').map(({ from, to }) => segment.subarray(from - 8, to));
    const first = moofs.map((moof) => decodeTimes(moof)[0]?.time).find((time) => time !== undefined);
    if (first === undefined) return;
    const hasStamp = boxes.some(
      ({ type, from, to }) => type === 'free' && readStamp(segment.subarray(from - 8, to)) !== undefined,
    );
    const shift = this.#shiftOf(first, { startSec, hasStamp });
    for (const moof of moofs) shiftDecodeTimes(moof, shift);
  }

  #shiftOf(first: bigint, { startSec, hasStamp }: { startSec: number; hasStamp: boolean }): bigint {
    this.#baseUnits ??= first;
    const timescale = this.#timescale;
    if (!timescale || !hasStamp) return this.#baseUnits;
    const wanted = BigInt((startSec - this.#beginSec) * timescale);
    const off = Number(first - this.#baseUnits - wanted) / timescale;
    // Segments that were asked for with different windows may count from different moments.
    return Math.abs(off) > driftSec ? first - wanted : this.#baseUnits;
  }
}
