import {
  describeError,
  errorCode,
  type Clock,
  type Document,
  type Log,
  type PorchlightError,
  type Storage,
} from '@porchlight/core';
import { backOffMs } from '../../domain/back-off.ts';
import { noAccount, pinNotWanted, signInNeeded } from '../../errors.ts';
import type { SignIn, Tokens } from '../../ports.ts';
import { toRefusal } from '../cloud/refuse.ts';
import type { Session } from '../session/client.ts';
import { mostWrongPins, type Credentials } from '../sign-in/client.ts';
import { LoginCounter } from './logins.ts';
import { pinSchema, waitingSchema } from './schema.ts';

export interface AccountParts {
  session: Session;
  email: string | undefined;
  password: string | undefined;
  openSignIn(credentials: Credentials): SignIn;
  /** Where a PIN can be sent, for people. */
  pinTopic: string;
  onSignedIn(): void;
  onProblem(problem: string | undefined): void;
}

interface Pending {
  signIn: SignIn;
  phone: string | undefined;
  since: number;
  wrongPins: number;
}

/** How often it looks whether somebody has signed in or given a PIN, and whether the sign-in still holds, in ms. */
const lookMs = 2000;
const restMs = 30_000;
const pendingMs = 3_600_000;
const heartbeatMs = 60_000;

/** Keeps the account signed in: by itself once a day at most, otherwise with the help of a person. */
export class Account {
  readonly #parts: AccountParts;
  readonly #clock: Clock;
  readonly #log: Log;
  readonly #signal: AbortSignal;
  readonly #logins: LoginCounter;
  readonly #waiting: Document<{ phone?: string; at?: number; problem?: string }>;
  readonly #pins: Document<{ pin?: string; at?: number }>;
  #pending: Pending | undefined;
  #running: Promise<void> = Promise.resolve();
  #isAnnounced = false;
  #failures = 0;
  #tryAt = 0;
  #beatAt = -Infinity;

  constructor(
    parts: AccountParts,
    { storage, clock, log, signal }: { storage: Storage; clock: Clock; log: Log; signal: AbortSignal },
  ) {
    this.#parts = parts;
    this.#clock = clock;
    this.#log = log;
    this.#signal = signal;
    this.#logins = new LoginCounter({ storage, clock });
    this.#waiting = storage.document('sign-in', waitingSchema, {});
    this.#pins = storage.document('pin', pinSchema, {});
  }

