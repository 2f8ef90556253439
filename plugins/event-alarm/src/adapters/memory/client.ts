import { describeError, type Document, type Log } from '@porchlight/core';
import type { Memory } from './schema.ts';

export interface Keeper {
  /** The memory has changed. */
  keep(): void;
  /** Resolves when the latest is on disk. */
  settle(): Promise<void>;
}

/** Keeps the latest memory on disk without holding anything up: while one write is under way the next ones wait as one. */
export function createKeeper(document: Document<Memory>, log: Log, collect: () => Memory): Keeper {
  let running: Promise<void> | undefined;
  let isStale = false;
  const write = async (): Promise<void> => {
    // After the present turn: what is decided must act before it is written.
    await Promise.resolve();
    while (isStale) {
      isStale = false;
      await document
        .write(collect())
        .catch((error: unknown) => log.error(`The state of the alarm cannot be kept: ${describeError(error)}`));
    }
    running = undefined;
  };
  return {
    keep() {
      isStale = true;
      running ??= write();
    },
    async settle() {
      await running;
    },
  };
}
