import { readdirSync, readFileSync, readlinkSync } from 'node:fs';
import { basename, join } from 'node:path';
import type { Kernel } from './kernel.ts';

/** Access to the fake sysfs within one process, where writes can fail as they do in a kernel. */
export interface UsbFiles {
  list(path: string): Promise<string[]>;
  read(path: string): Promise<string | undefined>;
  write(path: string, text: string): Promise<void>;
  follow(path: string): Promise<string | undefined>;
  access(path: string): Promise<'usable' | 'not-permitted' | 'read-only' | 'missing'>;
}

export function openUsbFiles(root: string, kernel: Kernel): UsbFiles {
  const attempt = <T>(action: () => T): T | undefined => {
    try {
      return action();
    } catch {
      return undefined;
    }
  };
  const read = (path: string): string | undefined => attempt(() => readFileSync(join(root, path), 'utf8'));
  return {
    list: async (path) => attempt(() => readdirSync(join(root, path))) ?? [],
    read: async (path) => read(path)?.replace(/[\n\0]+$/, ''),
    write: async (path, text) => kernel.write(path, text),
    async follow(path) {
      const target = attempt(() => readlinkSync(join(root, path)));
      return target === undefined ? undefined : basename(target);
    },
    async access(path) {
      if (read(path) === undefined) return 'missing';
      const { errno } = kernel.troubles;
      return errno === 'EACCES' ? 'not-permitted' : errno === 'EROFS' ? 'read-only' : 'usable';
    },
  };
}
