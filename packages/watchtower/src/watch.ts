import { createTroubleLog, describeError, type Clock, type TroubleLog } from '@porchlight/core';
import { fieldsOf, sentenceOf } from './alert-log.ts';
import type { Counters } from './counters.ts';
import { checkHomes, type Rules } from './domain/check.ts';
import { toMessages, type MomentText } from './domain/message.ts';
import type { EventLog } from './event-log.ts';
import { Nap } from './nap.ts';
import type { Roster } from './roster.ts';
import type { CheckResult, Store } from './store/store.ts';

export interface WatchParts {
  store: Store;
  roster: Roster;
  counters: Counters;
  clock: Clock;
  log: EventLog;
  signal: AbortSignal;
  rules: Rules;
  channels: readonly string[];
  /** How messages write the time. */
  moment: MomentText;
  /** Called when the store begins or ceases to fail. */
  onHealth: (isHealthy: boolean) => void;
}

/** Homes that return together are told of together, milliseconds. */
const gatherMs = 1_000;
/** A store that fails for longer makes this worker useless, milliseconds. */
const maxFailingMs = 10_000;
/** Connections of silent homes are looked for at every so many checks. */
const checksPerSweep = 4;
const maxCheckAgeMs = 60_000;
/** How long a connection may be silent beyond its grace, milliseconds. */
const lingerMs = 15_000;

/** Brings what was heard to the store, and has it judged every 15 s. */
export class Watch {
  readonly #parts: WatchParts;
  readonly #nap: Nap;
  readonly #trouble: TroubleLog;
  #loop: Promise<void> | undefined;
  #nextCheckAt = 0;
  #checkedAt = 0;
  #checks = 0;
  #failingSince: number | undefined;
  #isHealthy = true;
  #onChecked = (): void => undefined;

  constructor(parts: WatchParts) {
    this.#parts = parts;
    this.#nap = new Nap(parts.clock, parts.signal);
    this.#trouble = createTroubleLog(parts.log, parts.clock);
  }

  /** False while the store fails, or no check has come to its end for a minute. */
  get isHealthy(): boolean {
    return this.#isHealthy && this.#parts.clock.monotonic() - this.#checkedAt < maxCheckAgeMs;
  }

  /** Called after each check, which may have left messages. */
  afterCheck(listener: () => void): void {
    this.#onChecked = listener;
  }

  /** Loads the homes and checks once. Rejects when the store fails. */
  async start(): Promise<void> {
    await this.#check();
    this.#loop = this.#run();
  }

  /** A home that was down was heard: the next check comes soon. */
  hurry(): void {
    const soonAt = this.#parts.clock.monotonic() + gatherMs;
    if (soonAt >= this.#nextCheckAt) return;
    this.#nextCheckAt = soonAt;
    this.#nap.wake();
  }

  /** Waits for the loop, which the signal ends, and stores what was heard last. */
  async settle(): Promise<void> {
    await this.#loop;
    await this.#flush().catch((error: unknown) => {
      this.#parts.log.warn(`The last beats could not be stored: ${describeError(error)}`);
    });
  }

  async #run(): Promise<void> {
    const { clock, signal, store } = this.#parts;
    while (!signal.aborted) {
      const untilCheckMs = this.#nextCheckAt - clock.monotonic();
      await this.#nap.take(Math.max(0, Math.min(store.flushMs, untilCheckMs)));
      if (signal.aborted) return;
      try {
        if (clock.monotonic() >= this.#nextCheckAt) await this.#check();
        else await this.#flush();
        this.#setFailing(undefined);
      } catch (error) {
        this.#setFailing(error);
      }
    }
  }

  async #flush(): Promise<void> {
    const { roster, store, clock } = this.#parts;
    const heard = roster.takeHeard();
    if (heard.length === 0) return;
    try {
      if ((await store.addSigns(heard, clock.now())).length > 0) this.hurry();
    } catch (error) {
      roster.giveBack(heard);
      throw error;
    }
  }

  async #check(): Promise<void> {
    const { store, roster, rules, channels, moment, clock, counters } = this.#parts;
    const startedAt = clock.monotonic();
    this.#nextCheckAt = startedAt + rules.everyMs;
    await this.#flush();
    const result = await store.check({
      rules,
      decide: checkHomes,
      toMessages: ({ alerts }) => toMessages(alerts, channels, moment),
    });
    roster.take(result);
    this.#checks += 1;
    if (this.#checks % checksPerSweep === 0) this.#closeSilent();
    this.#report(result);
    this.#checkedAt = clock.monotonic();
    counters.checkMs = this.#checkedAt - startedAt;
    this.#onChecked();
  }

  #report({ now, outcome, isIsolated }: CheckResult): void {
    const { log, counters } = this.#parts;
    counters.isIsolated = isIsolated;
    counters.checkedAt = now;
    for (const alert of outcome.alerts) {
      counters.alerts[alert.kind] += 1;
      log.info(sentenceOf(alert), fieldsOf(alert));
    }
  }

  /** The other end of a home that fell silent is gone; its socket would wait for hours. */
  #closeSilent(): void {
    const now = this.#parts.clock.now();
    for (const { connection, heardAt, connectedAt, graceMs } of this.#parts.roster.members()) {
      if (connection && now - Math.max(heardAt, connectedAt) > graceMs + lingerMs) connection.terminate();
    }
  }

  #setFailing(error: unknown): void {
    const now = this.#parts.clock.monotonic();
    if (error === undefined) {
      this.#failingSince = undefined;
      this.#trouble.end('store', 'The database answers again.');
    } else {
      this.#failingSince ??= now;
      this.#nextCheckAt = Math.min(this.#nextCheckAt, now + maxFailingMs / 2);
      this.#trouble.begin('store', `The database does not answer: ${describeError(error)}`);
    }
    const isHealthy = this.#failingSince === undefined || now - this.#failingSince < maxFailingMs;
    if (isHealthy === this.#isHealthy) return;
    this.#isHealthy = isHealthy;
    this.#parts.onHealth(isHealthy);
  }
}
