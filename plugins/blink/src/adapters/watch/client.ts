import {
  createTroubleLog,
  describeError,
  errorCode,
  formatDuration,
  type Clock,
  type Log,
  type PorchlightError,
  type TroubleLog,
} from '@porchlight/core';
import { askSince } from '../../domain/media-diff.ts';
import type { MediaRow } from '../../domain/media-row.ts';
import {
  nextQuestion,
  nothingAsked,
  onAnswer,
  onAsked,
  onRefused,
  onWanted,
  type PollSettings,
  type PollSituation,
  type PollState,
  type Question,
} from '../../domain/poll-plan.ts';
import type { Cloud, Home } from '../../ports.ts';
import { toRefusal } from '../cloud/refuse.ts';

export interface WatchCallbacks {
  situation(): PollSituation;
  /** Everything that began before is known, epoch ms. */
  horizon(): number;
  onHome(home: Home): void;
  /** False when it is not known yet whose recordings they are; they are asked for again. */
  onRows(rows: MediaRow[]): boolean;
  /** Looks at the USB sticks. */
  lookAtStorage(): Promise<void>;
  onProblem(problem: string | undefined): void;
  /** An answer came. */
  onAnswer(): void;
}

export interface WatchParts {
  cloud: Cloud;
  settings: PollSettings;
  callbacks: WatchCallbacks;
  random: () => number;
}

/** Rows appear some time after they began; so much is asked for again, in ms. */
const overlapMs = 180_000;
/** Clocks that differ by more are worth a word, in ms. */
const largeSkewMs = 120_000;
/** So long recordings that could not be read are asked for again, in ms. */
const secondLookMs = 3_600_000;
/** Faults in a row before anybody is told. */
const leastFaults = 3;
/** A change that is asked for while another is on its way, in ms. */
const shortestWaitMs = 10;

/** Asks the cloud again and again, as often as is useful and allowed. */
export class Watch {
  readonly #parts: WatchParts;
  readonly #clock: Clock;
  readonly #log: Log;
  readonly #troubles: TroubleLog;
  readonly #stopped = new AbortController();
  readonly #signal: AbortSignal;
  #plan: PollState = nothingAsked;
  #nap = new AbortController();
  #running: Promise<void> = Promise.resolve();
  #storageRun: Promise<void> | undefined;
  /** Questions that are not answered, so often that it is worth a word. */
  readonly #failing = new Set<Question>();
  #isClockOff = false;
  #hasHinted = false;
  /** When the last list of recordings came, epoch ms. */
  mediaAnsweredAt: number | undefined;

  constructor(parts: WatchParts, { clock, log, signal }: { clock: Clock; log: Log; signal: AbortSignal }) {
    this.#parts = parts;
    this.#clock = clock;
    this.#log = log;
    this.#troubles = createTroubleLog(log, clock);
    this.#signal = AbortSignal.any([signal, this.#stopped.signal]);
    this.#signal.addEventListener('abort', () => this.#nap.abort(), { once: true });
  }

