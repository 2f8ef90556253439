import { innerBoxes } from '../media/box-walker.ts';
import { decodeTimes, readStamp, readTimescale, shiftDecodeTimes } from '../media/fmp4.ts';

/** How far decode times may lie from what the time stamps say before the stamps are trusted more, seconds. */
const driftSec = 1;

/**
 * Moves the segments of a film to their places on a time line that begins at 0: cameras count decode times from an
 * arbitrary moment, and players would show that as the film's length.
 */
export class Timeline {
  readonly #timescale: number | undefined;
  readonly #beginSec: number;
  #baseUnits: bigint | undefined;

  /** `beginSec`: epoch second of the first segment. */
  constructor(init: Buffer, beginSec: number) {
    this.#timescale = readTimescale(init);
    this.#beginSec = beginSec;
  }

  /** Changes the segment, which should begin at `startSec`, in place; throws when it is not whole. */
  adjust(segment: Buffer, startSec: number): void {
    const boxes = [...innerBoxes(segment, 0, segment.length)];
    if (boxes.at(-1)?.to !== segment.length) throw new Error('a stored segment is damaged');
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
