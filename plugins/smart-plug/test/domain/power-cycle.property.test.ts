import { expect, test } from '@jest/globals';
import fc from 'fast-check';
import {
  isCycling,
  resting,
  stepCycle,
  type CycleEffect,
  type CycleInput,
  type PendingCycle,
} from '../../src/domain/power-cycle.ts';
import { cycle, withoutTimer, withTimer } from '../support/cycles.ts';

const run: CycleInput = { type: 'run', cycle };

/** A plug, a disk and a machine that may be killed after every single effect. */
interface World {
  isOn: boolean;
  disk: PendingCycle | undefined;
  /** A message on the wire: the plug goes off when it arrives. */
  wire: boolean;
  timerRuns: boolean;
}

test('whatever fails and whenever it is killed: with a plug that works again it ends on, with no note left', () => {
  const chance = fc.record({
    holdsTimer: fc.boolean(),
    isTimerBroken: fc.boolean(),
    dice: fc.array(fc.integer({ min: 0, max: 99 }), { minLength: 10, maxLength: 60 }),
    killsAt: fc.array(fc.integer({ min: 0, max: 16 }), { maxLength: 6 }),
  });
  fc.assert(
    fc.property(chance, ({ holdsTimer, isTimerBroken, dice, killsAt }) => {
      const settings = holdsTimer ? withTimer : withoutTimer;
      const world: World = { isOn: true, disk: undefined, wire: false, timerRuns: false };
      let state = resting;
      let inputs: CycleInput[] = [run];
      let now = 0;
      for (let turn = 0; turn < 400; turn++) {
        const roll = (): number => dice[turn] ?? 99;
        // A message that was on its way arrives in the end, also after a crash.
        if (world.wire && roll() % 4 === 1) arrive(world);
        const input = inputs.shift();
        if (!input || killsAt.includes(turn)) {
          if (!input && !isCycling(state)) break;
          state = resting;
          inputs = world.disk ? [{ type: 'resumed', cycle: world.disk, elapsedMs: (roll() % 40) * 1000 }] : [];
          if (!world.disk) break;
          continue;
        }
        const step = stepCycle(settings, state, input, now);
        state = step.state;
        for (const effect of step.effects) {
          if (effect.type === 'cut') expect(world.disk).toEqual(cycle);
          const next = act(world, effect, { roll: roll(), holdsTimer, isTimerBroken });
          if (effect.type === 'wait') now += effect.forMs;
          if (next) inputs.push(next);
        }
      }
      expect({ isOn: world.isOn, disk: world.disk, wire: world.wire }).toEqual({
        isOn: true,
        disk: undefined,
        wire: false,
      });
    }),
    { numRuns: 6000 },
  );
});

function arrive(world: World): void {
  world.wire = false;
  world.isOn = false;
  world.timerRuns = true;
}

function act(
  world: World,
  effect: CycleEffect,
  { roll, holdsTimer, isTimerBroken }: { roll: number; holdsTimer: boolean; isTimerBroken: boolean },
): CycleInput | undefined {
  const isFaulty = roll < 40;
  switch (effect.type) {
    case 'save':
      if (isFaulty) return { type: 'saved', problem: 'disk full' };
      world.disk = cycle;
      return { type: 'saved' };
    case 'clear':
      world.disk = undefined;
      return { type: 'cleared' };
    case 'cut':
      if (roll < 10) return { type: 'cut', outcome: 'refused', problem: 'no' };
      world.wire = true;
      if (isFaulty) return { type: 'cut', outcome: 'uncertain' };
      arrive(world);
      return { type: 'cut', outcome: 'accepted' };
    case 'wait':
      // No message is on its way for longer than this; it may be overtaken by a later one.
      if (world.wire && effect.forMs >= withTimer.settleMs) arrive(world);
      if (world.timerRuns && holdsTimer && !isTimerBroken) Object.assign(world, { isOn: true, timerRuns: false });
      return { type: 'due' };
    case 'read':
      return isFaulty ? { type: 'unread', problem: 'silent' } : { type: 'read', on: world.isOn };
    case 'switch-on':
      if (!isFaulty) world.isOn = true;
      return isFaulty ? { type: 'switched', problem: 'silent' } : { type: 'switched' };
    default:
      return undefined;
  }
}
