import { describe, expect, test } from '@jest/globals';
import {
  resting,
  stepCycle,
  type CycleInput,
  type CycleSettings,
  type CycleState,
} from '../../src/domain/power-cycle.ts';
import { cycle, withoutTimer, withTimer } from '../support/cycles.ts';

/** Plays inputs one after the other and collects what came of each. */
function play(settings: CycleSettings, inputs: readonly CycleInput[], from: CycleState = resting, now = 0) {
  let state = from;
  const effects = inputs.map((input) => {
    const step = stepCycle(settings, state, input, now);
    state = step.state;
    return step.effects;
  });
  return { state, effects, last: effects.at(-1) };
}

const run: CycleInput = { type: 'run', cycle };
const saved: CycleInput = { type: 'saved' };
const accepted: CycleInput = { type: 'cut', outcome: 'accepted' };
const uncertain: CycleInput = { type: 'cut', outcome: 'uncertain', problem: 'no answer' };
const due: CycleInput = { type: 'due' };
const readOn: CycleInput = { type: 'read', on: true };
const readOff: CycleInput = { type: 'read', on: false };
const unread: CycleInput = { type: 'unread', problem: 'silent' };
const switched: CycleInput = { type: 'switched' };
const notSwitched: CycleInput = { type: 'switched', problem: 'silent' };

describe('a plug with a timer', () => {
  test('the note is on disk before "off" is sent, and goes when it has been seen on', () => {
    const { effects, state } = play(withTimer, [run, saved, accepted, due, readOn, { type: 'cleared' }]);
    expect(effects).toEqual([
      [{ type: 'save', cycle }],
      [{ type: 'cut', offMs: 20_000 }],
      [{ type: 'begun' }, { type: 'wait', forMs: 22_000 }],
      [{ type: 'read' }],
      [{ type: 'clear' }],
      [{ type: 'finished', cycle }],
    ]);
    expect(state).toEqual({ ...resting, last: cycle.startedAt });
  });

  test('its own timer failed: "on" is sent until it is on', () => {
    const { effects } = play(withTimer, [run, saved, accepted, due, readOff, notSwitched, due, unread, switched, due]);
    expect(effects.slice(4)).toEqual([
      [{ type: 'switch-on' }],
      [{ type: 'wait', forMs: 5000 }],
      [{ type: 'read' }],
      [{ type: 'switch-on' }],
      [{ type: 'wait', forMs: 1000 }],
      [{ type: 'read' }],
    ]);
  });

  test('phases as the faces show them', () => {
    const phase = (inputs: CycleInput[]): string => play(withTimer, inputs).state.phase;
    expect(phase([])).toBe('idle');
    expect(phase([run])).toBe('off');
    expect(phase([run, saved, accepted])).toBe('off');
    expect(phase([run, saved, accepted, due])).toBe('restoring');
    expect(phase([run, saved, accepted, due, readOff, switched])).toBe('restoring');
  });
});

test('a plug without a timer is switched on by us', () => {
  const { effects } = play(withoutTimer, [run, saved, accepted, due, switched, due, readOn]);
  expect(effects.slice(2)).toEqual([
    [{ type: 'begun' }, { type: 'wait', forMs: 20_000 }],
    [{ type: 'switch-on' }],
    [{ type: 'wait', forMs: 1000 }],
    [{ type: 'read' }],
    [{ type: 'clear' }],
  ]);
});

test('without a note on disk nothing is switched', () => {
  const { last, state } = play(withTimer, [run, { type: 'saved', problem: 'disk full' }]);
  expect(last).toEqual([{ type: 'refused', problem: expect.stringContaining('disk full') }]);
  expect(state).toMatchObject({ phase: 'idle', stage: 'resting', problem: expect.stringContaining('disk full') });
});

