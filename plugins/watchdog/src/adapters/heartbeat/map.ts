import type { HeartbeatStatus } from '../../ports.ts';
import type { Frame } from './schema.ts';

const minuteMs = 60_000;

/** Why a connection is over, and what that means for the next one. */
export interface Ending {
  /** Wait this long; undefined: the usual growing wait. */
  waitMs?: number;
  /** For the owner, when there is something to do. */
  problem?: string;
}

const endings: Record<number, Ending> = {
  401: { waitMs: 5 * minuteMs, problem: 'the watchtower does not know the token' },
  403: { waitMs: 5 * minuteMs, problem: 'the watchtower refuses the token' },
  404: { waitMs: 5 * minuteMs, problem: 'there is no watchtower at the address' },
  429: { waitMs: minuteMs },
  4001: { waitMs: 5 * minuteMs, problem: 'the token is no longer valid' },
  4002: { waitMs: 1_000 },
  4003: { waitMs: minuteMs, problem: 'another watchdog beats with the same token' },
  4008: { waitMs: minuteMs },
};

/** The meaning of an HTTP status or of a WebSocket close code. */
export function toEnding(code: number): Ending {
  return endings[code] ?? {};
}

/** A frame that has not got its number yet. */
export type Unnumbered<F> = F extends Frame ? Omit<F, 'seq'> : never;

export function toBeat(
  { state, cause }: HeartbeatStatus,
  { uptimeMs, version }: { uptimeMs: number; version: string },
): Unnumbered<Frame> {
  const uptimeSeconds = Math.round(uptimeMs / 1000);
  return { type: 'beat', state, uptimeSeconds, version, ...(cause !== undefined && { cause }) };
}

export function toRebooting(backInSeconds: number): Unnumbered<Frame> {
  return { type: 'rebooting', backInSeconds: Math.min(1800, Math.max(1, Math.round(backInSeconds))) };
}
