import { createRateLimitedLog, type Clock, type Log } from '@porchlight/core';
import type { Counters, Refusal } from './counters.ts';
import { parseBeat } from './domain/beat.ts';
import { Limit } from './domain/limit.ts';
import type { Member, Roster } from './roster.ts';
import { hashToken, readBearer } from './token.ts';

export interface GateParts {
  roster: Roster;
  counters: Counters;
  clock: Clock;
  log: Log;
  /** Called when a home that was down is heard. */
  onReturn: () => void;
}

export type Verdict = 'ok' | 'malformed' | 'replayed';

/** Failed logins of one address in a minute that are answered at all. */
const maxFailures = 20;
/** One line for each kind of refusal in this time, milliseconds. */
const logPeriodMs = 600_000;

const sentences: Record<Refusal, string> = {
  token: 'A peer without a valid token was refused',
  malformed: 'A malformed beat was refused',
  replayed: 'A beat with a used sequence was refused',
  rate: 'Messages beyond the limit were refused',
  size: 'A message that is too large was refused',
  full: 'A connection was refused, because all are in use (maxConnections)',
  unable: 'A home was sent away, because the database does not answer',
  path: 'A request for something that is not there was refused',
  login: 'A login to the status page with a wrong password was refused',
};

/** The one way in for beats, whatever carried them: who is it, may he, is it one. */
export class Gate {
  readonly #parts: GateParts;
  readonly #failures = new Limit({ max: maxFailures, windowMs: 60_000 });
  readonly #complain: (key: string, message: string) => void;

  constructor(parts: GateParts) {
    this.#parts = parts;
    this.#complain = createRateLimitedLog(parts.log, parts.clock, logPeriodMs);
  }

  /** The home of an `Authorization` header. Costs one hash. */
  identify(authorization: string | undefined): Member | undefined {
    const token = readBearer(authorization);
    return token === undefined ? undefined : this.#parts.roster.ofToken(hashToken(token));
  }

  /** Counts a failure of this address; false when it has had its share and deserves no answer. */
  mayAnswer(address: string): boolean {
    return this.#failures.spend(address, this.#parts.clock.monotonic());
  }

  /** Counts a refusal, and says it once in a while. `who` is an address or the id of a home. */
  refuse(why: Refusal, who: string): void {
    this.#parts.counters.refused[why] += 1;
    this.#complain(why, `${sentences[why]} (${who}).`);
  }

  hear(member: Member, text: string): Verdict {
    const beat = parseBeat(text);
    if (!beat) return 'malformed';
    const { roster, counters, clock, onReturn } = this.#parts;
    // Whole milliseconds, as they are stored.
    if (!roster.hear(member, beat, Math.floor(clock.now()))) return 'replayed';
    counters.beats += 1;
    if (member.isDown) onReturn();
    return 'ok';
  }
}
