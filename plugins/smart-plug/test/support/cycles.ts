import type { CycleSettings, PendingCycle } from '../../src/domain/power-cycle.ts';

export const withTimer: CycleSettings = {
  holdsTimer: true,
  graceMs: 2000,
  retryMs: 5000,
  lookMs: 1000,
  settleMs: 3000,
  failAfterMs: 60_000,
  slowRetryMs: 30_000,
};
export const withoutTimer: CycleSettings = { ...withTimer, holdsTimer: false };
export const cycle: PendingCycle = { id: 'router-1', startedAt: 1_000_000, offMs: 20_000, reason: 'no internet' };
