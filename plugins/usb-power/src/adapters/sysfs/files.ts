import { errorCode } from '@porchlight/core';
import { constants } from 'node:fs';
import { access, open, readdir, readFile, readlink } from 'node:fs/promises';
import { basename, join } from 'node:path';

export type Access = 'usable' | 'not-permitted' | 'read-only' | 'missing';

/** The kernel's files; all paths are relative to where sysfs is mounted. */
export interface SysfsFiles {
  /** Names in a folder; none when it is missing. */
  list(path: string): Promise<string[]>;
  /** An attribute without its newline; undefined when it is missing or its device has just gone. */
  read(path: string): Promise<string | undefined>;
  /** Rejects with the kernel's errno as `code`. */
  write(path: string, text: string): Promise<void>;
  /** Last part of what a link points to; undefined when there is none. */
  follow(path: string): Promise<string | undefined>;
  access(path: string): Promise<Access>;
}

const goneCodes = new Set(['ENOENT', 'ENODEV', 'ENOTDIR', 'EINVAL', 'EIO']);

export function openSysfs(root: string): SysfsFiles {
  const unlessGone = async <T>(attempt: Promise<T>): Promise<T | undefined> => {
    try {
      return await attempt;
    } catch (error) {
      if (goneCodes.has(errorCode(error) ?? '')) return undefined;
      throw error;
    }
  };
  return {
    list: async (path) => (await unlessGone(readdir(join(root, path)))) ?? [],
    read: async (path) => (await unlessGone(readFile(join(root, path), 'utf8')))?.replace(/[\n\0]+$/, ''),
    async write(path, text) {
      // Never creates: a file that is not there is a port that is not there.
      const file = await open(join(root, path), constants.O_WRONLY);
      try {
        await file.write(text);
      } finally {
        await file.close();
      }
    },
    async follow(path) {
      const target = await unlessGone(readlink(join(root, path)));
      return target === undefined ? undefined : basename(target);
    },
    async access(path) {
      try {
        await access(join(root, path), constants.W_OK);
        return 'usable';
      } catch (error) {
        const code = errorCode(error);
        if (code === 'EROFS') return 'read-only';
        return code === 'EACCES' || code === 'EPERM' ? 'not-permitted' : 'missing';
      }
    },
  };
}
