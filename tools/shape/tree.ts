import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { join, relative, sep } from 'node:path';

/** The repository as the check sees it; all paths are relative to its root, with forward slashes. */
export interface Tree {
  has(path: string): boolean;
  read(path: string): string;
  /** Names of the folders directly inside. */
  folders(path: string): string[];
  /** All files below, without those that are generated or installed. */
  files(path: string): string[];
}

const leftOut = new Set(['node_modules', 'dist', 'coverage', 'fixtures', '.git', '.demo']);

export function openTree(root: string): Tree {
  const list = (path: string): string[] => {
    const folder = join(root, path);
    if (!existsSync(folder)) return [];
    return readdirSync(folder, { withFileTypes: true }).flatMap((entry) => {
      if (leftOut.has(entry.name)) return [];
      const inside = join(path, entry.name);
      return entry.isDirectory() ? list(inside) : [relative('.', inside).split(sep).join('/')];
    });
  };
  return {
    has: (path) => existsSync(join(root, path)),
    read: (path) => readFileSync(join(root, path), 'utf8'),
    folders(path) {
      const folder = join(root, path);
      if (!existsSync(folder)) return [];
      return readdirSync(folder, { withFileTypes: true })
        .filter((entry) => entry.isDirectory() && !leftOut.has(entry.name))
        .map(({ name }) => name);
    },
    files: list,
  };
}
