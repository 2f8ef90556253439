import { expect, test } from '@jest/globals';
import fc from 'fast-check';
import { startHouse } from './support/house.ts';

const chain = {
  plugs: [
    { type: 'shelly', name: 'Modem', host: 'modem.local', offSeconds: 10 },
    { type: 'shelly', name: 'Router', host: 'router.local', offSeconds: 10 },
  ],
  sequences: [{ name: 'Internet', steps: [{ plug: 'Modem', waitSeconds: 60 }, { plug: 'Router' }] }],
};

test('a sequence: the modem, a pause, the router', async () => {
  const house = await startHouse(chain);
  await house.restart('internet');
  expect([house.phase('internet'), house.plug('modem').on, house.plug().on]).toEqual(['off', false, true]);
  await house.context.clock.advance(60_000);
  expect([house.plug('modem').on, house.plug().told]).toEqual([true, []]);
  await house.context.clock.advance(15_000);
  expect(house.plug().on).toBe(false);
  await house.context.clock.advance(15_000);
  expect([house.phase('internet'), house.plug().on]).toEqual(['idle', true]);
  expect(house.devices.state('internet', 'switch')).toBeUndefined();
});

test.each([5000, 30_000, 75_000])('a sequence is killed after %i ms and goes on where it was', async (afterMs) => {
  const before = await startHouse(chain);
  await before.restart('internet');
  await before.context.clock.advance(afterMs);
  before.kill();
  const after = await startHouse(chain, before);
  await after.context.clock.advance(120_000);
  expect(after.phase('internet')).toBe('idle');
  expect([after.plug('modem').told, after.plug().told]).toEqual([['cut 10'], ['cut 10']]);
  expect([after.plug('modem').on, after.plug().on]).toEqual([true, true]);
});

test('a sequence runs by itself only when each of its plugs may', async () => {
  const house = await startHouse(chain);
  await expect(house.restart('internet', 'bus')).rejects.toMatchObject({ code: 'plug.unproven' });
  const trusted = { ...chain, plugs: chain.plugs.map((plug) => ({ ...plug, allowUnproven: true })) };
  const daring = await startHouse(trusted);
  await daring.restart('internet', 'bus');
  expect(daring.plug('modem').told).toEqual(['cut 10']);
});

test('a sequence whose first plug refuses says so and touches nothing else', async () => {
  const house = await startHouse(chain);
  house.plug('modem').trouble = 'silent';
  await expect(house.restart('internet')).rejects.toMatchObject({ code: 'plug.not-restarted' });
  await house.context.clock.advance(120_000);
  expect(house.plug().told).toEqual([]);
});

test('killed at any instant, with timers that fail: both are on in the end, and nothing is left to do', async () => {
  await fc.assert(
    fc.asyncProperty(
      fc.array(fc.integer({ min: 0, max: 100_000 }), { minLength: 1, maxLength: 3 }),
      fc.array(fc.boolean(), { minLength: 2, maxLength: 2 }),
      async (instants, broken) => {
        let house = await startHouse(chain);
        for (const [index, id] of ['modem', 'router'].entries()) house.plug(id).isTimerBroken = broken[index] ?? false;
        await house.restart('internet');
        for (const afterMs of instants) {
          await house.context.clock.advance(afterMs);
          house.kill();
          house = await startHouse(chain, house);
        }
        await house.context.clock.advance(240_000);
        expect([house.plug('modem').on, house.plug().on]).toEqual([true, true]);
        expect([house.phase('internet'), house.phase('modem'), house.phase()]).toEqual(['idle', 'idle', 'idle']);
        house.kill();
      },
    ),
    { numRuns: 200 },
  );
});

test('a sequence whose next step cannot be noted ends and says so; the next one runs', async () => {
  const house = await startHouse(chain);
  await house.restart('internet');
  const { files } = house.context.storage;
  files.set = () => {
    throw new Error('no space left');
  };
  await house.context.clock.advance(120_000);
  expect(house.devices.state('internet', 'power-cycle')).toMatchObject({ phase: 'idle', problem: 'no space left' });
  Reflect.deleteProperty(files, 'set');
  await house.restart('internet');
  expect(house.plug('modem').told).toEqual(['cut 10', 'cut 10']);
});
