import { open } from 'node:fs/promises';

/** Room beyond the largest piece so far, bytes. */
const spareBytes = 262_144;

/** Reads files into one buffer, one after the other, so that memory does not grow with films or cameras. */
export class PieceReader {
  #buffer: Buffer = Buffer.alloc(0);
  #last: Promise<unknown> = Promise.resolve();

  /** `use` may change the content, which is valid until it has ended. Throws when the file is shorter than it says. */
  read(path: string, use: (content: Buffer) => Promise<void>): Promise<void> {
    const turn = this.#last.then(async () => use(await this.#fill(path)));
    this.#last = turn.catch(() => undefined);
    return turn;
  }

  async #fill(path: string): Promise<Buffer> {
    const source = await open(path, 'r');
    try {
      const { size } = await source.stat();
      if (this.#buffer.length < size) this.#buffer = Buffer.allocUnsafeSlow(size + spareBytes);
      for (let length = 0; length < size;) {
        const { bytesRead } = await source.read(this.#buffer, length, size - length);
        if (bytesRead === 0) throw new Error('a stored segment is cut off');
        length += bytesRead;
      }
      return this.#buffer.subarray(0, size);
    } finally {
      await source.close();
    }
  }
}
