export interface Budget {
  tokens: number;
  /** Monotonic ms of the last change. */
  at: number;
}

export interface BudgetSettings {
  requestsPerMinute: number;
  burst: number;
}

/** Takes one call out of the budget; `waitMs` is how long to wait before it may be made. */
export function takeCall(settings: BudgetSettings, budget: Budget, at: number): { budget: Budget; waitMs: number } {
  const tokens = tokensAt(settings, budget, at) - 1;
  return { budget: { tokens, at }, waitMs: tokens >= 0 ? 0 : (-tokens * 60_000) / settings.requestsPerMinute };
}

/** Calls that may be made at once; below zero while others wait. */
export function tokensAt({ requestsPerMinute, burst }: BudgetSettings, budget: Budget, at: number): number {
  return Math.min(burst, budget.tokens + ((at - budget.at) * requestsPerMinute) / 60_000);
}
