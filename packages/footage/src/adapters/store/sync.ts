import { open } from 'node:fs/promises';

/** Resolves once the content of a file, or the names in a folder, are safely on the disk. */
export async function sync(path: string): Promise<void> {
  const file = await open(path, 'r');
  try {
    await file.sync();
  } finally {
    await file.close();
  }
}
