/** Who wants to sign in: a person who waits for the PIN, or the service by itself. */
export type LoginBy = 'person' | 'service';

export interface Login {
  at: number;
  by: LoginBy;
  /** It gave tokens. */
  succeeded?: boolean;
}

const dayMs = 24 * 3_600_000;
/** Blink locks an account after some PINs in a row; these stay below it. Sign-ins within 24 hours, in all. */
const mostADay = 4;
const mostByServiceADay = 2;
/** Where nobody answered, the service does not send another PIN the same day. */
const mostFailuresByServiceADay = 1;
/** A new PIN may be asked for after so long, in ms. */
const leastGapMs = 60_000;

/** When the next sign-in is allowed, epoch ms; `now` when it is allowed at once. */
export function nextLoginAt(logins: readonly Login[], by: LoginBy, now: number): number {
  // A clock that was ahead must not give the budget back: what lies in the future counts as now.
  const recent = logins
    .map((login) => ({ ...login, at: Math.min(login.at, now) }))
    .filter(({ at }) => now - at < dayMs)
    .toSorted((a, b) => a.at - b.at);
  const own = by === 'service' ? recent.filter((login) => login.by === 'service') : [];
  const last = recent.at(-1);
  return Math.max(
    now,
    last ? last.at + leastGapMs : now,
    freeAt(recent, mostADay) ?? now,
    freeAt(own, mostByServiceADay) ?? now,
    freeAt(
      own.filter(({ succeeded }) => succeeded !== true),
      mostFailuresByServiceADay,
    ) ?? now,
  );
}

/** When one of at most `most` falls out of the day. */
function freeAt(logins: readonly Login[], most: number): number | undefined {
  const first = logins[logins.length - most];
  return first && first.at + dayMs;
}

/** The sign-ins with this one, without those that no longer count. */
export function recordLogin(logins: readonly Login[], login: Login): Login[] {
  return [...logins.filter(({ at }) => login.at - at < dayMs), login].slice(-2 * mostADay);
}

/** The sign-ins, the last of which has given tokens. */
export function recordSuccess(logins: readonly Login[]): Login[] {
  return logins.map((login, index) => (index === logins.length - 1 ? { ...login, succeeded: true } : login));
}
