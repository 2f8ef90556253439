import { flashAt, type FlashPlan } from './flash.ts';

export interface LampSettings {
  /** What it does when it is switched on; absent: it is steadily on. */
  flash?: FlashPlan;
  /** Absent: it stays on. */
  autoOffMs?: number;
  atStart: 'off' | 'on' | 'last' | 'leave';
  atStop: 'off' | 'on' | 'leave';
}

/** All times are on the monotonic clock, milliseconds. */
export interface LampState {
  /** What its owner wants and sees; it stays true through the dark parts of a flash. */
  on: boolean;
  /** Whether it should be lit at this moment. */
  lit: boolean;
  flashingSince?: number;
  offAt?: number;
}

export type LampInput =
  /** `last`: what was remembered; `leftMs` is what was left until it should go off, 0 when that is over. */
  | { type: 'start'; hardware: boolean; last: { on: boolean; leftMs?: number } }
  | { type: 'command'; on: boolean }
  /** The hardware was read. */
  | { type: 'seen'; on: boolean }
  /** A command failed, and this is what the hardware says; `offAt`: when it was to go off before. */
  | { type: 'corrected'; on: boolean; offAt?: number }
  /** The port was lost and is there again; hubs come back with their power on. */
  | { type: 'returned'; on: boolean }
  /** The time of `nextDueMs` has come. */
  | { type: 'due' }
  | { type: 'stop' };

export type LampEffect =
  /** Kept on disk. Before light is switched on, so that a crash never forgets when it was to go off. */
  { type: 'remember'; on: boolean; offAt?: number } | { type: 'set'; on: boolean } | { type: 'show'; on: boolean };

export interface LampStep {
  state: LampState;
  effects: LampEffect[];
}

const againMs = 30_000;

export const darkLamp: LampState = { on: false, lit: false };

/** The one decision about a lamp: what follows from an input at a moment of the monotonic clock. */
export function stepLamp(settings: LampSettings, state: LampState, input: LampInput, nowMs: number): LampStep {
  switch (input.type) {
    case 'start':
      return start(settings, input, nowMs);
    case 'command':
      return input.on ? switchOn(settings, state, nowMs) : switchOff();
    case 'seen':
      // In the middle of a flash the hardware is dark half of the time.
      if (state.flashingSince !== undefined || input.on === state.on) return { state, effects: [] };
      return accept(settings, input.on, nowMs);
    case 'corrected':
      return accept(settings, input.on, nowMs, leftAgain(settings, input.offAt, nowMs));
    case 'returned':
      return { state, effects: input.on === state.lit ? [] : [{ type: 'set', on: state.lit }] };
    case 'due':
      return onDue(settings, state, nowMs);
    case 'stop':
      return { state, effects: stopEffects(settings, state) };
  }
}

/** Milliseconds until the lamp must be looked at again; undefined when nothing is due. */
export function nextDueMs({ flash }: LampSettings, state: LampState, nowMs: number): number | undefined {
  const waits: number[] = [];
  if (state.offAt !== undefined) waits.push(Math.max(0, state.offAt - nowMs));
  if (flash && state.flashingSince !== undefined) {
    const moment = flashAt(flash, nowMs - state.flashingSince);
    // A step that was missed, because the hardware is slower than the pattern, is due at once.
    waits.push(moment?.on === state.lit ? moment.forMs : 0);
  }
  return waits.length === 0 ? undefined : Math.min(...waits);
}

/** What was left of the time until it goes off; a wall clock that was wrong can shorten it, never lengthen it. */
export function leftUntilOff(offAtWall: number | undefined, nowWall: number, autoOffMs: number): number | undefined {
  return offAtWall === undefined ? undefined : Math.min(autoOffMs, Math.max(0, offAtWall - nowWall));
}

/** What failed to go off goes on with the time that was left, or is tried again soon. */
function leftAgain({ autoOffMs }: LampSettings, offAt: number | undefined, nowMs: number): number | undefined {
  return offAt === undefined ? undefined : Math.min(autoOffMs ?? againMs, Math.max(againMs, offAt - nowMs));
}

function start(
  settings: LampSettings,
  { hardware, last }: Extract<LampInput, { type: 'start' }>,
  nowMs: number,
): LampStep {
  const { atStart, autoOffMs } = settings;
  const isOver = autoOffMs !== undefined && last.leftMs === 0;
  if (atStart === 'on') return switchOn(settings, darkLamp, nowMs);
  if (atStart === 'off' || isOver) return switchOff();
  if (atStart === 'last') return last.on ? switchOn(settings, darkLamp, nowMs, last.leftMs) : switchOff();
  return accept(settings, hardware, nowMs, last.leftMs);
}

function switchOn(settings: LampSettings, before: LampState, nowMs: number, leftMs?: number): LampStep {
  const off = offTime(settings, nowMs, leftMs);
  // Switched on once more while it flashes, it goes on flashing; after its flashes it stays on.
  const flashingSince = before.on ? before.flashingSince : nowMs;
  const isFlashing = settings.flash !== undefined && flashingSince !== undefined;
  const lit = before.on && isFlashing ? before.lit : true;
  return {
    state: { on: true, lit, ...(isFlashing && { flashingSince }), ...off },
    effects: [
      { type: 'remember', on: true, ...off },
      { type: 'set', on: lit },
      { type: 'show', on: true },
    ],
  };
}

function switchOff(): LampStep {
  return {
    state: darkLamp,
    effects: [
      { type: 'set', on: false },
      { type: 'remember', on: false },
      { type: 'show', on: false },
    ],
  };
}

/** Takes over what the hardware says, whoever did it. */
function accept(settings: LampSettings, on: boolean, nowMs: number, leftMs?: number): LampStep {
  const off = on ? offTime(settings, nowMs, leftMs) : {};
  return {
    state: { on, lit: on, ...off },
    effects: [
      { type: 'remember', on, ...off },
      { type: 'show', on },
    ],
  };
}

function offTime({ autoOffMs }: LampSettings, nowMs: number, leftMs = autoOffMs): { offAt?: number } {
  return autoOffMs === undefined || leftMs === undefined ? {} : { offAt: nowMs + leftMs };
}

function onDue({ flash }: LampSettings, state: LampState, nowMs: number): LampStep {
  if (state.offAt !== undefined && nowMs >= state.offAt) return switchOff();
  if (!flash || state.flashingSince === undefined) return { state, effects: [] };
  const moment = flashAt(flash, nowMs - state.flashingSince);
  if (!moment) {
    const { flashingSince: _over, ...rest } = state;
    return { state: { ...rest, lit: true }, effects: state.lit ? [] : [{ type: 'set', on: true }] };
  }
  if (moment.on === state.lit) return { state, effects: [] };
  return { state: { ...state, lit: moment.on }, effects: [{ type: 'set', on: moment.on }] };
}

function stopEffects({ atStop }: LampSettings, state: LampState): LampEffect[] {
  if (atStop !== 'leave') return [{ type: 'set', on: atStop === 'on' }];
  // "As it is" is on or off, not the accident of a flash.
  return state.lit === state.on ? [] : [{ type: 'set', on: state.on }];
}

/** Whether a start asks what was remembered; if not, nothing needs to be written. */
export function needsMemory({ atStart, autoOffMs }: LampSettings): boolean {
  return atStart === 'last' || (atStart === 'leave' && autoOffMs !== undefined);
}
