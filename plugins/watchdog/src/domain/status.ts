import type { StateOf } from '@porchlight/core';
import type { WatchdogState } from './watchdog-state.ts';

/** What the house is told: status and cause, without times. */
export type ShownStatus = Pick<StateOf<'connectivity'>, 'status' | 'cause'>;

/** One word for the connection. A dry run does not pretend that the router is off. */
export function toStatus({ phase, verdict, outage }: WatchdogState, isDryRun: boolean): ShownStatus {
  const cause = outage === undefined ? {} : { cause: outage.cause };
  switch (phase) {
    case 'rebooting':
    case 'boot-grace':
      return { status: isDryRun && outage?.manual === 0 ? 'offline' : 'rebooting', ...cause };
    case 'offline':
    case 'exhausted':
      return { status: 'offline', ...cause };
    case 'starting':
      return outage === undefined ? { status: 'unknown' } : { status: 'offline', ...cause };
    case 'suspect':
      return { status: 'degraded', cause: 'suspect' };
    case 'online':
      if (verdict?.status === 'broken') return { status: 'unknown', cause: 'probe-error' };
      return verdict?.status === 'degraded' ? { status: 'degraded', cause: 'some-checks-fail' } : { status: 'online' };
  }
}
