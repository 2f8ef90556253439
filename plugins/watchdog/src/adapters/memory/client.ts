import {
  createTroubleLog,
  describeError,
  type Clock,
  type Document,
  type Log,
  type TroubleLog,
} from '@porchlight/core';
import { addWatched, markOffline, uptimePercent, type WatchedDay } from '../../domain/uptime.ts';
import { dayMs, type WatchdogState } from '../../domain/watchdog-state.ts';
import { budgetNotKept } from '../../errors.ts';
import type { ElapsedClock } from '../elapsed/client.ts';
import type { Memory } from './schema.ts';

/** How often the clock and the watched time are kept when nothing else is, milliseconds. */
const keepMs = 300_000;
/** Longer between two rounds and the machine slept: nobody watched. */
const maxWatchedMs = 600_000;

/** What outlives a restart: the state with its budget, the clock it is on, and the days that were watched. */
export class WatchdogMemory {
  readonly #document: Document<Memory>;
  readonly #elapsed: ElapsedClock;
  readonly #clock: Clock;
  readonly #trouble: TroubleLog;
  #days: readonly WatchedDay[] = [];
  #watchedAt: number | undefined;
  #keptAt = Number.NEGATIVE_INFINITY;

  constructor(document: Document<Memory>, elapsed: ElapsedClock, { clock, log }: { clock: Clock; log: Log }) {
    this.#document = document;
    this.#elapsed = elapsed;
    this.#clock = clock;
    this.#trouble = createTroubleLog(log, clock);
  }

  async resume(): Promise<WatchdogState> {
    const { clock, state, days } = await this.#document.read();
    this.#elapsed.resume(clock);
    this.#days = days;
    return state;
  }

  /** Counts the time since the last call as watched. */
  watch(isOffline: boolean): void {
    const at = this.#elapsed.now();
    const passedMs = this.#watchedAt === undefined ? 0 : at - this.#watchedAt;
    this.#watchedAt = at;
    if (passedMs > maxWatchedMs) return;
    this.#days = addWatched(this.#days, toDay(this.#clock.now()), passedMs, isOffline);
  }

  /** An outage began so long ago. */
  markOffline(ms: number): void {
    this.#days = markOffline(this.#days, toDay(this.#clock.now()), ms);
  }

  uptimePercent(days: number): number | undefined {
    return uptimePercent(this.#days, toDay(this.#clock.now() - (days - 1) * dayMs));
  }

  /** Whether it is time to keep it although nothing happened. */
  get isStale(): boolean {
    return this.#elapsed.now() - this.#keptAt >= keepMs;
  }

  /** Resolves once it is on the disk; rejects with `watchdog.budget-not-kept`. */
  async keep({ verdict: _momentary, ...state }: WatchdogState): Promise<void> {
    this.#keptAt = this.#elapsed.now();
    try {
      await this.#document.write({ clock: this.#elapsed.reading(), state, days: [...this.#days] });
      this.#trouble.end('keep', 'The state of the watchdog can be kept again.');
    } catch (error) {
      this.#trouble.begin('keep', `The state of the watchdog cannot be kept: ${describeError(error)}`);
      throw budgetNotKept(error);
    }
  }
}

function toDay(at: number): string {
  return new Date(at).toISOString().slice(0, 10);
}
