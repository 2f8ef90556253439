export interface Budget {
  tokens: number;
  /** Monotonic ms of the last change. */
  at: number;
  /** Monotonic ms until which Rhombus has asked for silence. */
  closedUntil: number;
}

export interface BudgetSettings {
  /** Never more calls than this in any hour, at least 60. */
  requestsPerHour: number;
}

const hourMs = 3_600_000;
/** A start asks for every list at once. */
const leastBurst = 15;

/** Most calls that may be made at once. */
export function burstOf({ requestsPerHour }: BudgetSettings): number {
  return Math.max(leastBurst, Math.floor(requestsPerHour / 6));
}

/** Calls that come back in an hour; with a full burst before them they are just the allowed number. */
export function refillOf(settings: BudgetSettings): number {
  return settings.requestsPerHour - burstOf(settings);
}

export function fullBudget(settings: BudgetSettings, at: number): Budget {
  return { tokens: burstOf(settings), at, closedUntil: at };
}

/** Takes one call out of the budget; `waitMs` is how long to wait before it may be made. */
export function takeCall(settings: BudgetSettings, budget: Budget, at: number): { budget: Budget; waitMs: number } {
  const tokens = tokensAt(settings, budget, at) - 1;
  const forToken = tokens >= 0 ? 0 : (-tokens * hourMs) / refillOf(settings);
  return { budget: { ...budget, tokens, at }, waitMs: Math.max(forToken, budget.closedUntil - at) };
}

/** Calls that may be made at once; below zero while others wait. */
export function tokensAt(settings: BudgetSettings, budget: Budget, at: number): number {
  return Math.min(burstOf(settings), budget.tokens + ((at - budget.at) * refillOf(settings)) / hourMs);
}

/** No call is made for so long. */
export function closeBudget(budget: Budget, until: number): Budget {
  return { ...budget, closedUntil: Math.max(budget.closedUntil, until) };
}
