export interface CycleSettings {
  /** Whether the plug comes back on by itself after the time that it is given. */
  holdsTimer: boolean;
  /** How long after that time it is first read, milliseconds: its clock is not ours. */
  graceMs: number;
  /** Between two attempts to switch it on, milliseconds. */
  retryMs: number;
  /** Between an "on" that it took and the reading, milliseconds. */
  lookMs: number;
  /** A cycle that may have been cut short must be seen on twice, this far apart, milliseconds. */
  settleMs: number;
  /** After this long without success people are told, milliseconds; it goes on trying, at `slowRetryMs`. */
  failAfterMs: number;
  slowRetryMs: number;
}

/** A cycle as it stands on disk from before the power goes until it is seen on again. */
export interface PendingCycle {
  id: string;
  /** Epoch milliseconds. */
  startedAt: number;
  offMs: number;
  reason?: string;
}

type Stage = 'resting' | 'saving' | 'cutting' | 'waiting' | 'reading' | 'switching' | 'pausing' | 'clearing';

export interface CycleState {
  phase: 'idle' | 'off' | 'restoring' | 'failed';
  /** What it waits for. */
  stage: Stage;
  cycle?: PendingCycle;
  /** Nobody knows whether the plug has got the message, or when: it may still go off. */
  isUncertain: boolean;
  /** Since when it is being brought back, monotonic milliseconds. */
  restoringSince: number;
  hasBeenSeenOn: boolean;
  /** When the last cycle began, epoch milliseconds. */
  last?: number;
  /** Why the last cycle did not run, or why this one does not end. */
  problem?: string;
}

/** `uncertain`: the message left, no answer came. */
export type CutOutcome = 'accepted' | 'uncertain' | 'refused';

export type CycleInput =
  | { type: 'run'; cycle: PendingCycle }
  /** Read from disk at the start of the process; so long after it began, by the wall clock, which may be wrong. */
  | { type: 'resumed'; cycle: PendingCycle; elapsedMs: number }
  | { type: 'saved'; problem?: string }
  | { type: 'cut'; outcome: CutOutcome; problem?: string }
  | { type: 'due' }
  | { type: 'read'; on: boolean }
  | { type: 'unread'; problem: string }
  | { type: 'switched'; problem?: string }
  | { type: 'cleared' };

export type CycleEffect =
  | { type: 'save'; cycle: PendingCycle }
  /** Power off; where the plug can, with its own timer for the way back. */
  | { type: 'cut'; offMs: number }
  | { type: 'wait'; forMs: number }
  | { type: 'read' }
  | { type: 'switch-on' }
  | { type: 'clear' }
  /** The power is off, as far as anybody knows. */
  | { type: 'begun' }
  /** It did not begin; the power is as it was. */
  | { type: 'refused'; problem: string }
  /** It does not come on; said once per cycle. */
  | { type: 'failed'; problem: string }
  | { type: 'finished'; cycle: PendingCycle };

export interface CycleStep {
  state: CycleState;
  effects: CycleEffect[];
}

export const resting: CycleState = {
  phase: 'idle',
  stage: 'resting',
  isUncertain: false,
  restoringSince: 0,
  hasBeenSeenOn: false,
};

/**
 * One cycle of one plug. Whatever happens, a cycle that has been saved ends only when the plug has been seen on. An input
 * that the stage does not wait for changes nothing. `now` is monotonic, milliseconds.
 */
export function stepCycle(settings: CycleSettings, state: CycleState, input: CycleInput, now: number): CycleStep {
  const { cycle } = state;
  switch (input.type) {
    case 'run':
      return state.stage === 'resting' ? begin(state, input.cycle) : unchanged(state);
    case 'resumed':
      return state.stage === 'resting' ? resume(settings, state, input) : unchanged(state);
    case 'saved':
      return cycle && state.stage === 'saving' ? onSaved(state, cycle, input.problem) : unchanged(state);
    case 'cut':
      return cycle && state.stage === 'cutting' ? onCut(settings, { ...state, cycle }, input) : unchanged(state);
    case 'due':
      return onDue(settings, state, now);
    case 'read':
      return state.stage === 'reading' ? onRead(settings, state, input.on) : unchanged(state);
    case 'unread':
      return state.stage === 'reading' ? switchOn({ ...state, hasBeenSeenOn: false }) : unchanged(state);
    case 'switched':
      return state.stage === 'switching' ? onSwitched(settings, state, input.problem, now) : unchanged(state);
    case 'cleared':
      return cycle && state.stage === 'clearing' ? finish(cycle) : unchanged(state);
  }
}

