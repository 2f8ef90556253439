import { expect, test } from '@jest/globals';
import { buildEvent } from '@porchlight/core/testing';
import fc from 'fast-check';
import {
  disarmedState,
  isHeeded,
  stepAlarm,
  type AlarmEffect,
  type AlarmInput,
  type AlarmSettings,
  type AlarmState,
} from '../../src/domain/alarm.ts';
import { remaining } from '../../src/domain/remaining.ts';

const settings = (part: Partial<AlarmSettings> = {}): AlarmSettings => ({
  delays: {},
  triggerMs: 180_000,
  ringsOn: false,
  abortMs: 0,
  refusesOfflineSources: false,
  maxAlarmsPerDevice: 0,
  ...part,
});
const withDelays = settings({ delays: { away: { exitMs: 30_000, entryMs: 20_000 } } });

const setMode = (mode: AlarmState['mode'], part: object = {}): AlarmInput => ({
  type: 'set-mode',
  mode,
  offline: [],
  ...part,
});
const ring: Extract<AlarmInput, { type: 'ring' }> = {
  type: 'ring',
  id: 'i1',
  reason: '2 events',
  events: [buildEvent()],
};
const testRing: AlarmInput = { ...ring, by: 'test' };
const byHand: AlarmInput = { ...ring, by: 'hand' };
const deadline: AlarmInput = { type: 'deadline' };

/** Plays inputs, a second apart, and returns the last state and what was done in all. */
function play(given: AlarmSettings, ...inputs: AlarmInput[]): { state: AlarmState; done: string[] } {
  let state = disarmedState;
  const done: string[] = [];
  for (const [index, input] of inputs.entries()) {
    const step = stepAlarm(given, state, input, 1000 * (index + 1));
    state = step.state;
    done.push(...step.effects.map((effect) => ('what' in effect ? effect.what : effect.type)));
  }
  return { state, done };
}

test.each<[string, AlarmSettings, AlarmInput[], Partial<AlarmState>, string[]]>([
  ['arms at once without a delay', settings(), [setMode('away')], { mode: 'away', phase: 'armed' }, ['watch', 'armed']],
  ['waits for the exit delay', withDelays, [setMode('away')], { phase: 'arming', until: 31_000 }, []],
  ['is armed after it', withDelays, [setMode('away'), deadline], { phase: 'armed' }, ['watch', 'armed']],
  ['skips it on request', withDelays, [setMode('away', { skipDelay: true })], { phase: 'armed' }, ['watch', 'armed']],
  [
    'rings at once without an entry delay',
    settings(),
    [setMode('home'), ring],
    { mode: 'home', phase: 'triggered', until: 182_000 },
    ['watch', 'armed', 'start-actions', 'triggered', 'notify'],
  ],
  [
    'gives time to disarm with one',
    withDelays,
    [setMode('away', { skipDelay: true }), ring],
    { phase: 'pending', until: 22_000 },
    ['watch', 'armed', 'pending'],
  ],
  [
    'rings when nobody does',
    withDelays,
    [setMode('away', { skipDelay: true }), ring, deadline],
    { phase: 'triggered' },
    ['watch', 'armed', 'pending', 'start-actions', 'triggered', 'notify'],
  ],
  [
    'the same mode again, as an automation orders it, ends no entry delay',
    withDelays,
    [setMode('away', { skipDelay: true }), ring, setMode('away')],
    { phase: 'pending', until: 22_000 },
    ['watch', 'armed', 'pending'],
  ],
  [
    'stays silent when somebody does',
    withDelays,
    [setMode('away', { skipDelay: true }), ring, setMode('disarmed')],
    { mode: 'disarmed', phase: 'idle' },
    ['watch', 'armed', 'pending', 'unwatch', 'disarmed'],
  ],
  [
    'is armed again after its time',
    settings(),
    [setMode('night'), ring, deadline],
    { mode: 'night', phase: 'armed' },
    ['watch', 'armed', 'start-actions', 'triggered', 'notify', 'stop-actions', 'cleared'],
  ],
  [
    'rings on until disarmed',
    settings({ ringsOn: true }),
    [setMode('night'), ring],
    { phase: 'triggered' },
    ['watch', 'armed', 'start-actions', 'triggered', 'notify'],
  ],
  [
    'silence ends the ringing and leaves the mode',
    settings(),
    [setMode('away'), ring, { type: 'silence' }],
    { mode: 'away', phase: 'armed' },
    ['watch', 'armed', 'start-actions', 'triggered', 'notify', 'stop-actions', 'cleared'],
  ],
  [
    'tells nobody when it is disarmed within the abort window',
    settings({ abortMs: 10_000 }),
    [setMode('away'), ring, setMode('disarmed'), { type: 'notify-deadline' }],
    { phase: 'idle' },
    ['watch', 'armed', 'start-actions', 'triggered', 'stop-actions', 'cleared', 'unwatch', 'disarmed'],
  ],
  [
    'tells people after the abort window',
    settings({ abortMs: 10_000 }),
    [setMode('away'), ring, { type: 'notify-deadline' }],
    { phase: 'triggered' },
    ['watch', 'armed', 'start-actions', 'triggered', 'notify'],
  ],
  ['does not ring while it is disarmed', settings(), [ring], { phase: 'idle' }, []],
  ['does not ring during the exit delay', withDelays, [setMode('away'), ring], { phase: 'arming' }, []],
  [
    'a test rings while it is disarmed, and ends by itself',
    settings({ ringsOn: true }),
    [testRing, deadline],
    { mode: 'disarmed', phase: 'idle' },
    ['start-actions', 'triggered', 'notify', 'stop-actions', 'cleared'],
  ],
  [
    'by hand it rings at once, in whatever mode, and as long as an alarm',
    settings({ ...withDelays, ringsOn: true }),
    [byHand],
    { mode: 'disarmed', phase: 'triggered' },
    ['start-actions', 'triggered', 'notify'],
  ],
  [
    'a test takes nothing away from somebody who is inside',
    withDelays,
    [setMode('away', { skipDelay: true }), ring, testRing],
    { phase: 'pending' },
    ['watch', 'armed', 'pending'],
  ],
  [
    'who arms it while a test rings still gets the time to leave',
    withDelays,
    [testRing, setMode('away')],
    { mode: 'away', phase: 'arming' },
    ['start-actions', 'triggered', 'notify', 'stop-actions', 'cleared'],
  ],
  [
    'from one armed mode to another there is no exit delay',
    withDelays,
    [setMode('home'), setMode('away')],
    { mode: 'away', phase: 'armed' },
    ['watch', 'armed', 'watch', 'armed'],
  ],
  [
    'arms with a source offline, and warns',
    settings(),
    [setMode('away', { offline: ['blink/garden'] })],
    { phase: 'armed', reason: 'Armed without blink/garden.' },
    ['warn-offline', 'watch', 'armed'],
  ],
  [
    'or refuses',
    settings({ refusesOfflineSources: true }),
    [setMode('away', { offline: ['blink/garden'] })],
    { mode: 'disarmed', phase: 'idle', reason: 'Not armed: no answer from blink/garden.' },
    ['refuse'],
  ],
  [
    'unless it is forced',
    settings({ refusesOfflineSources: true }),
    [setMode('away', { offline: ['blink/garden'], force: true })],
    { phase: 'armed' },
    ['warn-offline', 'watch', 'armed'],
  ],
])('%s', (_what, given, inputs, state, done) => {
  const played = play(given, ...inputs);
  expect(played.state).toMatchObject(state);
  expect(played.done).toEqual(done);
});

