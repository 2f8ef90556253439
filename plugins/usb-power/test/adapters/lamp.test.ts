import { afterEach, describe, expect, test } from '@jest/globals';
import fc from 'fast-check';
import { afterwards, cleverLamp, mouse, openHouse, runLamp, stick, type House } from '../support/house.ts';

const houses: House[] = [];
afterEach(async () => {
  for (const house of houses.splice(0)) await house.cleanUp();
});

async function open(): Promise<House> {
  const house = await openHouse();
  houses.push(house);
  return house;
}

describe('after kill -9', () => {
  test.each([
    ['off', false],
    ['on', true],
    ['last', true],
    ['leave', true],
  ] as const)('a lamp that burned is %s: lit %s', async (atStart, isLit) => {
    const house = await open();
    const lamp = await runLamp(house, { atStart });
    await lamp.command(true);
    // Nobody calls stop.
    const next = await runLamp(house, { atStart }, afterwards(lamp.context));
    expect([house.usb.isLit('1-1.4'), next.isOn()]).toEqual([isLit, isLit]);
    await next.stop();
  });

  test('in the dark half of a flash it is not forgotten that it flashed', async () => {
    const house = await open();
    const lamp = await runLamp(house, { atStart: 'last', pattern: 'flash' });
    await lamp.command(true);
    await lamp.context.clock.advance(700);
    expect([house.usb.isLit('1-1.4'), lamp.isOn()]).toEqual([false, true]);
    const next = await runLamp(house, { atStart: 'last' }, afterwards(lamp.context));
    expect([house.usb.isLit('1-1.4'), next.isOn()]).toEqual([true, true]);
    await next.stop();
  });

  test.each(['last', 'leave'] as const)('with %s it burns no longer than was allowed', async (atStart) => {
    const house = await open();
    const config = { atStart, autoOffSeconds: 600 };
    const lamp = await runLamp(house, config);
    await lamp.command(true);
    const next = await runLamp(house, config, afterwards(lamp.context, 500_000));
    expect(next.isOn()).toBe(true);
    await next.context.clock.advance(99_000);
    expect(house.usb.isLit('1-1.4')).toBe(true);
    await next.context.clock.advance(2_000);
    expect([house.usb.isLit('1-1.4'), next.isOn()]).toEqual([false, false]);
    await next.command(true);
    const late = await runLamp(house, config, afterwards(next.context, 700_000));
    expect([house.usb.isLit('1-1.4'), late.isOn()]).toEqual([false, false]);
    await late.stop();
  });
});

test('killed at any instants it never burns longer than was allowed', async () => {
  const house = await open();
  const allowedMs = 20_000;
  await fc.assert(
    fc.asyncProperty(
      fc.constantFrom('off' as const, 'last' as const, 'leave' as const),
      fc.array(fc.integer({ min: 0, max: 12_000 }), { minLength: 1, maxLength: 3 }),
      async (atStart, instants) => {
        const config = { atStart, autoOffSeconds: allowedMs / 1000 };
        let lamp = await runLamp(house, config);
        await lamp.command(true);
        let leftMs = allowedMs;
        for (const afterMs of instants) {
          await lamp.context.clock.advance(afterMs);
          // Nobody calls stop.
          lamp.context.abort();
          lamp = await runLamp(house, config, afterwards(lamp.context, 1_000));
          leftMs -= afterMs + 1_000;
        }
        await lamp.context.clock.advance(Math.max(0, leftMs) + 1_000);
        expect([house.usb.isLit('1-1.4'), lamp.isOn()]).toEqual([false, false]);
        await lamp.stop();
      },
    ),
    { numRuns: 50 },
  );
}, 60_000);

test.each([
  ['off', false],
  ['on', true],
  ['leave', true],
] as const)('at a stop it is left %s: lit %s', async (atStop, isLit) => {
  const house = await open();
  const lamp = await runLamp(house, { atStop, pattern: 'flash' });
  await lamp.command(true);
  await lamp.context.clock.advance(700);
  expect(house.usb.isLit('1-1.4')).toBe(false);
  await lamp.stop();
  await lamp.stop();
  expect(house.usb.isLit('1-1.4')).toBe(isLit);
  expect(lamp.context.clock.pending).toBe(0);
  await expect(lamp.command(true)).rejects.toMatchObject({ code: 'usb.stopped' });
});

test('flashes as long as it is on, shows that as on, and goes off by itself', async () => {
  const house = await open();
  const lamp = await runLamp(house, { pattern: 'flash', onSeconds: 1, offSeconds: 2, autoOffSeconds: 7 });
  const { clock } = lamp.context;
  await lamp.command(true);
  const seen: boolean[] = [];
  for (let second = 0; second < 8; second++) {
    await clock.advance(second === 0 ? 500 : 1_000);
    seen.push(house.usb.isLit('1-1.4'));
  }
  expect(seen).toEqual([true, false, false, true, false, false, true, false]);
  expect(lamp.isOn()).toBe(false);
  await lamp.stop();
});

