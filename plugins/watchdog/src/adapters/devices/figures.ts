import type { OptionsOf } from '@porchlight/core';

/** Figures for dashboards. Times are epoch milliseconds; null is "none" or "not known". */
export interface Figures {
  phase: string;
  cause: string | null;
  latencyMs: number | null;
  lossPercent: number | null;
  rebootsToday: number;
  nextRebootAt: number | null;
  lastOutageAt: number | null;
  lastOutageSeconds: number | null;
  uptimePercent: number | null;
}

export const quantities: OptionsOf<'measurement'>['quantities'] = {
  phase: { name: 'Phase', diagnostic: true },
  cause: { name: 'Cause', diagnostic: true },
  latencyMs: { name: 'Latency', unit: 'ms', deviceClass: 'duration' },
  lossPercent: { name: 'Packet loss', unit: '%' },
  rebootsToday: { name: 'Reboots in 24 hours' },
  nextRebootAt: { name: 'Next allowed reboot', deviceClass: 'timestamp', diagnostic: true },
  lastOutageAt: { name: 'Last outage', deviceClass: 'timestamp' },
  lastOutageSeconds: { name: 'Length of the last outage', unit: 's', deviceClass: 'duration' },
  uptimePercent: { name: 'Uptime of 30 days', unit: '%' },
};
