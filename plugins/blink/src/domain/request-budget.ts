/** Requests that may still be made; it fills up with time. */
export interface RequestBudget {
  tokens: number;
  /** Ms of the last change, by a clock that never goes back. */
  at: number;
}

/** How many requests may be made at once when none was made for long, and how fast that number comes back. */
export interface BudgetRule {
  burst: number;
  perMs: number;
}

const hourMs = 3_600_000;

/** What may be made in an hour, and which part of it at once; the rest is spread over the hour. */
export interface Allowance {
  perHour: number;
  burstShare: number;
}

/** The settings page and the command line run beside the service: one part is theirs, enough for three sign-ins at once. */
const errandShare = 1 / 6;
const leastErrands = 24;

/** Divides what the owner allows, at least 60, so that both together stay within it. */
export function divide(perHour: number): Record<'service' | 'errand', Allowance> {
  const errand = Math.max(leastErrands, Math.floor(perHour * errandShare));
  return {
    service: { perHour: perHour - errand, burstShare: 0.25 },
    errand: { perHour: errand, burstShare: 0.75 },
  };
}

/** In no period of one hour more than `perHour` requests (at least 4) are made. */
export function hourlyRule({ perHour, burstShare }: Allowance): BudgetRule {
  const burst = Math.max(1, Math.floor(perHour * burstShare));
  return { burst, perMs: (perHour - burst) / hourMs };
}

export function tokensAt({ burst, perMs }: BudgetRule, budget: RequestBudget, at: number): number {
  return Math.min(burst, budget.tokens + Math.max(0, at - budget.at) * perMs);
}

/** Takes one request unless fewer than `reserve` would be left; `waitMs` says when to try again (0: it was taken). */
export function takeRequest(
  rule: BudgetRule,
  budget: RequestBudget,
  { at, reserve }: { at: number; reserve: number },
): { budget: RequestBudget; waitMs: number } {
  const tokens = tokensAt(rule, budget, at);
  const least = 1 + Math.min(reserve, rule.burst - 1);
  const now = { tokens, at: Math.max(at, budget.at) };
  if (tokens >= least) return { budget: { ...now, tokens: tokens - 1 }, waitMs: 0 };
  return { budget: now, waitMs: Math.max(1, Math.ceil((least - tokens) / rule.perMs)) };
}