test('a plug that refuses has done nothing: the note goes and the reason stays', () => {
  const { last, state } = play(withTimer, [run, saved, { type: 'cut', outcome: 'refused', problem: 'wrong password' }]);
  expect(last).toEqual([{ type: 'clear' }, { type: 'refused', problem: 'wrong password' }]);
  expect(state).toMatchObject({ phase: 'idle', problem: 'wrong password' });
  expect(play(withTimer, [run], state).state.problem).toBeUndefined();
  const later = play(withTimer, [run, saved, { type: 'cut', outcome: 'refused' }], { ...resting, last: 7 }).state;
  expect(later).toMatchObject({ last: 7, problem: 'the plug refused' });
});

test('a plug that did not answer may still go off: it is seen on twice before it counts', () => {
  const { effects } = play(withTimer, [run, saved, uncertain, due, readOn, due, readOn]);
  expect(effects.slice(2)).toEqual([
    [{ type: 'begun' }, { type: 'wait', forMs: 22_000 }],
    [{ type: 'read' }],
    [{ type: 'wait', forMs: 3000 }],
    [{ type: 'read' }],
    [{ type: 'clear' }],
  ]);
  const late = play(withTimer, [run, saved, uncertain, due, readOn, due, readOff, switched, due, readOn]);
  expect(late.last).toEqual([{ type: 'wait', forMs: 3000 }]);
});

describe('after a crash', () => {
  test.each([
    ['in the middle', 5000, 17_000],
    ['after its time', 90_000, 0],
    ['the clock jumped back', -3_600_000, 22_000],
  ])('%s it waits for the rest and then looks', (_name, elapsedMs, forMs) => {
    const { effects, state } = play(withTimer, [{ type: 'resumed', cycle, elapsedMs }, due]);
    expect(effects).toEqual([[{ type: 'wait', forMs }], [{ type: 'read' }]]);
    expect(state).toMatchObject({ phase: 'restoring', isUncertain: true, last: cycle.startedAt });
  });

  test('a plug without a timer is switched on first', () => {
    const { effects } = play(withoutTimer, [{ type: 'resumed', cycle, elapsedMs: 30_000 }, due]);
    expect(effects).toEqual([[{ type: 'wait', forMs: 0 }], [{ type: 'switch-on' }]]);
  });
});

describe('a plug that stays off', () => {
  const start = play(withTimer, [run, saved, accepted, due, readOff]).state;

  test('people are told once, and it is tried on and on', () => {
    const first = stepCycle(withTimer, start, notSwitched, 60_000);
    expect(first.effects).toEqual([
      { type: 'failed', problem: expect.stringContaining('silent') },
      { type: 'wait', forMs: 30_000 },
    ]);
    expect(first.state.phase).toBe('failed');
    const again = play(withTimer, [due, unread, notSwitched], first.state, 200_000);
    expect(again.last).toEqual([{ type: 'wait', forMs: 30_000 }]);
  });

  test('one that takes the command and stays off is told apart', () => {
    const { effects } = stepCycle(withTimer, start, switched, 60_000);
    expect(effects[0]).toMatchObject({ problem: expect.stringContaining('stays off') });
  });

  test('it ends as soon as it is on after all', () => {
    const failed = stepCycle(withTimer, start, notSwitched, 60_000).state;
    const { state, last } = play(withTimer, [due, readOn, { type: 'cleared' }], failed);
    expect(last).toEqual([{ type: 'finished', cycle }]);
    expect(state).toEqual({ ...resting, last: cycle.startedAt });
  });
});

test.each<[string, CycleInput[], CycleInput]>([
  ['a second run while one is under way', [run, saved], run],
  ['a cycle from disk while one is under way', [run], { type: 'resumed', cycle, elapsedMs: 0 }],
  ['a note that was not asked for', [], saved],
  ['an answer of the plug that was not asked for', [run], accepted],
  ['a deadline that has been cleared', [], due],
  ['a reading in between', [run, saved], readOn],
  ['a failed reading in between', [run, saved], unread],
  ['a switching in between', [run, saved], switched],
  ['a clearing in between', [run, saved], { type: 'cleared' }],
])('%s changes nothing', (_name, before, input) => {
  const { state } = play(withTimer, before);
  expect(stepCycle(withTimer, state, input, 0)).toEqual({ state, effects: [] });
});