test('a lamp that is switched twice a second by an alarm ends as the last command says', async () => {
  const house = await open();
  const lamp = await runLamp(house);
  await Promise.all(Array.from({ length: 40 }, (_, index) => lamp.command(index % 2 === 0)));
  expect([house.usb.isLit('1-1.4'), lamp.isOn()]).toEqual([false, false]);
  await lamp.stop();
});

test('a disk that comes while it flashes keeps its power, and that is said once', async () => {
  const house = await open();
  const lamp = await runLamp(house, { pattern: 'flash' });
  await lamp.command(true);
  house.usb.plug('1-1.4', stick);
  await lamp.context.clock.advance(20_000);
  expect(house.usb.isLit('1-1.4')).toBe(true);
  expect(lamp.context.log.lines.slice(1)).toEqual([expect.stringContaining('warn: Lamp: Not switched off')]);
  house.usb.unplug('1-1.4');
  await lamp.context.clock.advance(1_000);
  expect(lamp.health()).toEqual({ ok: true });
  expect(lamp.isOn()).toBe(true);
  await lamp.stop();
});

test('a hub that comes back just before the stop is not left burning', async () => {
  const house = await open();
  const lamp = await runLamp(house);
  await lamp.command(true);
  house.usb.setHub('1-1', false);
  await lamp.context.clock.advance(5_000);
  expect(lamp.health()).toMatchObject({ reachable: false });
  house.usb.setHub('1-1', true);
  await lamp.stop();
  expect(house.usb.isLit('1-1.4')).toBe(false);
});

test('going off by itself is tried again soon when it does not work at once', async () => {
  const house = await open();
  const lamp = await runLamp(house, { autoOffSeconds: 3600 });
  await lamp.command(true);
  house.usb.plug('1-1.4', stick);
  await lamp.context.clock.advance(3_600_000);
  expect(house.usb.isLit('1-1.4')).toBe(true);
  house.usb.unplug('1-1.4');
  await lamp.context.clock.advance(60_000);
  expect([house.usb.isLit('1-1.4'), lamp.isOn()]).toEqual([false, false]);
  await lamp.stop();
});

test('an order to go off that does not work leaves the time to go off as it was', async () => {
  const house = await open();
  const lamp = await runLamp(house, { autoOffSeconds: 3600 });
  await lamp.command(true);
  await lamp.context.clock.advance(3_000_000);
  house.usb.plug('1-1.4', stick);
  await expect(lamp.command(false)).rejects.toMatchObject({ code: 'usb.refused' });
  house.usb.unplug('1-1.4');
  await lamp.context.clock.advance(599_000);
  expect(house.usb.isLit('1-1.4')).toBe(true);
  await lamp.context.clock.advance(2_000);
  expect([house.usb.isLit('1-1.4'), lamp.isOn()]).toEqual([false, false]);
  await lamp.stop();
});

test('what could not be kept is kept with the next chance', async () => {
  const house = await open();
  const lamp = await runLamp(house, { atStart: 'last' });
  const { files } = lamp.context.storage;
  const set = files.set.bind(files);
  files.set = () => {
    throw new Error('no space left');
  };
  await lamp.command(true);
  files.set = set;
  await lamp.command(true);
  const next = await runLamp(house, { atStart: 'last' }, afterwards(lamp.context));
  expect(next.isOn()).toBe(true);
  await next.stop();
});

describe('a lamp that is named by its identity', () => {
  const identity = '1a86:7523';

  test('is switched where it is now, when somebody has moved it', async () => {
    const house = await open();
    house.usb.plug('1-1.4', cleverLamp);
    const lamp = await runLamp(house, { port: identity });
    await lamp.command(true);
    house.usb.unplug('1-1.4');
    house.usb.plug('1-1.3', cleverLamp);
    await lamp.context.clock.advance(20_000);
    expect([lamp.isOn(), lamp.health()]).toEqual([true, { ok: true }]);
    await lamp.command(false);
    expect([house.usb.isLit('1-1.3'), lamp.isOn()]).toEqual([false, false]);
    await lamp.stop();
  });

  test('takes no power from what somebody has put in its place', async () => {
    const house = await open();
    house.usb.plug('1-1.4', cleverLamp);
    const lamp = await runLamp(house, { port: identity });
    await lamp.command(true);
    house.usb.unplug('1-1.4');
    house.usb.plug('1-1.4', mouse);
    await lamp.context.clock.advance(20_000);
    expect(lamp.health()).toMatchObject({ ok: false, reachable: false });
    await expect(lamp.command(false)).rejects.toMatchObject({ code: 'usb.not-found' });
    expect(house.usb.isLit('1-1.4')).toBe(true);
    await lamp.stop();
    expect(house.usb.isLit('1-1.4')).toBe(true);
  });
});
