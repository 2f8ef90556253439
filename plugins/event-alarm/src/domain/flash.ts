export interface FlashPlan {
  flashes: number;
  onMs: number;
  offMs: number;
  cycles: number;
  pauseMs: number;
}

/** Length of the whole plan, milliseconds; the last pause is not part of it. */
export function lengthOf({ flashes, onMs, offMs, cycles, pauseMs }: FlashPlan): number {
  return cycles * flashes * (onMs + offMs) + (cycles - 1) * pauseMs;
}

/** Whether the lamp is on `elapsedMs` after the start, and for how long yet; undefined when the plan is over. */
export function flashAt(plan: FlashPlan, elapsedMs: number): { on: boolean; forMs: number } | undefined {
  if (elapsedMs >= lengthOf(plan)) return undefined;
  const { flashes, onMs, offMs, pauseMs } = plan;
  const period = onMs + offMs;
  const inCycle = elapsedMs % (flashes * period + pauseMs);
  if (inCycle >= flashes * period) return { on: false, forMs: flashes * period + pauseMs - inCycle };
  const inFlash = inCycle % period;
  return inFlash < onMs ? { on: true, forMs: onMs - inFlash } : { on: false, forMs: period - inFlash };
}
