import type { Clock } from '@porchlight/core';
import { tooMany } from '../../errors.ts';
import {
  hourlyRule,
  takeRequest,
  tokensAt,
  type Allowance,
  type BudgetRule,
  type RequestBudget,
} from '../../domain/request-budget.ts';

/**
 * Who asks: what a person ordered may use the last of the budget, questions of ours leave a part of it, and what is only
 * nice to have is refused rather than waited for when little is left.
 */
export type Urgency = 'order' | 'question' | 'extra';

/** Of the burst, this part is left for those who need it more. */
const reserveShares: Readonly<Record<Urgency, number>> = { order: 0, question: 0.2, extra: 0.3 };
/** Below this part of the burst it is short. */
const shortShare = 0.6;
/** Starts in quick succession, then one a second. */
const paceRule: BudgetRule = { burst: 12, perMs: 1 / 1000 };
const mostAtOnce = 2;
/** Of the hour's requests, this part is made between two writes to the disk. */
const keepShare = 0.05;
const hourMs = 3_600_000;

/** The one door through which all requests go: never more in an hour than allowed, never many at once. */
export class RequestGate {
  readonly #rule: BudgetRule;
  readonly #clock: Clock;
  readonly #signal: AbortSignal;
  /** The hour goes by a clock that never jumps; its zero is the wall clock's time at the start. */
  readonly #zero: number;
  #budget: RequestBudget;
  #pace: RequestBudget;
  /** Each kind waits in a line of its own: an order is not held up by a question. */
  readonly #lines = new Map<Urgency, Promise<void>>();
  #running = 0;
  readonly #waiting: (() => void)[] = [];
  #made: number[] = [];
  #spent = 0;
  readonly #keepEvery: number;
  #isClosed = false;
  /** It is time to store the budget. */
  onSpent: () => void = () => undefined;

  constructor(allowance: Allowance, { clock, signal }: { clock: Clock; signal: AbortSignal }) {
    this.#rule = hourlyRule(allowance);
    this.#keepEvery = Math.max(1, Math.floor(allowance.perHour * keepShare));
    this.#clock = clock;
    this.#signal = signal;
    this.#zero = clock.now() - clock.monotonic();
    this.#budget = { tokens: this.#rule.burst, at: this.#now };
    this.#pace = { tokens: paceRule.burst, at: this.#now };
  }

  get #now(): number {
    return this.#zero + this.#clock.monotonic();
  }

  /** For the disk: what is left at least, whatever is asked until it is written again. */
  get budget(): RequestBudget {
    const tokens = tokensAt(this.#rule, this.#budget, this.#now) - (this.#isClosed ? 0 : 2 * this.#keepEvery);
    return { tokens: Math.max(0, tokens), at: this.#now };
  }

  /** Nothing is asked any more: what is left is known to the last. */
  close(): void {
    this.#isClosed = true;
  }

  /** Goes on with what an earlier run left. */
  resume({ tokens, at }: RequestBudget): void {
    this.#budget = { tokens: Math.min(tokens, this.#rule.burst), at: Math.min(at, this.#now) };
  }

  /** Whether it is time to ask less than one would like to. */
  get isShort(): boolean {
    return tokensAt(this.#rule, this.#budget, this.#now) < this.#rule.burst * shortShare;
  }

  /** Requests of the last hour. */
  get madeInHour(): number {
    const since = this.#now - hourMs;
    this.#made = this.#made.filter((at) => at > since);
    return this.#made.length;
  }

  async pass<T>(urgency: Urgency, run: () => Promise<T>): Promise<T> {
    const turn = (this.#lines.get(urgency) ?? Promise.resolve()).then(() => this.#admit(urgency));
    this.#lines.set(
      urgency,
      turn.catch(() => undefined),
    );
    await turn;
    try {
      return await run();
    } finally {
      this.#running -= 1;
      this.#waiting.shift()?.();
    }
  }

  async #admit(urgency: Urgency): Promise<void> {
    const reserve = Math.floor(this.#rule.burst * reserveShares[urgency]);
    if (urgency === 'extra' && tokensAt(this.#rule, this.#budget, this.#now) < reserve + 1) throw tooMany(undefined);
    await this.#take(
      paceRule,
      () => this.#pace,
      (pace) => (this.#pace = pace),
      0,
    );
    await this.#take(
      this.#rule,
      () => this.#budget,
      (budget) => (this.#budget = budget),
      reserve,
    );
    if (this.#running >= mostAtOnce) await new Promise<void>((resolve) => this.#waiting.push(resolve));
    this.#running += 1;
    this.#made.push(this.#now);
    this.#spent += 1;
    if (this.#spent % this.#keepEvery === 0) this.onSpent();
  }

  async #take(
    rule: BudgetRule,
    read: () => RequestBudget,
    keep: (budget: RequestBudget) => void,
    reserve: number,
  ): Promise<void> {
    for (;;) {
      const { budget, waitMs } = takeRequest(rule, read(), { at: this.#now, reserve });
      keep(budget);
      if (waitMs === 0) return;
      await this.#clock.sleep(waitMs, this.#signal);
    }
  }
}
