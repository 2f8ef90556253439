import { open, readdir, rename, rm } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { errorCode } from '../errors.ts';

/** New contents that this process is writing. */
const underWay = new Set<string>();
let count = 0;

/**
 * Replaces a file so that a crash at any instant leaves either the old or the new content, never a mixture; of several
 * processes that do so at once, the last one wins. The file is readable by its owner only (0600).
 */
export async function writeFileAtomic(path: string, content: string | Uint8Array): Promise<void> {
  count += 1;
  const temporary = `${path}.${process.pid}-${count}.new`;
  underWay.add(temporary);
  try {
    const file = await open(temporary, 'w', 0o600);
    try {
      await file.writeFile(content);
      await file.sync();
    } finally {
      await file.close();
    }
    await rename(temporary, path);
  } catch (error) {
    await rm(temporary, { force: true });
    throw error;
  } finally {
    underWay.delete(temporary);
  }
  await syncFolder(dirname(path));
}

/** Removes new contents that a crash left beside the files of this folder. */
export async function removeUnfinished(folder: string): Promise<void> {
  for (const name of await readdir(folder)) {
    const pid = Number(/\.(\d+)-\d+\.new$/.exec(name)?.[1] ?? Number.NaN);
    const path = join(folder, name);
    // In a container every run has the same number.
    const isUnfinished = pid === process.pid ? !underWay.has(path) : pid > 0 && !isRunning(pid);
    if (isUnfinished) await rm(path, { force: true });
  }
}

/** Whether there is such a process; another user's counts too. */
function isRunning(pid: number): boolean {
  try {
    process.kill(pid, 0);
    return true;
  } catch (error) {
    return errorCode(error) === 'EPERM';
  }
}

/** Without it a power cut may forget the rename itself. */
async function syncFolder(path: string): Promise<void> {
  const folder = await open(path, 'r');
  try {
    await folder.sync();
  } finally {
    await folder.close();
  }
}
