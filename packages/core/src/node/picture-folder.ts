import { copyFile, readdir, rename, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import type { PictureFolder } from '../storage.ts';

const maxPictures = 200;

/** Pictures in a folder that exists. */
export function createPictureFolder(folder: string): PictureFolder {
  return {
    pathOf: (at, name) => join(folder, `${at}-${name}.jpg`),
    async save(path, camera, content) {
      const newest = join(folder, `newest-${camera}.jpg`);
      await writeFile(`${path}.part`, content);
      await rename(`${path}.part`, path);
      // Under a name of its own: it stays however many pictures other cameras make.
      await copyFile(path, `${path}.part`);
      await rename(`${path}.part`, newest);
      await prune(folder);
      return newest;
    },
  };
}

async function prune(folder: string): Promise<void> {
  const dated = (await readdir(folder)).filter((file) => /^\d/.test(file));
  const old = dated.toSorted((a, b) => parseInt(b) - parseInt(a)).slice(maxPictures);
  await Promise.all(old.map((file) => rm(join(folder, file), { force: true })));
}