  /** Resolves after the first answers, whatever they were. */
  async start(): Promise<void> {
    await this.#ask('state');
    if (this.#plan.failures.state === undefined) await this.#ask('media');
    this.#running = this.#run();
  }

  async stop(): Promise<void> {
    this.#stopped.abort();
    await Promise.all([this.#running, this.#storageRun]);
  }

  /** Asks now: something may have changed. */
  nudge(question: Question): void {
    this.#plan = onWanted(this.#plan, question);
    this.#nap.abort();
  }

  /** The situation is another: intervals may be shorter now. */
  rethink(): void {
    this.#nap.abort();
  }

  async #run(): Promise<void> {
    const { settings, callbacks, random } = this.#parts;
    let luck = random();
    while (!this.#signal.aborted) {
      const now = this.#clock.monotonic();
      const input = { state: this.#plan, situation: callbacks.situation() };
      const { question, at } = nextQuestion(settings, input, { now, random: luck });
      if (at > now) {
        await this.#sleep(at - now);
        continue;
      }
      luck = random();
      await this.#ask(question);
    }
  }

  async #sleep(ms: number): Promise<void> {
    if (this.#signal.aborted) return;
    this.#nap = new AbortController();
    await this.#clock.sleep(Math.max(shortestWaitMs, ms), this.#nap.signal).catch(() => undefined);
  }

  async #ask(question: Question): Promise<void> {
    const { callbacks } = this.#parts;
    this.#plan = onAsked(this.#plan, question, this.#clock.monotonic());
    if (question === 'storage') return this.#askStorage();
    try {
      await (question === 'state' ? this.#askState() : this.#askMedia());
      this.#succeed(question);
      callbacks.onAnswer();
    } catch (error) {
      this.#fail(question, error);
    }
  }

  async #askState(): Promise<void> {
    const { cloud, callbacks } = this.#parts;
    callbacks.onHome(await cloud.home());
  }

  async #askMedia(): Promise<void> {
    const { cloud, callbacks } = this.#parts;
    const local = this.#clock.now();
    const cursor = { lastAnswerAt: this.mediaAnsweredAt, horizon: callbacks.horizon(), overlapMs };
    const { rows, unreadable } = await cloud.media(askSince(cursor, { local, cloud: local + cloud.skewMs }));
    if (unreadable > 0) this.#hint();
    if (!callbacks.onRows(rows)) return;
    // By the slower clock: one of them may be ahead by hours.
    const answeredAt = Math.min(local, local + cloud.skewMs);
    // What could not be read is asked for again for a while; the next answer may be better.
    const known = this.mediaAnsweredAt ?? -Infinity;
    this.mediaAnsweredAt = unreadable > 0 ? Math.max(known, answeredAt - secondLookMs) : answeredAt;
  }

  /** The module takes seconds; recordings of others must not wait for it. */
  #askStorage(): void {
    if (this.#storageRun) return;
    this.#storageRun = this.#parts.callbacks
      .lookAtStorage()
      .then(
        () => this.#succeed('storage'),
        (error: unknown) => this.#fail('storage', error),
      )
      .finally(() => (this.#storageRun = undefined));
  }

  #succeed(question: Question): void {
    this.#plan = onAnswer(this.#plan, question);
    this.#checkClock();
    if (!this.#failing.delete(question) || this.#failing.size > 0) return;
    this.#parts.callbacks.onProblem(undefined);
    this.#troubles.end('cloud', 'Blink answers again');
  }

  #hint(): void {
    if (this.#hasHinted) return;
    this.#hasHinted = true;
    this.#log.info(
      "Some of the recordings in Blink's list were not understood: please report it to the makers of the plugin.",
    );
  }

  #checkClock(): void {
    const { skewMs } = this.#parts.cloud;
    const isOff = Math.abs(skewMs) > largeSkewMs;
    if (isOff === this.#isClockOff) return;
    this.#isClockOff = isOff;
    if (!isOff) return this.#troubles.end('clock', 'The clocks agree again');
    const by = formatDuration(Math.abs(skewMs));
    const text = `The clock of this machine is ${by} ${skewMs > 0 ? 'behind' : 'ahead of'} Blink's: check its time.`;
    this.#troubles.begin('clock', text);
  }

  #fail(question: Question, error: unknown): void {
    if (this.#signal.aborted) return;
    const refusal = toRefusal(errorCode(error));
    const retryAfterMs = (error as Partial<PorchlightError>).retryAfterMs;
    const now = this.#clock.monotonic();
    this.#plan = onRefused(this.#plan, { question, refusal, retryAfterMs }, { now, random: this.#parts.random() });
    const problem = describeError(error);
    // The sign-in speaks for itself; and a single fault heals before anybody has read of it.
    const isPassing = refusal === 'fault' && (this.#plan.failures[question] ?? 0) < leastFaults;
    this.#log.debug(problem);
    if (refusal === 'sign-in' || isPassing) return;
    const isFirst = this.#failing.size === 0;
    this.#failing.add(question);
    if (!isFirst) return;
    this.#parts.callbacks.onProblem(problem);
    this.#troubles.begin('cloud', problem);
  }
}
