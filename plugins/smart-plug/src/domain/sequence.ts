/** Several plugs, one after the other. */
export interface SequenceStep {
  /** Id of the plug's device. */
  plug: string;
  /** After it is on again, before the next one, milliseconds. */
  waitMs: number;
}

/** A sequence as it stands on disk from its start to its end. */
export interface PendingSequence {
  id: string;
  /** Epoch milliseconds. */
  startedAt: number;
  /** The step under way. */
  index: number;
  /** Whether the plug of that step is done and only the pause after it is not. */
  isPausing: boolean;
  reason?: string;
}

export type SequenceState = { pending?: PendingSequence; problem?: string };

export type SequenceInput =
  | { type: 'run'; pending: PendingSequence }
  /** From disk; `ageMs` is by the wall clock. `isCycling`: the plug of its step is being brought back. */
  | { type: 'resumed'; pending: PendingSequence; ageMs: number; isCycling: boolean }
  /** The plug of the present step is on again. */
  | { type: 'plug-on' }
  /** The plug of the present step could not be restarted. */
  | { type: 'plug-refused'; problem: string }
  /** Where it stands cannot be written to the disk. */
  | { type: 'not-noted'; problem: string }
  | { type: 'due' };

export type SequenceEffect =
  | { type: 'save'; pending: PendingSequence }
  | { type: 'cycle'; plug: string; reason?: string }
  | { type: 'wait'; forMs: number }
  | { type: 'clear' }
  | { type: 'ended'; problem?: string };

/** An old sequence is not taken up again: nobody expects the router to go off hours later. */
export const maxAgeMs = 15 * 60_000;

/** The order of a sequence. A plug that refuses ends it: those after it may depend on it. */
export function stepSequence(
  steps: readonly SequenceStep[],
  state: SequenceState,
  input: SequenceInput,
): { state: SequenceState; effects: SequenceEffect[] } {
  const { pending } = state;
  switch (input.type) {
    case 'run':
      return pending ? { state, effects: [] } : start(steps, input.pending);
    case 'resumed':
      return resume(steps, input);
    case 'plug-on':
      if (!pending || pending.isPausing) return { state, effects: [] };
      return pause(steps, pending);
    case 'plug-refused':
      if (!pending || pending.isPausing) return { state, effects: [] };
      return end(input.problem);
    case 'not-noted':
      return pending ? end(input.problem) : { state, effects: [] };
    case 'due':
      if (!pending?.isPausing) return { state, effects: [] };
      return start(steps, { ...pending, index: pending.index + 1, isPausing: false });
  }
}

function start(steps: readonly SequenceStep[], pending: PendingSequence): ReturnType<typeof stepSequence> {
  const step = steps[pending.index];
  if (!step) return end();
  const reason = pending.reason === undefined ? {} : { reason: pending.reason };
  return {
    state: { pending },
    effects: [
      { type: 'save', pending },
      { type: 'cycle', plug: step.plug, ...reason },
    ],
  };
}

function pause(steps: readonly SequenceStep[], pending: PendingSequence): ReturnType<typeof stepSequence> {
  if (pending.index + 1 >= steps.length) return end();
  const pausing = { ...pending, isPausing: true };
  return {
    state: { pending: pausing },
    effects: [
      { type: 'save', pending: pausing },
      { type: 'wait', forMs: steps[pending.index]?.waitMs ?? 0 },
    ],
  };
}

function resume(
  steps: readonly SequenceStep[],
  { pending, ageMs, isCycling }: Extract<SequenceInput, { type: 'resumed' }>,
): ReturnType<typeof stepSequence> {
  if (ageMs < 0 || ageMs > maxAgeMs || pending.index >= steps.length) return end('it was interrupted too long ago');
  if (pending.isPausing) return pause(steps, pending);
  // Without a cycle of its own on disk the step had not begun, or had just ended: once more does no harm.
  return isCycling ? { state: { pending }, effects: [] } : start(steps, pending);
}

function end(problem?: string): ReturnType<typeof stepSequence> {
  const said = problem === undefined ? {} : { problem };
  return { state: said, effects: [{ type: 'clear' }, { type: 'ended', ...said }] };
}
