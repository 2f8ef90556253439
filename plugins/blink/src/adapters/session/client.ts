import { randomUUID } from 'node:crypto';
import { describeError, errorCode, type Clock, type Document, type Log, type Storage } from '@porchlight/core';
import { signInNeeded } from '../../errors.ts';
import type { Tokens } from '../../ports.ts';
import { sessionSchema, type StoredSession } from './schema.ts';

export interface SessionParts {
  storage: Storage;
  clock: Clock;
  log: Log;
  /** Whose session it has to be; undefined takes what is stored. */
  email: string | undefined;
  /** Trades a refresh token for new tokens; rejects with `blink.unauthorised` when it is no longer valid. */
  renew(refresh: string, hardwareId: string): Promise<Tokens>;
}

/** So long before its end a token is renewed, in ms, or at half its life. */
const marginMs = 3_600_000;
/** After a renewal that failed the next one waits so long, in ms. */
const patienceMs = 60_000;
/** A token that is refused before its time is renewed not oftener than this, in ms. */
const distrustMs = 300_000;

/** The tokens of the account: renewed ahead of time, by one renewal at a time, and on the disk before they are used. */
export class Session {
  readonly #parts: SessionParts;
  readonly #document: Document<StoredSession>;
  #stored: StoredSession = {};
  /** The refresh token that the disk holds; memory is ahead of it when the last write failed. */
  #onDisk: string | undefined;
  #isAhead = false;
  #running: Promise<void> | undefined;
  #triedAt = -Infinity;
  #isRevoked = false;
  /** The access token was refused although its time is not over. */
  #isRefused = false;

  constructor(parts: SessionParts) {
    this.#parts = parts;
    this.#document = parts.storage.document('session', sessionSchema, {});
  }

  /** Whether there are tokens that may still work. */
  get isSignedIn(): boolean {
    return this.#stored.tokens !== undefined && !(this.#isRevoked && this.#isOver);
  }

  /** The refresh token is no longer valid; what is left lasts until the access token ends. */
  get isRevoked(): boolean {
    return this.#isRevoked;
  }

  get email(): string | undefined {
    return this.#stored.email;
  }

  get account(): StoredSession['account'] {
    return this.#stored.account;
  }

  get hardwareId(): string {
    return this.#stored.hardwareId ?? '';
  }

  /** Reads what is stored; true when somebody has signed in since. */
  async load(): Promise<boolean> {
    const before = this.#stored.tokens?.refresh;
    const stored = await this.#document.read();
    if (this.#isAhead && stored.tokens?.refresh === this.#onDisk) return false;
    this.#onDisk = stored.tokens?.refresh;
    const { email } = this.#parts;
    const isOther = email !== undefined && stored.email !== undefined && !isSameEmail(email, stored.email);
    const { hardwareId } = stored;
    this.#stored = isOther ? { ...(hardwareId !== undefined && { hardwareId }) } : stored;
    if (this.#stored.hardwareId === undefined) await this.#write({ ...this.#stored, hardwareId: randomUUID() });
    const isNew = this.#stored.tokens !== undefined && this.#stored.tokens.refresh !== before;
    if (isNew) this.#trust();
    return isNew;
  }

  /** Takes the tokens of a new sign-in. */
  async adopt(tokens: Tokens, email: string): Promise<void> {
    this.#trust();
    await this.#write({ hardwareId: this.hardwareId, email, tokens });
  }

  /** Undefined when it has to be asked for again. */
  async rememberAccount(account: StoredSession['account']): Promise<void> {
    const { account: _former, ...rest } = this.#stored;
    await this.#write({ ...rest, ...(account && { account }) });
  }

  /** A token that is valid now; rejects with `blink.sign-in-needed` when there is none. */
  async access(): Promise<string> {
    const { tokens, renewingSince } = this.#stored;
    if (!tokens) throw signInNeeded();
    const now = this.#parts.clock.now();
    const margin = Math.min(marginMs, (tokens.expiresAt - tokens.obtainedAt) / 2);
    // What is obtained in the future came from a clock that was wrong.
    const isDue = now >= tokens.expiresAt - margin || now < tokens.obtainedAt - marginMs || renewingSince !== undefined;
    if (isDue && !this.#isRevoked) await this.#renewUnlessTried(patienceMs);
    if (this.#isRevoked && this.#isOver) throw signInNeeded();
    return this.#stored.tokens?.access ?? tokens.access;
  }

  /** Another token because this one was refused; the same one when a renewal does not help now. */
  async replace(refused: string): Promise<string> {
    const { tokens } = this.#stored;
    if (!tokens) throw signInNeeded();
    if (tokens.access !== refused) return tokens.access;
    await this.#renewUnlessTried(distrustMs);
    const access = this.#stored.tokens?.access ?? refused;
    if (!this.#isRevoked) return access;
    this.#isRefused = true;
    throw signInNeeded();
  }

  #trust(): void {
    this.#isRevoked = false;
    this.#isRefused = false;
  }

  get #isOver(): boolean {
    return this.#isRefused || this.#isExpired;
  }

  get #isExpired(): boolean {
    return this.#parts.clock.now() >= (this.#stored.tokens?.expiresAt ?? 0);
  }

  async #renewUnlessTried(pauseMs: number): Promise<void> {
    if (!this.#running) {
      if (this.#parts.clock.monotonic() - this.#triedAt < pauseMs) return;
      this.#triedAt = this.#parts.clock.monotonic();
      this.#running = this.#renew().finally(() => (this.#running = undefined));
    }
    await this.#running;
  }

  /** While the old token still works a failure is only logged. */
  async #renew(): Promise<void> {
    const { clock, log, renew } = this.#parts;
    // Another process (the settings page, the command line) may have renewed or signed in.
    if (await this.load()) return;
    const { tokens, renewingSince, ...rest } = this.#stored;
    if (!tokens) return;
    try {
      await this.#write({ ...rest, tokens, renewingSince: renewingSince ?? clock.now() });
      const renewed = await renew(tokens.refresh, this.hardwareId);
      await this.#write({ ...rest, tokens: renewed });
    } catch (error) {
      if (errorCode(error) === 'blink.unauthorised') {
        this.#isRevoked = true;
        log.warn('Blink no longer renews the sign-in; it works on until the present one ends.');
      } else if (this.#isExpired) throw error;
      else log.debug(`The sign-in could not be renewed yet: ${describeError(error)}`);
    }
  }

  /** In memory first: tokens that cannot be stored still work until the next start. */
  async #write(stored: StoredSession): Promise<void> {
    this.#stored = stored;
    this.#isAhead = true;
    try {
      await this.#document.write(stored);
      this.#onDisk = stored.tokens?.refresh;
      this.#isAhead = false;
    } catch (error) {
      this.#parts.log.error(`The sign-in cannot be stored: ${describeError(error)}. A restart would need a new one.`);
    }
  }
}

function isSameEmail(a: string, b: string): boolean {
  return a.trim().toLowerCase() === b.trim().toLowerCase();
}
