/** Longest part of a box that is kept for reading. A `moof` of two seconds has far less. */
const maxKeptBytes = 262_144;
const keptTypes = new Set(['free', 'moof']);

export interface Box {
  type: string;
  /** The whole box with its head; absent for boxes whose content is of no interest. */
  bytes?: Buffer;
}

/** Walks over the top-level boxes of an MP4 that comes in pieces, and keeps only the small ones. */
export class BoxWalker {
  readonly #onBox: (box: Box) => void;
  #head: Buffer = Buffer.alloc(0);
  #kept: Buffer[] = [];
  #type = '';
  #leftBytes = 0;
  #boxes = 0;

  constructor(onBox: (box: Box) => void = () => undefined) {
    this.#onBox = onBox;
  }

  /** Throws when this cannot be an MP4. */
  push(piece: Buffer): void {
    let rest = piece;
    while (rest.length > 0) rest = this.#leftBytes > 0 ? this.#skip(rest) : this.#begin(rest);
  }

  /** Throws when the last box is not whole, or there was none. */
  end(): void {
    if (this.#leftBytes > 0 || this.#head.length > 0) throw new Error('it ends inside a box');
    if (this.#boxes === 0) throw new Error('it is empty');
  }

  #begin(piece: Buffer): Buffer {
    const wanted = this.#headLength() - this.#head.length;
    this.#head =
      this.#head.length === 0 ? piece.subarray(0, wanted) : Buffer.concat([this.#head, piece.subarray(0, wanted)]);
    const rest = piece.subarray(wanted);
    if (this.#head.length < this.#headLength()) return rest;
    this.#open();
    return rest;
  }

  /** 8 bytes, or 16 when the first four say that the size is a long one. */
  #headLength(): number {
    return this.#head.length >= 4 && this.#head.readUInt32BE(0) === 1 ? 16 : 8;
  }

  #open(): void {
    const head = this.#head;
    const size = head.length === 16 ? Number(head.readBigUInt64BE(8)) : head.readUInt32BE(0);
    this.#type = head.toString('latin1', 4, 8);
    if (size < head.length || !/^[ -~]{4}$/.test(this.#type)) throw new Error('it is no MP4');
    this.#leftBytes = size - head.length;
    const isKept = keptTypes.has(this.#type) && size <= maxKeptBytes;
    // Copied, because the piece it stands in is large and would be held by it.
    this.#kept = isKept ? [Buffer.from(head)] : [];
    this.#head = Buffer.alloc(0);
    if (this.#leftBytes === 0) this.#close();
  }

  #skip(piece: Buffer): Buffer {
    const part = piece.subarray(0, this.#leftBytes);
    this.#leftBytes -= part.length;
    if (this.#kept.length > 0) this.#kept.push(Buffer.from(part));
    if (this.#leftBytes === 0) this.#close();
    return piece.subarray(part.length);
  }

  #close(): void {
    this.#boxes += 1;
    const bytes = this.#kept.length > 0 ? { bytes: Buffer.concat(this.#kept) } : {};
    this.#kept = [];
    this.#onBox({ type: this.#type, ...bytes });
  }
}

/** The boxes inside a buffer, each as its type and the place of its content. Stops where it makes no sense. */
export function* innerBoxes(
  buffer: Buffer,
  from: number,
  to: number,
): Generator<{ type: string; from: number; to: number }> {
  let offset = from;
  while (offset + 8 <= to) {
    const size = buffer.readUInt32BE(offset);
    const end = offset + size;
    if (size < 8 || end > to) return;
    yield { type: buffer.toString('latin1', offset + 4, offset + 8), from: offset + 8, to: end };
    offset = end;
  }
}

/** The place of the first box on a path such as `traf/tfdt`. */
export function findBox(
  buffer: Buffer,
  path: readonly string[],
  range: { from: number; to: number },
): { from: number; to: number } | undefined {
  const [name, ...rest] = path;
  for (const box of innerBoxes(buffer, range.from, range.to)) {
    if (box.type !== name) continue;
    const found = rest.length === 0 ? box : findBox(buffer, rest, box);
    if (found) return found;
  }
  return undefined;
}
