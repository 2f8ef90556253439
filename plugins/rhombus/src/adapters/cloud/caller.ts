import { errorCode, parseRetryAfter, type Clock } from '@porchlight/core';
import type * as z from 'zod';
import { closeBudget, fullBudget, takeCall, tokensAt, type Budget, type BudgetSettings } from '../../domain/budget.ts';
import {
  budgetSpent,
  callFailed,
  keyRefused,
  notUnderstood,
  refusedInBand,
  schemeRefused,
  tooMany,
  unreachable,
} from '../../errors.ts';
import type { Credentials } from './credentials.ts';
import { createHttp, type Http, type HttpAnswer } from './http.ts';
import { outcomeSchema } from './schema.ts';

export interface CallerSettings extends BudgetSettings {
  /** Without a trailing slash. */
  apiUrl: string;
  credentials: Credentials;
  /** For one call, in ms. @default 15000 */
  timeoutMs?: number;
}

const maxBytes = 16 * 1024 * 1024;
/** Who would have to wait longer is told so instead, in ms. */
const longestWaitMs = 30_000;
/** After a 429 that does not say for how long, in ms. */
const usualSilenceMs = 10_000;
const longestSilenceMs = 3_600_000;
/** Clocks that agree so far are not spoken of, in ms. */
const agreeMs = 30_000;

/** Calls of the API: one budget for all of them, one time of silence, one way to read an answer. */
export class Caller {
  readonly #settings: CallerSettings;
  readonly #clock: Clock;
  readonly #stopped = new AbortController();
  readonly #signal: AbortSignal;
  readonly #http: Http;
  #budget: Budget;
  /** What to add to our monotonic time to get theirs, ms: it stays right when the wall clock jumps. */
  #theirsMs: number | undefined;

  constructor(settings: CallerSettings, { clock, signal }: { clock: Clock; signal: AbortSignal }) {
    this.#settings = settings;
    this.#clock = clock;
    this.#signal = AbortSignal.any([signal, this.#stopped.signal]);
    this.#budget = fullBudget(settings, clock.monotonic());
    const { headers, tls } = settings.credentials;
    this.#http = createHttp({ headers, tls, timeoutMs: settings.timeoutMs ?? 15_000, maxBytes });
  }

  get budget(): number {
    return tokensAt(this.#settings, this.#budget, this.#clock.monotonic());
  }

  get aheadMs(): number {
    if (this.#theirsMs === undefined) return 0;
    const aheadMs = this.#theirsMs + this.#clock.monotonic() - this.#clock.now();
    return Math.abs(aheadMs) < agreeMs ? 0 : aheadMs;
  }

  /** Ends what is under way. */
  close(): void {
    this.#stopped.abort();
    this.#http.close();
  }

  async call<T>(path: string, body: object, schema: z.ZodType<T, unknown>): Promise<T> {
    await this.#take();
    const answer = await this.#send(path, `${this.#settings.apiUrl}/api/${path}`, JSON.stringify(body));
    if (answer.status === 401) throw schemeRefused();
    if (answer.status === 403) throw keyRefused(path);
    if (answer.status === 429) throw this.#silenced(answer);
    if (answer.status !== 200) throw callFailed(path, answer.status);
    const result = readAnswer(path, answer.body, schema);
    this.#compareClocks(answer);
    return result;
  }

  /** A GET that is not counted; undefined when there is nothing. */
  async fetch(url: string): Promise<Buffer | undefined> {
    const { status, body } = await this.#send('a picture', url, undefined);
    return status === 200 ? body : undefined;
  }

  async #take(): Promise<void> {
    const at = this.#clock.monotonic();
    const { budget, waitMs } = takeCall(this.#settings, this.#budget, at);
    if (waitMs > longestWaitMs) throw budget.closedUntil > at ? tooMany(waitMs) : budgetSpent(waitMs);
    this.#budget = budget;
    if (waitMs > 0) await this.#clock.sleep(waitMs, this.#signal);
  }

  async #send(what: string, url: string, body: string | undefined): Promise<HttpAnswer> {
    try {
      // A kept connection that the other side has just closed is no trouble; every call only reads.
      return await this.#http.send(url, body, this.#signal).catch((error: unknown) => {
        if (!isStale(error)) throw error;
        return this.#http.send(url, body, this.#signal);
      });
    } catch (error) {
      throw unreachable(what, reasonOf(error));
    }
  }

  #silenced(answer: HttpAnswer): Error {
    const askedMs = parseRetryAfter(answer.header('retry-after'), this.#clock.now());
    const silenceMs = Math.min(askedMs ?? usualSilenceMs, longestSilenceMs);
    this.#budget = closeBudget(this.#budget, this.#clock.monotonic() + silenceMs);
    return tooMany(silenceMs);
  }

  #compareClocks(answer: HttpAnswer): void {
    const theirs = Date.parse(answer.header('date') ?? '');
    if (!Number.isNaN(theirs)) this.#theirsMs = theirs - this.#clock.monotonic();
  }
}

function isStale(error: unknown): boolean {
  const code = errorCode(error);
  return code === 'ECONNRESET' || code === 'EPIPE';
}

const reasons: Readonly<Record<string, string>> = {
  ENOTFOUND: 'its name is not found; is the internet there?',
  EAI_AGAIN: 'its name is not found; is the internet there?',
  ECONNREFUSED: 'the connection was refused',
  ECONNRESET: 'the connection was cut',
  ERR_STREAM_PREMATURE_CLOSE: 'the answer was cut off',
  SELF_SIGNED_CERT_IN_CHAIN: 'its certificate is not trusted',
  DEPTH_ZERO_SELF_SIGNED_CERT: 'its certificate is not trusted',
  UNABLE_TO_VERIFY_LEAF_SIGNATURE: 'its certificate is not trusted',
  UNABLE_TO_GET_ISSUER_CERT_LOCALLY: 'its certificate is not trusted',
  CERT_HAS_EXPIRED: 'its certificate has expired; is the clock of this machine right?',
};

function reasonOf(error: unknown): string {
  const name = error instanceof Error ? error.name : '';
  if (name === 'AbortError' || name === 'TimeoutError') return 'no answer in time';
  const type = typeof error === 'object' && error !== null && 'type' in error ? String(error.type) : '';
  if (type === 'max-size') return 'the answer is too large';
  const code = errorCode(error) ?? '';
  return reasons[code] ?? (code === '' ? 'the connection failed' : code);
}

/** A 200 is no success yet: failures come in band too. */
export function readAnswer<T>(path: string, body: Buffer, schema: z.ZodType<T, unknown>): T {
  let raw: unknown;
  try {
    raw = JSON.parse(body.toString());
  } catch (cause) {
    throw notUnderstood(path, { cause });
  }
  const outcome = outcomeSchema.safeParse(raw);
  if (outcome.success && outcome.data.error) {
    const { errorMsg, message, msg } = outcome.data;
    throw refusedInBand(path, errorMsg ?? message ?? msg ?? 'no reason given');
  }
  const result = schema.safeParse(raw);
  if (!result.success) throw notUnderstood(path);
  return result.data;
}
