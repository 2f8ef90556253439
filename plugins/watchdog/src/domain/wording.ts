import { formatDuration } from '@porchlight/core';
import type { Outage } from './watchdog-state.ts';

const causes: Record<Outage['cause'], string> = {
  'local-link': 'this machine has no network link',
  lan: 'the router does not answer',
  wan: 'no internet behind the router',
  dns: 'names are not resolved',
  'captive-portal': 'a login page is in between',
  restart: 'the router was restarted by hand',
};

/** `no internet behind the router`. */
export function describeCause(cause: Outage['cause']): string {
  return causes[cause];
}

/** What has happened, in one or two sentences, once the connection is back. */
export function describeRecovery(outage: Outage, durationMs: number, isDryRun: boolean): string {
  const gone = `Offline for ${formatDuration(durationMs)}: ${describeCause(outage.cause)}.`;
  return [gone, describeReboots(outage, isDryRun)].filter(Boolean).join(' ');
}

/** What was done about it; empty when that goes without saying. */
export function describeReboots({ reboots, manual, cause }: Outage, isDryRun: boolean): string {
  if (reboots > 0) {
    const by = isDryRun ? 'would have been restarted' : 'was restarted';
    const hand = manual > 0 ? `, and ${times(manual)} by hand` : '';
    return `The router ${by} ${times(reboots)}${hand}.`;
  }
  if (cause === 'restart') return '';
  return manual > 0 ? `The router was restarted ${times(manual)} by hand.` : 'The router was not restarted.';
}

/** Why nothing more is tried. */
export function describeExhausted(outage: Outage, limit: 'outage' | 'day'): string {
  const what = `The internet is gone: ${describeCause(outage.cause)}.`;
  const why = {
    outage:
      outage.reboots > 0 ? `Restarting the router ${times(outage.reboots)} did not help` : 'Restarts are switched off',
    day: 'The restarts of this day are used up',
  };
  return `${what} ${why[limit]}; it is not restarted again by itself, and watched on.`;
}

/** The fault that a house shows when nothing more is tried. */
export function describeFault(reboots: number): string {
  if (reboots === 0) return 'The internet is gone, and no restart of the router is allowed now.';
  return `The router was restarted ${times(reboots)} without success; look at the line.`;
}

function times(count: number): string {
  if (count === 1) return 'once';
  return count === 2 ? 'twice' : `${count} times`;
}
