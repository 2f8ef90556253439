import { describe, expect, test } from '@jest/globals';
import fc from 'fast-check';
import { darkLamp, leftUntilOff, needsMemory, nextDueMs, stepLamp } from '../../src/domain/lamp.ts';
import type { LampInput, LampSettings, LampState } from '../../src/domain/lamp.ts';

const plain: LampSettings = { atStart: 'off', atStop: 'off' };
const timed: LampSettings = { ...plain, autoOffMs: 10_000 };
const flashing: LampSettings = { ...plain, flash: { stepsMs: [500, 500], repeats: 2 } };
const lit: LampState = { on: true, lit: true };
const types = (input: LampInput, settings: LampSettings, state: LampState, nowMs = 0): string[] =>
  stepLamp(settings, state, input, nowMs).effects.map((effect) => `${effect.type} ${effect.on}`);

describe('commands', () => {
  test('on is remembered before the light goes on, off after it went off', () => {
    expect(types({ type: 'command', on: true }, plain, darkLamp)).toEqual(['remember true', 'set true', 'show true']);
    expect(types({ type: 'command', on: false }, plain, lit)).toEqual(['set false', 'remember false', 'show false']);
  });

  test('on again starts the time to go off again', () => {
    const { state } = stepLamp(timed, { ...lit, offAt: 3_000 }, { type: 'command', on: true }, 2_000);
    expect(state.offAt).toBe(12_000);
  });

  test('on again goes on flashing where it was; after its flashes it stays on', () => {
    const dark: LampState = { on: true, lit: false, flashingSince: 0 };
    expect(stepLamp(flashing, dark, { type: 'command', on: true }, 700).state).toEqual(dark);
    expect(stepLamp(flashing, lit, { type: 'command', on: true }, 5_000).state).toEqual(lit);
    const again = stepLamp(flashing, darkLamp, { type: 'command', on: true }, 5_000).state;
    expect(again).toEqual({ on: true, lit: true, flashingSince: 5_000 });
  });
});

describe('at a start', () => {
  test.each([
    ['off', true, { on: true }, ['set false', 'remember false', 'show false']],
    ['on', false, { on: false }, ['remember true', 'set true', 'show true']],
    ['last', false, { on: true }, ['remember true', 'set true', 'show true']],
    ['last', true, { on: false }, ['set false', 'remember false', 'show false']],
    ['last', true, { on: true, leftMs: 0 }, ['set false', 'remember false', 'show false']],
    ['leave', true, { on: false }, ['remember true', 'show true']],
    ['leave', false, { on: true }, ['remember false', 'show false']],
    ['leave', true, { on: true, leftMs: 0 }, ['set false', 'remember false', 'show false']],
  ] as const)('%s, hardware %s, remembered %j', (atStart, hardware, last, effects) => {
    expect(types({ type: 'start', hardware, last }, { ...timed, atStart }, darkLamp)).toEqual(effects);
  });

  test('what was left of the time goes on', () => {
    for (const atStart of ['last', 'leave'] as const) {
      const input = { type: 'start', hardware: true, last: { on: true, leftMs: 4_000 } } as const;
      expect(stepLamp({ ...timed, atStart }, darkLamp, input, 100).state.offAt).toBe(4_100);
    }
  });

  test('a time that was over means nothing to a lamp that never goes off by itself', () => {
    const input = { type: 'start', hardware: true, last: { on: true, leftMs: 0 } } as const;
    expect(stepLamp({ ...plain, atStart: 'last' }, darkLamp, input, 0).state).toEqual(lit);
  });
});

describe('what the hardware says', () => {
  test('the same again is silent', () => {
    expect(types({ type: 'seen', on: true }, plain, lit)).toEqual([]);
    expect(types({ type: 'seen', on: false }, plain, darkLamp)).toEqual([]);
  });

  test('another hand is believed, and its light goes off in time as well', () => {
    const { state, effects } = stepLamp(timed, darkLamp, { type: 'seen', on: true }, 1_000);
    expect(state).toEqual({ on: true, lit: true, offAt: 11_000 });
    expect(effects).toEqual([
      { type: 'remember', on: true, offAt: 11_000 },
      { type: 'show', on: true },
    ]);
    expect(stepLamp(timed, state, { type: 'seen', on: false }, 2_000).state).toEqual(darkLamp);
  });

  test('in the middle of a flash it is no news', () => {
    expect(types({ type: 'seen', on: false }, flashing, { on: true, lit: true, flashingSince: 0 })).toEqual([]);
  });

  test('after a command that failed it counts, and ends the flashing', () => {
    const state: LampState = { on: true, lit: true, flashingSince: 0 };
    expect(stepLamp(flashing, state, { type: 'corrected', on: false }, 10).state).toEqual(darkLamp);
    expect(stepLamp(flashing, darkLamp, { type: 'corrected', on: true }, 10).state).toEqual(lit);
  });

  test('a hub that is back is put where the lamp should be', () => {
    expect(types({ type: 'returned', on: true }, plain, darkLamp)).toEqual(['set false']);
    expect(types({ type: 'returned', on: true }, plain, lit)).toEqual([]);
  });
});