test('a device that has rung it often enough is ignored until the next arming', () => {
  const given = settings({ maxAlarmsPerDevice: 1 });
  const { state } = play(given, setMode('away'), ring, deadline);
  expect(isHeeded(given, state, buildEvent())).toBe(false);
  expect(isHeeded(given, state, buildEvent({ device: 'garden' }))).toBe(true);
  expect(isHeeded(given, stepAlarm(given, state, setMode('home'), 1).state, buildEvent())).toBe(true);
});

test.each([
  [0, 30_000],
  [10_000, 20_000],
  [86_400_000, 0],
  [-86_400_000, 30_000],
])('after %d ms of the wall clock an exit delay of 30 s has %d ms left', (passed, left) => {
  const state: AlarmState = { mode: 'away', phase: 'arming', until: 1_030_000, alarmsByDevice: {} };
  expect(remaining(withDelays, state, 1_000_000 + passed)).toEqual({ phase: left });
});

const inputs = fc.oneof(
  fc.constantFrom<AlarmState['mode']>('disarmed', 'home', 'away', 'night').map((mode) => setMode(mode)),
  fc.constant(ring),
  fc.constantFrom(testRing, byHand),
  fc.constantFrom<AlarmInput>(deadline, { type: 'notify-deadline' }, { type: 'silence' }),
);

test('whatever happens: actions start and stop in turn, and nothing rings unless it was armed or tested', () => {
  fc.assert(
    fc.property(
      fc.array(inputs, { maxLength: 50 }),
      fc.constantFrom(settings(), withDelays, settings({ abortMs: 5_000 })),
      (steps, given) => {
        let state = disarmedState;
        let [isRinging, isByHand] = [false, false];
        for (const [index, input] of steps.entries()) {
          const before = state;
          if ('by' in input && before.phase !== 'triggered') isByHand = true;
          const { state: next, effects } = stepAlarm(given, state, input, index * 1000);
          for (const effect of effects) isRinging = followActions(isRinging, effect);
          expect(isRinging).toBe(next.phase === 'triggered');
          expect(next.mode === 'disarmed').toBe(
            next.phase === 'idle' || (next.phase === 'triggered' && isByHand && next.mode === 'disarmed'),
          );
          if (next.phase === 'triggered' && before.phase === 'idle') expect(isByHand).toBe(true);
          state = next;
        }
      },
    ),
    { numRuns: 5_000 },
  );
});

function followActions(isRinging: boolean, effect: AlarmEffect): boolean {
  if (effect.type === 'start-actions') expect(isRinging).toBe(false);
  if (effect.type === 'stop-actions') expect(isRinging).toBe(true);
  return effect.type === 'start-actions' || (effect.type !== 'stop-actions' && isRinging);
}