  /** Resolves when it is known whether the account is signed in; a sign-in that needs a PIN goes on afterwards. */
  async start(): Promise<void> {
    await this.#parts.session.load();
    await this.#pins.write({});
    if (this.#parts.session.isSignedIn) this.#announce();
    else await this.#tryBySelf();
    this.#running = this.#run();
  }

  /** Resolves when it no longer looks; the signal must have been aborted. */
  async stop(): Promise<void> {
    await this.#running;
    if (this.#pending) await this.#waiting.write({}).catch(() => undefined);
  }

  /** Rejects with `blink.pin-not-wanted`, `blink.pin-wrong` or `blink.pin-late`. */
  async enterPin(pin: string): Promise<void> {
    const pending = this.#pending;
    if (!pending) throw pinNotWanted();
    try {
      await this.#adopt(await pending.signIn.enterPin(pin));
    } catch (error) {
      if (errorCode(error) === 'blink.pin-wrong') pending.wrongPins += 1;
      if (pending.wrongPins >= mostWrongPins || errorCode(error) === 'blink.pin-late') this.#pending = undefined;
      await this.#tell(describeError(error), 'failed');
      throw error;
    }
  }

  async #run(): Promise<void> {
    while (!this.#signal.aborted) {
      const isResting = this.#parts.session.isSignedIn;
      await this.#clock.sleep(isResting ? restMs : lookMs, this.#signal).catch(() => undefined);
      if (this.#signal.aborted) return;
      try {
        await this.#look();
      } catch (error) {
        this.#log.debug(`Sign-in: ${describeError(error)}`);
      }
    }
  }

  async #look(): Promise<void> {
    const { session, onProblem } = this.#parts;
    if (session.isSignedIn) {
      const isEnding = session.isRevoked && !(await session.load());
      onProblem(isEnding ? `${signInNeeded().message} It works until the present sign-in ends.` : undefined);
      return this.#announce();
    }
    this.#isAnnounced = false;
    if ((await session.load()) && session.isSignedIn) {
      await this.#endPending();
      return this.#announce();
    }
    const { pin } = await this.#pins.read();
    if (pin !== undefined) {
      // Before it is taken: what was said of an earlier one is no answer to this.
      this.#beatAt = -Infinity;
      if (this.#pending) await this.#beat();
      await this.#pins.write({});
      return this.enterPin(pin);
    }
    const now = this.#clock.monotonic();
    if (this.#pending && now - this.#pending.since > pendingMs) await this.#endPending();
    if (this.#pending) return this.#beat();
    if (now >= this.#tryAt) await this.#tryBySelf();
  }

  async #tryBySelf(): Promise<void> {
    const { email, password, session, openSignIn } = this.#parts;
    if (email === undefined || password === undefined) {
      this.#tryAt = Infinity;
      return this.#tell((email === undefined ? noAccount() : signInNeeded()).message, 'failed');
    }
    const allowedAt = await this.#logins.nextAt('service');
    if (allowedAt > this.#clock.now()) {
      this.#tryAt = this.#clock.monotonic() + Math.min(allowedAt - this.#clock.now(), 600_000);
      return this.#tell(signInNeeded().message, 'failed');
    }
    const signIn = openSignIn({ email, password, hardwareId: session.hardwareId });
    try {
      const step = await signIn.begin(() => this.#logins.take('service'));
      if (step.type === 'tokens') return await this.#adopt(step.tokens);
      this.#pending = { signIn, phone: step.phone, since: this.#clock.monotonic(), wrongPins: 0 };
      await this.#tell(this.#askForPin(step.phone), 'pin-wanted');
    } catch (error) {
      this.#failures += 1;
      const retryAfterMs = (error as Partial<PorchlightError>).retryAfterMs ?? 0;
      const pauseMs = backOffMs(toRefusal(errorCode(error)), this.#failures + 3, { random: 1, retryAfterMs });
      this.#tryAt = this.#clock.monotonic() + pauseMs;
      await this.#tell(describeError(error), 'failed');
    }
  }

  #askForPin(phone: string | undefined): string {
    const where = phone === undefined ? '' : ` to ${phone}`;
    return `Blink has sent a PIN${where}: enter it in the settings of the plugin, with "porchlight blink login", or publish it to ${this.#parts.pinTopic}.`;
  }

  async #adopt(tokens: Tokens): Promise<void> {
    const { session, email } = this.#parts;
    await session.adopt(tokens, email ?? session.email ?? '');
    await this.#logins.succeed();
    await this.#endPending();
    this.#failures = 0;
    this.#log.info('Signed in to Blink.');
    this.#announce();
  }

  async #endPending(): Promise<void> {
    this.#pending = undefined;
    await this.#waiting.write({});
  }

  #announce(): void {
    if (this.#isAnnounced) return;
    this.#isAnnounced = true;
    this.#told = '';
    this.#parts.onProblem(undefined);
    this.#parts.onSignedIn();
  }

  #told = '';
  async #tell(problem: string, phase: 'pin-wanted' | 'failed'): Promise<void> {
    this.#parts.onProblem(problem);
    if (problem !== this.#told) this.#log.warn(problem);
    this.#told = problem;
    if (phase === 'pin-wanted' || this.#pending) await this.#beat(phase === 'failed' ? problem : undefined);
    else await this.#waiting.write({ problem });
  }

  /** Says to other processes that this one waits for a PIN. */
  async #beat(problem?: string): Promise<void> {
    const now = this.#clock.monotonic();
    if (problem === undefined && now - this.#beatAt < heartbeatMs) return;
    this.#beatAt = now;
    const phone = this.#pending?.phone;
    const told = problem === undefined ? {} : { problem };
    await this.#waiting.write({ at: this.#clock.now(), ...(phone !== undefined && { phone }), ...told });
  }
}
