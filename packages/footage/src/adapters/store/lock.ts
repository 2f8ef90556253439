import { readFileSync } from 'node:fs';
import { link, readFile, rename, rm, writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { pid as ownPid } from 'node:process';
import { busy } from '../../errors.ts';

/** Lets one run at a time into a folder; the lock of a run that was killed is taken over. Returns how to unlock. */
export async function lockFolder(folder: string): Promise<() => Promise<void>> {
  const path = join(folder, 'lock');
  const draft = `${path}.${ownPid}`;
  await writeFile(draft, `${ownPid} ${startOf(ownPid)}\n`);
  try {
    for (let attempt = 0; attempt < 3; attempt += 1) {
      // A link is made whole or not at all, so nobody reads a lock without its owner.
      const isOurs = await link(draft, path).then(
        () => true,
        () => false,
      );
      if (isOurs) return () => rm(path, { force: true });
      const [owner = 0, start = ''] = await readOwner(path);
      if (isAlive(owner, start)) throw busy(folder, owner);
      await removeStale(path, owner);
    }
    throw busy(folder, 0);
  } finally {
    await rm(draft, { force: true });
  }
}

// Renamed first: of two that find the same dead lock, the slower one must not take away the faster one's new lock.
async function removeStale(path: string, deadOwner: number): Promise<void> {
  const aside = `${path}.${ownPid}.dead`;
  const isMoved = await rename(path, aside).then(
    () => true,
    () => false,
  );
  if (!isMoved) return;
  const [owner] = await readOwner(aside);
  if (owner !== deadOwner) await link(aside, path).catch(() => undefined);
  await rm(aside, { force: true });
}

async function readOwner(path: string): Promise<[pid?: number, start?: string]> {
  const text = await readFile(path, 'utf8').catch(() => '');
  const [pid = '', start = ''] = text.trim().split(' ');
  return [Number(pid), start];
}

function isAlive(pid: number, start: string): boolean {
  if (!Number.isSafeInteger(pid) || pid <= 0) return false;
  try {
    process.kill(pid, 0);
  } catch (error) {
    if ((error as { code?: string }).code !== 'EPERM') return false;
  }
  // After a restart of the machine the number may belong to another program.
  return startOf(pid) === start;
}

/** When a process began, in ticks since the machine's start; `-` where the system does not tell. */
function startOf(pid: number): string {
  try {
    const text = readFileSync(`/proc/${pid}/stat`, 'utf8');
    return text.slice(text.lastIndexOf(')') + 2).split(' ')[19] ?? '-';
  } catch {
    return '-';
  }
}
