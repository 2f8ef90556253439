import type { WatchdogConfig } from '@porchlight/config-schemas';
import { isQuiet } from '../domain/quiet-hours.ts';
import type { WatchdogSettings } from '../domain/watchdog-state.ts';

export function toSettings(config: WatchdogConfig): WatchdogSettings {
  return {
    intervalMs: config.intervalSeconds * 1000,
    offlineAfterMs: config.offlineAfterSeconds * 1000,
    recoveryRounds: config.recoveryRounds,
    startupGraceMs: config.startupGraceSeconds * 1000,
    offMs: config.offSeconds * 1000,
    bootGraceMs: config.bootGraceSeconds * 1000,
    cooldownMs: config.cooldownMinutes * 60_000,
    maxPerOutage: config.maxRebootsPerOutage,
    maxPerDay: config.maxRebootsPerDay,
    canReboot: config.device !== undefined,
    rebootFor: config.rebootFor,
    pauseMs: config.pauseMinutes * 60_000,
  };
}

/** Whether it is quiet at a time of the wall clock, in the configured zone. */
export function toQuietHours({ quietHours, timeZone }: WatchdogConfig): (now: number) => boolean {
  if (quietHours === undefined) return () => false;
  const zone = timeZone === undefined ? {} : { timeZone };
  const format = new Intl.DateTimeFormat('en-GB', { hour: '2-digit', minute: '2-digit', hourCycle: 'h23', ...zone });
  return (now) => isQuiet(quietHours, format.format(now));
}