describe('when something is due', () => {
  test('it flashes, then stays on', () => {
    let state = stepLamp(flashing, darkLamp, { type: 'command', on: true }, 0).state;
    const seen: boolean[] = [];
    for (const nowMs of [500, 1_000, 1_500, 2_000]) {
      expect(nextDueMs(flashing, state, nowMs - 500)).toBe(500);
      state = stepLamp(flashing, state, { type: 'due' }, nowMs).state;
      seen.push(state.lit);
    }
    expect(seen).toEqual([false, true, false, true]);
    expect(state).toEqual(lit);
    expect(nextDueMs(flashing, state, 2_000)).toBeUndefined();
  });

  test('slow hardware skips what it missed', () => {
    const state: LampState = { on: true, lit: true, flashingSince: 0 };
    expect(nextDueMs(flashing, state, 700)).toBe(0);
    expect(stepLamp(flashing, state, { type: 'due' }, 1_200).effects).toEqual([]);
    expect(stepLamp(flashing, { ...state, lit: true }, { type: 'due' }, 2_500).effects).toEqual([]);
  });

  test('it goes off by itself, also while it flashes', () => {
    const state: LampState = { on: true, lit: true, flashingSince: 0, offAt: 900 };
    expect(nextDueMs(flashing, state, 450)).toBe(50);
    expect(nextDueMs(timed, { ...lit, offAt: 900 }, 1_000)).toBe(0);
    expect(stepLamp(flashing, state, { type: 'due' }, 900).state).toEqual(darkLamp);
  });

  test('nothing due is nothing done', () => {
    expect(types({ type: 'due' }, plain, lit)).toEqual([]);
    expect(nextDueMs(plain, lit, 5)).toBeUndefined();
  });
});

test.each([
  ['off', ['set false']],
  ['on', ['set true']],
  ['leave', []],
] as const)('at a stop: %s', (atStop, effects) => {
  expect(types({ type: 'stop' }, { ...plain, atStop }, lit)).toEqual(effects);
});

test('left as it is means on, in the dark half of a flash too', () => {
  const state: LampState = { on: true, lit: false, flashingSince: 0 };
  expect(types({ type: 'stop' }, { ...flashing, atStop: 'leave' }, state)).toEqual(['set true']);
});

test('a wrong wall clock can only shorten what was left', () => {
  expect(leftUntilOff(undefined, 5, 100)).toBeUndefined();
  expect(leftUntilOff(150, 100, 100)).toBe(50);
  expect(leftUntilOff(10, 100, 100)).toBe(0);
  expect(leftUntilOff(1_000_000, 100, 100)).toBe(100);
});

test('memory is kept where a start asks for it', () => {
  expect(needsMemory(plain)).toBe(false);
  expect(needsMemory({ ...plain, atStart: 'last' })).toBe(true);
  expect(needsMemory({ ...plain, atStart: 'leave' })).toBe(false);
  expect(needsMemory({ ...timed, atStart: 'leave' })).toBe(true);
});

test('whatever happens, a lamp with a time to go off is never on without that time', () => {
  const input = fc.oneof(
    fc.record({ type: fc.constantFrom('command', 'seen', 'corrected', 'returned'), on: fc.boolean() }),
    fc.record({ type: fc.constantFrom('due', 'stop') }),
  ) as fc.Arbitrary<LampInput>;
  const settings: LampSettings = { ...timed, flash: { stepsMs: [300, 200] } };
  fc.assert(
    fc.property(fc.array(fc.tuple(input, fc.nat(6_000))), (steps) => {
      let state = darkLamp;
      let nowMs = 0;
      for (const [one, waitMs] of steps) {
        nowMs += waitMs;
        state = stepLamp(settings, state, one, nowMs).state;
        expect(state.on).toBe(state.offAt !== undefined);
        if (!state.on) expect(state.lit).toBe(false);
        if (state.offAt !== undefined) expect(state.offAt - nowMs).toBeLessThanOrEqual(10_000);
      }
    }),
    { numRuns: 300 },
  );
});
