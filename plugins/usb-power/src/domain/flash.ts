/** Times of light and dark, in turn, milliseconds; begins with light. */
export interface FlashPlan {
  stepsMs: readonly number[];
  /** How often; absent: without end. */
  repeats?: number;
}

export interface FlashMoment {
  on: boolean;
  /** Until the next change, milliseconds, more than 0. */
  forMs: number;
}

const unitMs = 200;
const letterS = [1, 1, 1, 1, 1, 3];
const letterO = [3, 1, 3, 1, 3, 3];

/** Three short, three long, three short, then a pause of seven units. */
export const sosStepsMs: readonly number[] = [...letterS, ...letterO, ...letterS.slice(0, -1), 7].map(
  (units) => units * unitMs,
);

/** Whether it is light `elapsedMs` after the start, and for how long yet; undefined when the plan is over. */
export function flashAt({ stepsMs, repeats }: FlashPlan, elapsedMs: number): FlashMoment | undefined {
  const periodMs = stepsMs.reduce((sum, step) => sum + step, 0);
  if (repeats !== undefined && elapsedMs >= repeats * periodMs) return undefined;
  const leftMs = elapsedMs % periodMs;
  let endMs = 0;
  const index = stepsMs.findIndex((stepMs) => (endMs += stepMs) > leftMs);
  return { on: index % 2 === 0, forMs: endMs - leftMs };
}
