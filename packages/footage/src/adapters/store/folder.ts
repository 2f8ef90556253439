import { createHash } from 'node:crypto';
import { copyFile, link, mkdir, open, readdir, rename, rm, stat, statfs } from 'node:fs/promises';
import { join } from 'node:path';
import type { Manifest } from '../../domain/manifest.ts';
import { sync } from './sync.ts';

/** Files are hashed in pieces of this size, bytes. */
const hashBytes = 262_144;

/** The folder of the films, and the working folder in it. Nothing half done ever stands under a film's name. */
export class FilmFolder {
  readonly output: string;
  readonly work: string;
  readonly #drafts: string;

  constructor(output: string) {
    this.output = output;
    this.work = join(output, '.rhombus-footage');
    this.#drafts = join(this.work, 'drafts');
  }

  async prepare(): Promise<void> {
    await mkdir(this.#drafts, { recursive: true });
  }

  /** Gives films their names that a killed run had listed but not yet named; other drafts are deleted. */
  async recover(manifest: Manifest): Promise<string[]> {
    const named: string[] = [];
    const films = [...manifest.values()].flatMap((line) => (line.type === 'film' ? [line] : []));
    for (const name of await readdir(this.#drafts)) {
      const line = films.find(({ file }) => file === name);
      const draft = join(this.#drafts, name);
      const isListed = line && (await sizeOf(draft)) === line.bytes && (await hashOf(draft)) === line.sha256;
      if (isListed) {
        await this.publish(name);
        named.push(name);
      } else await rm(draft, { force: true, recursive: true });
    }
    return named;
  }

  draft(name: string): string {
    return join(this.#drafts, name);
  }

  /** Gives a finished draft its final name; first all of it has to be on the disk. */
  async publish(file: string): Promise<void> {
    await sync(this.draft(file));
    await rename(this.draft(file), join(this.output, file));
    await sync(this.output);
  }

  async rename(draft: string, file: string): Promise<void> {
    await rename(this.draft(draft), this.draft(file));
  }

  /** Makes a film that has its name a draft too, without copying where the disk can do that. */
  async borrow(file: string, draft: string): Promise<void> {
    await rm(this.draft(draft), { force: true });
    await link(join(this.output, file), this.draft(draft)).catch(() =>
      copyFile(join(this.output, file), this.draft(draft)),
    );
  }

  async discard(name: string): Promise<void> {
    await rm(this.draft(name), { force: true });
  }

  /** Size and hash of a draft. */
  async measure(draft: string): Promise<{ bytes: number; sha256: string }> {
    const path = this.draft(draft);
    return { bytes: (await stat(path)).size, sha256: await hashOf(path) };
  }

  /** Size of a film that has its final name, bytes; undefined when there is none. */
  size(file: string): Promise<number | undefined> {
    return sizeOf(join(this.output, file));
  }

  async remove(file: string): Promise<void> {
    await rm(join(this.output, file), { force: true });
  }

  async freeBytes(): Promise<number> {
    const { bavail, bsize } = await statfs(this.output);
    return bavail * bsize;
  }
}

async function sizeOf(path: string): Promise<number | undefined> {
  return stat(path).then(
    ({ size }) => size,
    () => undefined,
  );
}

/** SHA-256 of a file, hexadecimal. */
async function hashOf(path: string): Promise<string> {
  const hash = createHash('sha256');
  // One buffer for all of it: a stream would leave a new one behind for every piece.
  const buffer = Buffer.allocUnsafeSlow(hashBytes);
  const file = await open(path, 'r');
  try {
    for (;;) {
      const { bytesRead } = await file.read(buffer);
      if (bytesRead === 0) return hash.digest('hex');
      hash.update(buffer.subarray(0, bytesRead));
    }
  } finally {
    await file.close();
  }
}