/** Whether a cycle is under way. */
export function isCycling({ stage }: CycleState): boolean {
  return stage !== 'resting';
}

function unchanged(state: CycleState): CycleStep {
  return { state, effects: [] };
}

function begin(state: CycleState, cycle: PendingCycle): CycleStep {
  const { problem: _old, ...rest } = state;
  return { state: { ...rest, phase: 'off', stage: 'saving', cycle }, effects: [{ type: 'save', cycle }] };
}

function resume(
  { holdsTimer, graceMs }: CycleSettings,
  state: CycleState,
  { cycle, elapsedMs }: Extract<CycleInput, { type: 'resumed' }>,
): CycleStep {
  const wholeMs = cycle.offMs + (holdsTimer ? graceMs : 0);
  // The wall clock may have jumped either way: never longer than the whole time.
  const forMs = Math.min(wholeMs, Math.max(0, wholeMs - Math.max(0, elapsedMs)));
  return {
    state: { ...state, phase: 'off', stage: 'waiting', cycle, last: cycle.startedAt, isUncertain: true },
    effects: [{ type: 'wait', forMs }],
  };
}

function onSaved(state: CycleState, cycle: PendingCycle, problem: string | undefined): CycleStep {
  if (problem !== undefined) return refuse(state, `nothing was switched, because it cannot be noted: ${problem}`, []);
  return { state: { ...state, stage: 'cutting' }, effects: [{ type: 'cut', offMs: cycle.offMs }] };
}

function onCut(
  { holdsTimer, graceMs }: CycleSettings,
  state: CycleState & { cycle: PendingCycle },
  { outcome, problem }: Extract<CycleInput, { type: 'cut' }>,
): CycleStep {
  const { cycle } = state;
  if (outcome === 'refused') return refuse(state, problem ?? 'the plug refused', [{ type: 'clear' }]);
  const forMs = cycle.offMs + (holdsTimer ? graceMs : 0);
  return {
    state: { ...state, stage: 'waiting', last: cycle.startedAt, isUncertain: outcome === 'uncertain' },
    effects: [{ type: 'begun' }, { type: 'wait', forMs }],
  };
}

/** Nothing has left this machine or the plug said no: the power is as it was. */
function refuse(state: CycleState, problem: string, effects: CycleEffect[]): CycleStep {
  const last = state.last === undefined ? {} : { last: state.last };
  return { state: { ...resting, ...last, problem }, effects: [...effects, { type: 'refused', problem }] };
}

function onDue({ holdsTimer }: CycleSettings, state: CycleState, now: number): CycleStep {
  if (state.stage === 'pausing') return read(state);
  if (state.stage !== 'waiting') return unchanged(state);
  const restoring: CycleState = { ...state, phase: 'restoring', restoringSince: now };
  return holdsTimer ? read(restoring) : switchOn(restoring);
}

function onRead({ settleMs }: CycleSettings, state: CycleState, on: boolean): CycleStep {
  if (!on) return switchOn({ ...state, hasBeenSeenOn: false });
  if (state.isUncertain && !state.hasBeenSeenOn) {
    return {
      state: { ...state, stage: 'pausing', hasBeenSeenOn: true },
      effects: [{ type: 'wait', forMs: settleMs }],
    };
  }
  return { state: { ...state, stage: 'clearing' }, effects: [{ type: 'clear' }] };
}

function onSwitched(settings: CycleSettings, state: CycleState, problem: string | undefined, now: number): CycleStep {
  const isOverdue = now - state.restoringSince >= settings.failAfterMs;
  const waitMs = isOverdue ? settings.slowRetryMs : settings.retryMs;
  const wait: CycleEffect = { type: 'wait', forMs: problem === undefined ? settings.lookMs : waitMs };
  if (!isOverdue || state.phase === 'failed') return { state: { ...state, stage: 'pausing' }, effects: [wait] };
  const said = `it does not come on again: ${problem ?? 'it takes the command and stays off'}`;
  return {
    state: { ...state, phase: 'failed', stage: 'pausing', problem: said },
    effects: [{ type: 'failed', problem: said }, wait],
  };
}

function read(state: CycleState): CycleStep {
  return { state: { ...state, stage: 'reading' }, effects: [{ type: 'read' }] };
}

function switchOn(state: CycleState): CycleStep {
  return { state: { ...state, stage: 'switching' }, effects: [{ type: 'switch-on' }] };
}

function finish(cycle: PendingCycle): CycleStep {
  return { state: { ...resting, last: cycle.startedAt }, effects: [{ type: 'finished', cycle }] };
}
