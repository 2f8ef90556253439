import { describe, expect, test } from '@jest/globals';
import { holdsTimer, isProven, refusalFor, type Facts } from '../../src/domain/grade.ts';
import { listQuantities, toSwitch, toValues } from '../../src/domain/reading.ts';
import {
  maxAgeMs,
  stepSequence,
  type PendingSequence,
  type SequenceInput,
  type SequenceState,
} from '../../src/domain/sequence.ts';

const facts: Facts = {
  name: 'Router',
  feedsRouter: true,
  allowUnproven: false,
  grade: 'A',
  fingerprint: 'f1',
  proof: { fingerprint: 'f1', grade: 'A', verifiedAt: 0 },
};

test.each<[string, Partial<Facts>, RegExp | undefined]>([
  ['a proven plug', {}, undefined],
  ['a plug without proof', { proof: undefined }, /has not passed its test/],
  ['a proof of another plug', { fingerprint: 'f2' }, /has not passed its test/],
  ['a proof of a better grade than today', { grade: 'B' }, /has not passed its test/],
  ['a proof of a worse grade than today', { proof: { fingerprint: 'f1', grade: 'B', verifiedAt: 0 } }, undefined],
  [
    'grade D, proven or not',
    { grade: 'D', proof: { fingerprint: 'f1', grade: 'D', verifiedAt: 0 } },
    /is gone by then/,
  ],
  ['an override', { proof: undefined, grade: 'D', allowUnproven: true }, undefined],
  ['a plug that feeds no router', { proof: undefined, grade: 'D', feedsRouter: false }, undefined],
])('may be restarted by others: %s', (_name, part, expected) => {
  const refusal = refusalFor({ ...facts, ...part });
  if (expected) expect(refusal).toMatch(expected);
  else expect(refusal).toBeUndefined();
});

test('grades A and B come back by themselves', () => {
  expect((['A', 'B', 'C', 'D'] as const).map(holdsTimer)).toEqual([true, true, false, false]);
  expect(isProven(facts)).toBe(true);
});

describe('readings', () => {
  test('a plug without a meter has a switch and nothing else', () => {
    expect(listQuantities({ on: true })).toBeUndefined();
    expect(toSwitch({ on: true })).toEqual({ on: true });
  });

  test('a plug with a meter knows whether it is in use', () => {
    const reading = { on: true, watts: 8.437, volts: 229.71, amperes: 0.036_71, kilowattHours: 1.234_567, celsius: 41 };
    expect(toSwitch(reading)).toEqual({ on: true, inUse: true });
    expect(toSwitch({ on: true, watts: 0.4 })).toEqual({ on: true, inUse: false });
    expect(toSwitch({ on: false, watts: 8 })).toEqual({ on: false, inUse: false });
    expect(toValues(reading)).toEqual({ power: 8.4, voltage: 229.7, current: 0.037, energy: 1.235, temperature: 41 });
    expect(listQuantities({ on: true, watts: 1, celsius: 40 })).toEqual({
      power: { name: 'Power', unit: 'W', deviceClass: 'power' },
      temperature: { name: 'Temperature', unit: '°C', deviceClass: 'temperature', diagnostic: true },
    });
  });
});

describe('a sequence', () => {
  const steps = [
    { plug: 'modem', waitMs: 60_000 },
    { plug: 'router', waitMs: 5000 },
  ];
  const pending: PendingSequence = { id: 's1', startedAt: 0, index: 0, isPausing: false, reason: 'why' };
  const play = (inputs: SequenceInput[], from: SequenceState = {}) => {
    let state = from;
    const effects = inputs.map((input) => {
      const step = stepSequence(steps, state, input);
      state = step.state;
      return step.effects;
    });
    return { state, effects };
  };
  const run: SequenceInput = { type: 'run', pending };
  const on: SequenceInput = { type: 'plug-on' };
  const due: SequenceInput = { type: 'due' };

  test('modem, pause, router; nothing waits after the last', () => {
    const { effects, state } = play([run, on, due, on]);
    const second = { ...pending, index: 1 };
    expect(effects).toEqual([
      [
        { type: 'save', pending },
        { type: 'cycle', plug: 'modem', reason: 'why' },
      ],
      [
        { type: 'save', pending: { ...pending, isPausing: true } },
        { type: 'wait', forMs: 60_000 },
      ],
      [
        { type: 'save', pending: second },
        { type: 'cycle', plug: 'router', reason: 'why' },
      ],
      [{ type: 'clear' }, { type: 'ended' }],
    ]);
    expect(state).toEqual({});
  });

  test('a plug that refuses ends it', () => {
    const { effects, state } = play([run, { type: 'plug-refused', problem: 'silent' }]);
    expect(effects[1]).toEqual([{ type: 'clear' }, { type: 'ended', problem: 'silent' }]);
    expect(state).toEqual({ problem: 'silent' });
  });

  test.each<[string, SequenceInput, object[]]>([
    [
      'while its plug is brought back: it goes on when that is done',
      { type: 'resumed', pending, ageMs: 5000, isCycling: true },
      [],
    ],
    [
      'in the pause: the pause is waited for again',
      { type: 'resumed', pending: { ...pending, isPausing: true }, ageMs: 5000, isCycling: false },
      [{ type: 'save' }, { type: 'wait', forMs: 60_000 }],
    ],
    [
      'before its plug was off: that is done again',
      { type: 'resumed', pending: { ...pending, index: 1 }, ageMs: 5000, isCycling: false },
      [{ type: 'save' }, { type: 'cycle', plug: 'router' }],
    ],
    [
      'too long ago',
      { type: 'resumed', pending, ageMs: maxAgeMs + 1, isCycling: false },
      [{ type: 'clear' }, { type: 'ended', problem: expect.any(String) }],
    ],
    [
      'in the future',
      { type: 'resumed', pending, ageMs: -1, isCycling: false },
      [{ type: 'clear' }, { type: 'ended', problem: expect.any(String) }],
    ],
    [
      'of a longer configuration',
      { type: 'resumed', pending: { ...pending, index: 7 }, ageMs: 1, isCycling: false },
      [{ type: 'clear' }, { type: 'ended', problem: expect.any(String) }],
    ],
  ])('after a crash, %s', (_name, input, expected) => {
    expect(play([input]).effects[0]).toMatchObject(expected);
  });

  test.each<[string, SequenceInput[], SequenceInput]>([
    ['a second run', [run], run],
    ['a plug that comes on by itself', [], on],
    ['a plug that comes on in the pause', [run, on], on],
    ['a refusal in the pause', [run, on], { type: 'plug-refused', problem: 'x' }],
    ['a deadline while a plug is off', [run], due],
  ])('%s changes nothing', (_name, before, input) => {
    const { state } = play(before);
    expect(stepSequence(steps, state, input)).toEqual({ state, effects: [] });
  });
});
