import type { Alert } from './domain/alert.ts';

export type Refusal = 'token' | 'malformed' | 'replayed' | 'rate' | 'size' | 'full' | 'unable' | 'path' | 'login';

/** What the watchtower has done since it started, for operators. */
export interface Counters {
  beats: number;
  connections: number;
  refused: Record<Refusal, number>;
  alerts: Record<Alert['kind'], number>;
  delivered: number;
  deliveryFailures: number;
  /** Time of the last check, epoch milliseconds; 0 before the first. */
  checkedAt: number;
  checkMs: number;
  isIsolated: boolean;
}

export function createCounters(): Counters {
  return {
    beats: 0,
    connections: 0,
    refused: { token: 0, malformed: 0, replayed: 0, rate: 0, size: 0, full: 0, unable: 0, path: 0, login: 0 },
    alerts: { down: 0, reminder: 0, recovered: 0, isolated: 0, rejoined: 0 },
    delivered: 0,
    deliveryFailures: 0,
    checkedAt: 0,
    checkMs: 0,
    isIsolated: false,
  };
}
