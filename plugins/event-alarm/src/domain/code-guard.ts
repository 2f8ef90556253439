/** Wrong codes in a row; the time until which none is looked at, epoch milliseconds. */
export interface CodeGuard {
  wrong: number;
  blockedUntil: number;
}

export const freshGuard: CodeGuard = { wrong: 0, blockedUntil: 0 };

const freeTries = 5;
const firstBlockMs = 30_000;
const longestBlockMs = 3_600_000;

export function isBlocked(guard: CodeGuard, now: number): boolean {
  // After a jump of the clock no block lasts longer than the longest one.
  return now < guard.blockedUntil && guard.blockedUntil - now <= longestBlockMs;
}

/** After five wrong codes each further one blocks for twice as long as the one before. */
export function onCode(guard: CodeGuard, isRight: boolean, now: number): CodeGuard {
  if (isRight) return freshGuard;
  const wrong = guard.wrong + 1;
  if (wrong < freeTries) return { wrong, blockedUntil: 0 };
  const blockMs = Math.min(longestBlockMs, firstBlockMs * 2 ** Math.min(wrong - freeTries, 20));
  return { wrong, blockedUntil: now + blockMs };
}
