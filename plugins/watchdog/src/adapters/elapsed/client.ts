import type { Clock } from '@porchlight/core';
import { readFileSync } from 'node:fs';
import { uptime } from 'node:os';
import type { Memory } from '../memory/schema.ts';

/** Which start of the machine this is, and for how long it has run. */
export interface Machine {
  bootId(): string;
  uptimeMs(): number;
}

export const thisMachine: Machine = {
  uptimeMs: () => uptime() * 1000,
  bootId() {
    try {
      return readFileSync('/proc/sys/kernel/random/boot_id', 'utf8').trim();
    } catch {
      return '';
    }
  },
};

/**
 * A clock that never goes back and goes on over restarts. The wall clock is not asked: it jumps just when the internet
 * comes back. Time in which the machine was off may be missing, never too much is counted: budgets only get stricter.
 */
export class ElapsedClock {
  readonly #clock: Clock;
  readonly #machine: Machine;
  #offsetMs = 0;

  constructor(clock: Clock, machine: Machine = thisMachine) {
    this.#clock = clock;
    this.#machine = machine;
  }

  /** Goes on from what was kept. */
  resume({ elapsedMs, bootId, uptimeMs }: Memory['clock']): void {
    const now = this.#machine.uptimeMs();
    // Since another start of the machine at least its whole uptime has passed; where starts have no id, who knows.
    const sinceMs = bootId === this.#machine.bootId() ? now - uptimeMs : now;
    const passedMs = bootId === '' ? 0 : Math.max(0, sinceMs);
    this.#offsetMs = elapsedMs + passedMs - this.#clock.monotonic();
  }

  now(): number {
    return this.#clock.monotonic() + this.#offsetMs;
  }

  /** For how long the machine has run, milliseconds. */
  machineMs(): number {
    return this.#machine.uptimeMs();
  }

  reading(): Memory['clock'] {
    return { elapsedMs: this.now(), bootId: this.#machine.bootId(), uptimeMs: this.#machine.uptimeMs() };
  }
}
