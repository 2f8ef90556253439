import { measureIdle, measureLastLeg } from './support/blink-home.ts';
import { playHours } from './support/blink-hours.ts';
import { percentile } from './support/figures.ts';

export interface BlinkFigures {
  /** From a recording being visible in the cloud to the notification of a HomeKit controller, while armed. */
  medianMs: number;
  p95Ms: number;
  requestsPerHour: number;
  /** The same of a client that refreshes everything every 30 s and every 300 s; its last leg is as long as ours. */
  peer30MedianMs: number;
  peer30RequestsPerHour: number;
  peer300MedianMs: number;
  /** Resident memory of Homebridge with the plugin, minus Homebridge without any, MB. */
  extraRssMb: number;
  /** Share of one processor of that whole Homebridge while armed and nothing happens, per cent. */
  idleCpuPercent: number;
}

/** The worse of them counts. */
const idleRuns = 2;

/** Waits between questions over eight simulated hours, plus the last leg and the cost on a real Homebridge. About 3 minutes. */
export async function benchBlink(): Promise<BlinkFigures> {
  const { plugin, peer30, peer300, hours } = await playHours();
  const legs = await measureLastLeg();
  const { extraRssMb, idleCpuPercent } = await measureCost();
  const medianMs = ({ delays }: { delays: number[] }) => Math.round(percentile(delays, 0.5) + percentile(legs, 0.5));
  return {
    medianMs: medianMs(plugin),
    // The slowest twentieth of both at once is slower than that of their sum.
    p95Ms: Math.round(percentile(plugin.delays, 0.95) + percentile(legs, 0.95)),
    requestsPerHour: Math.round(plugin.requests / hours),
    peer30MedianMs: medianMs(peer30),
    peer30RequestsPerHour: Math.round(peer30.requests / hours),
    peer300MedianMs: medianMs(peer300),
    extraRssMb,
    idleCpuPercent,
  };
}

async function measureCost(): Promise<Pick<BlinkFigures, 'extraRssMb' | 'idleCpuPercent'>> {
  const [extras, shares]: [number[], number[]] = [[], []];
  for (let run = 0; run < idleRuns; run += 1) {
    // Side by side, so that what else the machine does is the same for both.
    const [plugin, bare] = await Promise.all([measureIdle(true), measureIdle(false)]);
    extras.push(plugin.rssMb - bare.rssMb);
    shares.push(plugin.cpuPercent);
  }
  return {
    extraRssMb: Number(percentile(extras, 0.5).toFixed(1)),
    idleCpuPercent: Number(percentile(shares, 0.5).toFixed(2)),
  };
}

if (import.meta.main) {
  console.log(JSON.stringify(await benchBlink()));
  process.exit(0);
}
