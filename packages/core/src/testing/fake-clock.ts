import type { Clock } from '../clock.ts';

interface Sleeper {
  dueAt: number;
  wake: () => void;
}

export interface FakeClock extends Clock {
  /** Sleepers not yet woken; 0 at the end of a clean test. */
  readonly pending: number;
  /** Goes forward deadline by deadline and lets promises settle after each. */
  advance(ms: number): Promise<void>;
  /** Moves the wall clock only, as NTP or a person would. */
  jump(ms: number): void;
}

/** A clock that moves only when told to. Starts at 2026-01-01T00:00:00Z unless another epoch time is given. */
export function createFakeClock(startAt = 1_767_225_600_000): FakeClock {
  let elapsed = 0;
  let offset = startAt;
  let sleepers: Sleeper[] = [];

  const settle = async (): Promise<void> => {
    for (let turn = 0; turn < 3; turn++) await new Promise<void>((resolve) => setImmediate(resolve));
  };

  return {
    now: () => offset + elapsed,
    monotonic: () => elapsed,
    get pending() {
      return sleepers.length;
    },
    jump(ms) {
      offset += ms;
    },
    sleep(ms, signal) {
      return new Promise((resolve, reject) => {
        if (signal?.aborted) return reject(signal.reason);
        const sleeper: Sleeper = { dueAt: elapsed + Math.max(0, ms), wake: () => finish(resolve) };
        const finish = (settleSleep: () => void): void => {
          sleepers = sleepers.filter((other) => other !== sleeper);
          signal?.removeEventListener('abort', onAbort);
          settleSleep();
        };
        const onAbort = (): void => finish(() => reject(signal?.reason));
        signal?.addEventListener('abort', onAbort, { once: true });
        sleepers.push(sleeper);
      });
    },
    async advance(ms) {
      const target = elapsed + ms;
      await settle();
      for (;;) {
        const due = sleepers.toSorted((a, b) => a.dueAt - b.dueAt)[0];
        if (!due || due.dueAt > target) break;
        elapsed = Math.max(elapsed, due.dueAt);
        due.wake();
        await settle();
      }
      elapsed = target;
      await settle();
    },
  };
}
