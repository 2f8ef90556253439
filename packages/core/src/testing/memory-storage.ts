import { mkdtemp } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createPictureFolder } from '../node/picture-folder.ts';
import type { Storage } from '../storage.ts';

export interface MemoryStorage extends Storage {
  /** What a disk would hold, as JSON text. */
  readonly files: Map<string, string>;
}

/** Storage without a disk that keeps what a restarted service would find. */
export function createMemoryStorage(files = new Map<string, string>()): MemoryStorage {
  const folder = (name: string): Promise<string> => mkdtemp(join(tmpdir(), `porchlight-${name}-`));
  return {
    files,
    document: (name, schema, initial) => ({
      async read() {
        const text = files.get(name);
        return text === undefined ? initial : schema.parse(JSON.parse(text));
      },
      async write(value) {
        files.set(name, JSON.stringify(schema.encode(value)));
      },
    }),
    journal: (name) => ({
      async lines() {
        return (files.get(name) ?? '').split('\n').filter((line) => line !== '');
      },
      async append(line) {
        files.set(name, `${files.get(name) ?? ''}${line}\n`);
      },
      async rewrite(lines) {
        files.set(name, lines.map((line) => `${line}\n`).join(''));
      },
    }),
    folder,
    pictures: async () => createPictureFolder(await folder('pictures')),
  };
}
