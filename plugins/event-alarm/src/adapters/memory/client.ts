import { describeError, type Document, type Log } from '@porchlight/core';
import type { Memory } from './schema.ts';

/** Keeps the latest memory on disk without holding anything up: while one write is under way the next ones wait as one. */
export function createKeeper(
  document: Document<Memory>,
  log: Log,
  collect: () => Memory,
): { keep(): void; settle(): Promise<void> } {
  let current: Promise<void> | undefined;
  let isStale = false;
  const write = async (): Promise<void> => {
    do {
      isStale = false;
      try {
        await document.write(collect());
      } catch (error) {
        log.error(`The state of the alarm cannot be kept: ${describeError(error)}`);
        return;
      }
    } while (isStale);
  };
  return {
    keep() {
      isStale = true;
      current ??= Promise.resolve()
        .then(write)
        .finally(() => (current = undefined));
    },
    async settle() {
      await current;
    },
  };
}
