import { type FileHandle, mkdir, open, readdir, readFile, rename, rm, stat, unlink, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { Span } from '../../domain/spans.ts';
import type { SegmentSink } from '../media/session.ts';

/** Pieces are gathered up to this size before they are written, bytes. */
const gatherBytes = 131_072;
/** Segments that nothing came for since are deleted, ms. */
const staleMs = 7 * 86_400_000;

const nameOf = ({ startSec, endSec }: Span): string => `${startSec}-${endSec - startSec}`;

/** Fetched segments that wait for their film, as files: what is there under its name is whole. */
export class SegmentStore {
  readonly #folder: string;
  #drafts = 0;

  constructor(folder: string) {
    this.#folder = folder;
  }

  /** The segments of a device that belong to this initialisation part. */
  async open(device: string, initName: string, init: Buffer): Promise<SegmentShelf> {
    const folder = join(this.#folder, device, initName);
    await mkdir(folder, { recursive: true });
    await this.#keepInit(join(folder, 'init'), init);
    const names = await readdir(folder);
    return new SegmentShelf(
      folder,
      names.filter((name) => /^\d+-\d+$/.test(name)),
    );
  }

  // A film may be reading it at this moment, so it is replaced as a whole or not touched.
  async #keepInit(path: string, init: Buffer): Promise<void> {
    const known = await readFile(path).catch(() => undefined);
    if (known?.equals(init)) return;
    this.#drafts += 1;
    const draft = `${path}.${this.#drafts}.part`;
    await writeFile(draft, init);
    await rename(draft, path);
  }

  /** Begins of all segments of a device, epoch seconds, whatever initialisation part they belong to. */
  async begins(device: string): Promise<number[]> {
    const names = await readdir(join(this.#folder, device), { recursive: true }).catch(() => []);
    return names.flatMap((name) => {
      const [, start] = /\/(\d+)-\d+$/.exec(name.replaceAll('\\', '/')) ?? [];
      return start === undefined ? [] : [Number(start)];
    });
  }

  /** Deletes the segments that nobody needs; a run that was killed right after finishing a film leaves some. */
  async prune(isLeftOver: (device: string, span: Span) => boolean): Promise<void> {
    for (const device of await readdir(this.#folder).catch(() => [])) {
      for (const name of await readdir(join(this.#folder, device), { recursive: true }).catch(() => [])) {
        const [, start, length] = /(?:^|[/\\])(\d+)-(\d+)$/.exec(name) ?? [];
        if (start === undefined) continue;
        const span = { startSec: Number(start), endSec: Number(start) + Number(length) };
        if (isLeftOver(device, span)) await rm(join(this.#folder, device, name), { force: true });
      }
    }
  }

  /** Deletes what a killed run left half done, and what has lain here for `olderMs`. */
  async sweep(now: number, olderMs = staleMs): Promise<void> {
    const entries = await readdir(this.#folder, { recursive: true, withFileTypes: true }).catch(() => []);
    for (const entry of entries) {
      if (!entry.isFile() || entry.name === 'init') continue;
      const path = join(entry.parentPath, entry.name);
      const isHalf = entry.name.endsWith('.part');
      const isStale = await stat(path).then(
        ({ mtimeMs }) => now - mtimeMs > olderMs,
        () => false,
      );
      if (isHalf || isStale) await rm(path, { force: true });
    }
    await this.#sweepFolders();
  }

  async #sweepFolders(): Promise<void> {
    const devices = await readdir(this.#folder).catch(() => []);
    for (const device of devices) {
      const shelves = await readdir(join(this.#folder, device)).catch(() => []);
      for (const shelf of shelves) {
        const folder = join(this.#folder, device, shelf);
        const names = await readdir(folder).catch(() => ['?']);
        if (names.every((name) => name === 'init')) await rm(folder, { recursive: true, force: true });
      }
      const isEmpty = (await readdir(join(this.#folder, device)).catch(() => ['?'])).length === 0;
      if (isEmpty) await rm(join(this.#folder, device), { recursive: true, force: true });
    }
  }
}

/** Segments of one device and one initialisation part. */
export class SegmentShelf {
  readonly #folder: string;
  #names: Set<string>;
  #drafts = 0;

  constructor(folder: string, names: readonly string[]) {
    this.#folder = folder;
    this.#names = new Set(names);
  }

  get initPath(): string {
    return join(this.#folder, 'init');
  }

  has(span: Span): boolean {
    return this.#names.has(nameOf(span));
  }

  pathOf(span: Span): string {
    return join(this.#folder, nameOf(span));
  }

  async begin(span: Span): Promise<SegmentSink> {
    this.#drafts += 1;
    const draft = join(this.#folder, `${nameOf(span)}.${this.#drafts}.part`);
    const writer = new GatheringWriter(await open(draft, 'w'));
    return {
      write: (piece) => writer.write(piece),
      keep: async () => {
        await writer.close();
        await rename(draft, this.pathOf(span));
        this.#names.add(nameOf(span));
      },
      drop: async () => {
        await writer.abandon();
        await rm(draft, { force: true });
      },
    };
  }

  async remove(span: Span): Promise<void> {
    if (!this.#names.delete(nameOf(span))) return;
    await unlink(this.pathOf(span)).catch(() => undefined);
  }
}

/** Buffers that no writer is using. */
const spareBuffers: Buffer[] = [];

/** Copies pieces into one buffer and writes it when it is full: few writes, and the pieces need not be kept. */
class GatheringWriter {
  readonly #file: FileHandle;
  #buffer: Buffer | undefined = spareBuffers.pop() ?? Buffer.allocUnsafeSlow(gatherBytes);
  #filled = 0;

  constructor(file: FileHandle) {
    this.#file = file;
  }

  /** A promise only when there is something to wait for. */
  write(piece: Buffer): Promise<void> | undefined {
    const buffer = this.#buffer;
    if (!buffer || this.#filled + piece.length > buffer.length) return this.#writeFull(piece);
    this.#filled += piece.copy(buffer, this.#filled);
    return undefined;
  }

  async #writeFull(piece: Buffer): Promise<void> {
    await this.#flush();
    if (this.#buffer && piece.length <= this.#buffer.length) this.#filled = piece.copy(this.#buffer);
    else await this.#writeAll(piece);
  }

  async #flush(): Promise<void> {
    const filled = this.#filled;
    this.#filled = 0;
    if (this.#buffer && filled > 0) await this.#writeAll(this.#buffer.subarray(0, filled));
  }

  async #writeAll(content: Buffer): Promise<void> {
    for (let offset = 0; offset < content.length;) {
      offset += (await this.#file.write(content, offset)).bytesWritten;
    }
  }

  async close(): Promise<void> {
    await this.#flush();
    await this.#file.close();
    this.#giveBack();
  }

  async abandon(): Promise<void> {
    await this.#file.close().catch(() => undefined);
    this.#giveBack();
  }

  #giveBack(): void {
    if (this.#buffer) spareBuffers.push(this.#buffer);
    this.#buffer = undefined;
  }
}
