import type { Clock, Log } from '@porchlight/core';
import type { CycleSettings, CycleState, PendingCycle } from '../../domain/power-cycle.ts';
import type { Reading } from '../../domain/reading.ts';
import type { PlugPort } from '../../ports.ts';
import type { CycleMemory } from '../memory/client.ts';

export interface PlugSettings {
  id: string;
  name: string;
  feedsRouter: boolean;
  offMs: number;
  pollMs: number;
}

export interface PlugParts {
  port: PlugPort;
  memory: CycleMemory;
  clock: Clock;
  log: Log;
  signal: AbortSignal;
  /** Whether somebody tests the plug now: it is left alone. */
  isTested(): Promise<boolean>;
}

/** What the plug tells whoever shows it. */
export interface PlugCallbacks {
  onReading(reading: Reading): void;
  onCycle(state: CycleState): void;
  /** undefined: it answers again. */
  onTrouble(problem: string | undefined): void;
  onFinished(cycle: PendingCycle): void;
  onFailed(problem: string): void;
}

export const timing: Omit<CycleSettings, 'holdsTimer'> = {
  graceMs: 2_000,
  retryMs: 5_000,
  lookMs: 1_000,
  settleMs: 3_000,
  failAfterMs: 600_000,
  slowRetryMs: 30_000,
};
