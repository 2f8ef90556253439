import { formatDuration, toIso } from '@porchlight/core';
import type { Alert } from './domain/alert.ts';
import type { LogFields } from './event-log.ts';

/** An alert as a line of the log. */
export function sentenceOf(alert: Alert): string {
  switch (alert.kind) {
    case 'down':
      return `${alert.home.id} is silent for ${formatDuration(alert.silentMs)}.`;
    case 'reminder':
      return `${alert.home.id} is still silent, for ${formatDuration(alert.silentMs)}.`;
    case 'recovered':
      return `${alert.home.id} is back after ${formatDuration(alert.downMs)}.`;
    case 'isolated':
      return `All ${alert.homes} homes fell silent in the same seconds: the watchtower seems to have lost its network.`;
    case 'rejoined':
      return `Homes are heard again after ${formatDuration(alert.isolatedMs)}.`;
  }
}

/** The same for machines. */
export function fieldsOf(alert: Alert): LogFields {
  return {
    event: alert.kind,
    since: toIso(alert.since),
    ...('home' in alert && { home: alert.home.id }),
    ...('homes' in alert && { homes: alert.homes }),
  };
}
