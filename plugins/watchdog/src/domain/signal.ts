import type { ProbeResult } from './probe.ts';

/** Rounds over which the loss is counted: five minutes of 15 s. */
const rounds = 20;

export interface Signal {
  /** Median of the answers of the last round, milliseconds. */
  latencyMs?: number;
  /** Share of the address probes that failed in the last rounds, per cent. */
  lossPercent?: number;
  /** Failed and all address probes of each round, oldest first. */
  window: readonly (readonly [failed: number, all: number])[];
}

export const noSignal: Signal = { window: [] };

/** The quality of the line after one more round. */
export function measureSignal({ window }: Signal, results: readonly ProbeResult[]): Signal {
  const outcomes = results.filter(({ group }) => group === 'address').map(({ outcome }) => outcome);
  const working = outcomes.filter((outcome) => outcome.ok || outcome.why !== 'broken');
  const latencies = outcomes.flatMap((outcome) => (outcome.ok ? [outcome.latencyMs] : [])).toSorted((a, b) => a - b);
  const round = [working.length - latencies.length, working.length] as const;
  const next = working.length > 0 ? [...window, round].slice(-rounds) : window;
  const all = next.reduce((sum, [, count]) => sum + count, 0);
  const failed = next.reduce((sum, [count]) => sum + count, 0);
  const median = latencies[Math.floor(latencies.length / 2)];
  return {
    window: next,
    ...(median !== undefined && { latencyMs: Math.round(median * 10) / 10 }),
    ...(all > 0 && { lossPercent: Math.round((failed / all) * 1000) / 10 }),
  };
}
