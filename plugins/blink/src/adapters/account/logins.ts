import { toIso, type Clock, type Storage } from '@porchlight/core';
import { nextLoginAt, recordLogin, recordSuccess, type LoginBy } from '../../domain/login-budget.ts';
import { loginBudgetSpent } from '../../errors.ts';
import { loginsSchema } from './schema.ts';

/** Counts sign-ins on the disk, for all processes of this installation together. */
export class LoginCounter {
  readonly #document;
  readonly #clock: Clock;

  constructor({ storage, clock }: { storage: Storage; clock: Clock }) {
    this.#document = storage.document('logins', loginsSchema, { logins: [] });
    this.#clock = clock;
  }

  /** When the next one is allowed, epoch ms. */
  async nextAt(by: LoginBy): Promise<number> {
    const { logins } = await this.#document.read();
    return nextLoginAt(logins, by, this.#clock.now());
  }

  /** Takes one, on the disk before anything is sent; rejects with `blink.login-budget`. */
  async take(by: LoginBy): Promise<void> {
    const { logins } = await this.#document.read();
    const now = this.#clock.now();
    const at = nextLoginAt(logins, by, now);
    if (at > now) throw loginBudgetSpent(`${toIso(at).slice(0, 16).replace('T', ' ')} UTC`);
    await this.#document.write({ logins: recordLogin(logins, { at: now, by }) });
  }

  /** The last one has given tokens. */
  async succeed(): Promise<void> {
    const { logins } = await this.#document.read();
    await this.#document.write({ logins: recordSuccess(logins) });
  }
}
