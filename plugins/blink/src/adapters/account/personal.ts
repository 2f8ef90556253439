import type { BlinkConfig } from '@porchlight/config-schemas';
import { toIso } from '@porchlight/core';
import { noAccount, pinNotTaken, pinNotWanted } from '../../errors.ts';
import type { SignIn, Tokens } from '../../ports.ts';
import type { Fetch } from '../http/client.ts';
import { openAccess, resumeErrands, type Access, type AccessContext } from '../open.ts';
import { LoginCounter } from './logins.ts';
import { pinSchema, waitingSchema } from './schema.ts';

export type PersonalStep = { type: 'done' } | { type: 'pin-wanted'; phone?: string };

export interface SignInStatus {
  phase: 'signed-in' | 'pin-wanted' | 'signed-out';
  email?: string;
  phone?: string;
  /** Until when the next sign-in has to wait, ISO 8601. */
  notBefore?: string;
}

/** A service that waits for a PIN renews its note every minute; one that is older is of a service that ended. */
const liveMs = 150_000;
/** How long the running service may take to try a PIN, and how often to look, in ms. */
const handOverMs = 40_000;
const lookMs = 500;

/**
 * A sign-in with a person at hand, in the settings page or at a terminal. A running service that waits for a PIN already
 * gets that PIN, so that no second one is sent.
 */
export class PersonalSignIn {
  readonly #context: AccessContext;
  readonly #access: Access;
  readonly #logins: LoginCounter;
  readonly #waiting;
  readonly #pins;
  #signIn: { own: SignIn; email: string } | undefined;

  constructor(config: BlinkConfig, context: AccessContext, fetch?: Fetch) {
    this.#context = context;
    this.#access = openAccess(config, context, { by: 'errand', fetch });
    this.#logins = new LoginCounter(context);
    this.#waiting = context.storage.document('sign-in', waitingSchema, {});
    this.#pins = context.storage.document('pin', pinSchema, {});
  }

  async status(): Promise<SignInStatus> {
    const { session } = this.#access;
    await session.load();
    const email = session.email === undefined ? {} : { email: session.email };
    if (session.isSignedIn) return { phase: 'signed-in', ...email };
    const waiting = await this.#serviceWaits();
    if (waiting) return { phase: 'pin-wanted', ...email, ...waiting };
    const nextAt = await this.#logins.nextAt('person');
    const hasToWait = nextAt > this.#context.clock.now();
    return { phase: 'signed-out', ...email, ...(hasToWait && { notBefore: toIso(nextAt) }) };
  }

  /** Sends e-mail and password, unless a PIN is on its way already. */
  async begin({ email, password }: { email?: string; password?: string }): Promise<PersonalStep> {
    const { session, openSignIn } = this.#access;
    await session.load();
    const waiting = await this.#serviceWaits();
    if (waiting && !session.isSignedIn) return { type: 'pin-wanted', ...waiting };
    if (email === undefined || password === undefined) throw noAccount();
    await resumeErrands(this.#access, this.#context);
    const own = openSignIn({ email, password, hardwareId: session.hardwareId });
    const step = await own.begin(() => this.#logins.take('person'));
    if (step.type === 'tokens') {
      await this.#adopt(step.tokens, email);
      return { type: 'done' };
    }
    this.#signIn = { own, email };
    return step;
  }

  /** Rejects with `blink.pin-wrong`, `blink.pin-late`, `blink.pin-not-wanted` or `blink.pin-not-taken`. */
  async enterPin(pin: string): Promise<void> {
    if (this.#signIn) {
      const { own, email } = this.#signIn;
      await this.#adopt(await own.enterPin(pin), email);
      this.#signIn = undefined;
      return;
    }
    if (!(await this.#serviceWaits())) throw pinNotWanted();
    await this.#handOver(pin);
  }

  async #adopt(tokens: Tokens, email: string): Promise<void> {
    await this.#access.session.adopt(tokens, email);
    await this.#logins.succeed();
  }

  async #handOver(pin: string): Promise<void> {
    const { clock, signal } = this.#context;
    await this.#pins.write({ pin, at: clock.now() });
    const until = clock.monotonic() + handOverMs;
    while (clock.monotonic() < until) {
      await clock.sleep(lookMs, signal);
      if ((await this.#access.session.load()) || this.#access.session.isSignedIn) return;
      const { problem } = await this.#waiting.read();
      const { pin: left } = await this.#pins.read();
      if (left === undefined && problem !== undefined) throw pinNotTaken(problem);
    }
    await this.#pins.write({});
    throw pinNotTaken('the running service did not answer');
  }

  async #serviceWaits(): Promise<{ phone?: string } | undefined> {
    const { at, phone } = await this.#waiting.read();
    if (at === undefined || Math.abs(this.#context.clock.now() - at) > liveMs) return undefined;
    return phone === undefined ? {} : { phone };
  }
}
