import { expect, test } from '@jest/globals';
import fc from 'fast-check';
import { createDeadline, retry, type Clock } from '../src/index.ts';
import { systemClock } from '../src/node/index.ts';
import { createFakeClock } from '../src/testing/index.ts';

const clocks: [name: string, create: () => Clock][] = [
  ['the system clock', () => systemClock],
  ['the fake clock', () => createFakeClock()],
];

test.each(clocks)('a sleep on %s ends with the reason of its signal', async (_name, create) => {
  const controller = new AbortController();
  const sleep = create().sleep(3_000_000_000, controller.signal);
  controller.abort('stopped');
  await expect(sleep).rejects.toBe('stopped');
  await expect(create().sleep(1, controller.signal)).rejects.toBe('stopped');
});

test('the fake clock wakes sleepers in the order of their times, and leaves none behind', async () => {
  await fc.assert(
    fc.asyncProperty(fc.array(fc.integer({ min: 0, max: 5000 }), { maxLength: 10 }), async (waits) => {
      const clock = createFakeClock();
      const woken: [wait: number, at: number][] = [];
      for (const wait of waits) void clock.sleep(wait).then(() => woken.push([wait, clock.monotonic()]));
      await clock.advance(5000);
      expect(woken).toEqual(waits.toSorted((a, b) => a - b).map((wait) => [wait, wait]));
      expect(clock.pending).toBe(0);
    }),
    { numRuns: 25 },
  );
});

test('a jump of the wall clock moves no deadline', async () => {
  const clock = createFakeClock(1000);
  const due: number[] = [];
  createDeadline(clock, () => due.push(clock.monotonic())).set(60_000);
  clock.jump(-3_600_000);
  await clock.advance(59_999);
  clock.jump(7_200_000);
  expect(due).toEqual([]);
  await clock.advance(1);
  expect(due).toEqual([60_000]);
  expect(clock.now()).toBe(1000 + 3_600_000 + 60_000);
});

test('a loop that sets its deadline again ticks once per period', async () => {
  const clock = createFakeClock();
  let ticks = 0;
  const deadline = createDeadline(clock, () => {
    ticks += 1;
    deadline.set(1000);
  });
  deadline.set(1000);
  await clock.advance(3500);
  deadline.clear();
  expect([ticks, clock.pending]).toEqual([3, 0]);
});

test('stopping ends the wait before the next attempt', async () => {
  const clock = createFakeClock();
  const controller = new AbortController();
  let tries = 0;
  const options = { firstMs: 1000, maxMs: 1000, attempts: 5, clock, signal: controller.signal };
  const done = retry(options, async () => {
    tries += 1;
    throw new Error('no');
  }).catch((error: unknown) => error);
  await clock.advance(0);
  controller.abort('stopped');
  expect([await done, tries, clock.pending]).toEqual(['stopped', 1, 0]);
});
