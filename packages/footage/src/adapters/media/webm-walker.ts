const clusterId = 0x1f43b675;
const timecodeId = 0xe7;
const maxTimecodeBytes = 8;

/** Walks over the top level of WebM sound that comes in pieces; each piece of sound is a list of whole clusters. */
export class WebmWalker {
  #head: number[] = [];
  #leftBytes = 0;
  #clusters = 0;
  #firstTimecode: number | undefined;
  #start: number[] | undefined;

  /** Time of the first cluster in ms, as far as it stands at the cluster's begin. */
  get firstTimecodeMs(): number | undefined {
    return this.#firstTimecode;
  }

  /** Throws when this cannot be WebM. */
  push(piece: Buffer): void {
    let offset = 0;
    while (offset < piece.length) {
      if (this.#leftBytes > 0) offset += this.#skip(piece, offset);
      else {
        this.#head.push(piece[offset] ?? 0);
        offset += 1;
        this.#tryHead();
      }
    }
  }

  /** Throws when the last element is not whole, or there was no cluster. */
  end(): void {
    const isOpen = this.#leftBytes > 0 && this.#leftBytes !== Infinity;
    if (isOpen || this.#head.length > 0) throw new Error('it ends inside a cluster');
    if (this.#clusters === 0) throw new Error('it has no sound');
  }

  #skip(piece: Buffer, offset: number): number {
    const length = Math.min(this.#leftBytes, piece.length - offset);
    if (this.#start) this.#keepStart(piece.subarray(offset, offset + length));
    this.#leftBytes -= length;
    return length;
  }

  #keepStart(part: Buffer): void {
    const start = this.#start ?? [];
    start.push(...part.subarray(0, 2 + maxTimecodeBytes - start.length));
    const [id, size = 0] = start;
    const length = size & 0x7f;
    if (start.length >= 2 && (id !== timecodeId || length < 1 || length > maxTimecodeBytes)) this.#start = undefined;
    else if (start.length >= 2 + length) {
      this.#firstTimecode = start.slice(2, 2 + length).reduce((sum, byte) => sum * 256 + byte, 0);
      this.#start = undefined;
    }
  }

  #tryHead(): void {
    const idLength = lengthOf(this.#head[0] ?? 0, 4);
    if (this.#head.length <= idLength) return;
    const sizeLength = lengthOf(this.#head[idLength] ?? 0, 8);
    if (this.#head.length < idLength + sizeLength) return;
    const id = this.#head.slice(0, idLength).reduce((sum, byte) => sum * 256 + byte, 0);
    const [first = 0, ...more] = this.#head.slice(idLength);
    const mask = (1 << (8 - sizeLength)) - 1;
    // All ones: a live recorder did not know the size yet, so it goes on to the end.
    const isUnknown = (first & mask) === mask && more.every((byte) => byte === 255);
    const size = isUnknown ? Infinity : more.reduce((sum, byte) => sum * 256 + byte, first & mask);
    if (size !== Infinity && !Number.isSafeInteger(size)) throw new Error('it is no WebM');
    this.#head = [];
    this.#leftBytes = size;
    if (id !== clusterId) return;
    this.#clusters += 1;
    if (this.#clusters === 1) this.#start = [];
  }
}

function lengthOf(firstByte: number, most: number): number {
  const length = Math.clz32(firstByte) - 23;
  if (length < 1 || length > most) throw new Error('it is no WebM');
  return length;
}
