import type { Log } from '@porchlight/core';
import { createFileStorage } from '@porchlight/core/node';
import { join } from 'node:path';
import { type Manifest, type ManifestLine, readManifest, writeLine } from '../../domain/manifest.ts';
import { sync } from './sync.ts';

const name = 'rhombus-footage';

/** The list of films beside them: one JSON object a line, the last line of a name counts. */
export interface ManifestFile {
  readonly path: string;
  readonly lines: Manifest;
  /** Resolves once the line is safely on the disk. */
  add(line: ManifestLine): Promise<void>;
}

export async function openManifest(folder: string, log: Log): Promise<ManifestFile> {
  const journal = createFileStorage(folder, log).journal(name);
  const path = join(folder, `${name}.jsonl`);
  const { manifest, unreadable } = readManifest(await journal.lines());
  if (unreadable > 0) log.warn(`${unreadable} lines of ${path} were not understood; their films may be copied again.`);
  return {
    path,
    lines: manifest,
    async add(line) {
      await journal.append(writeLine(line));
      await sync(path);
      manifest.delete(line.name);
      manifest.set(line.name, line);
    },
  };
}
