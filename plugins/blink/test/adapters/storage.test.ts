import { afterEach, expect, jest, test } from '@jest/globals';
import { openHome } from '../support/account.ts';

// Simulated hours take seconds, and more on a machine with other work.
jest.setTimeout(60_000);

const open: (() => Promise<void>)[] = [];
afterEach(async () => {
  for (const close of open.splice(0).toReversed()) await close();
});

const play = openHome(open);

test('motion of a system without a subscription comes from its USB stick', async () => {
  const { blink, events, pass } = await play();
  blink.scenario.trigger(4003);
  await pass(90_000);
  expect(events).toMatchObject([{ device: 'shed', type: 'motion', source: 'usb' }]);
  await pass(300_000);
  expect(events).toHaveLength(1);
});

test('the stick is left alone when its system is disarmed or the owner says so', async () => {
  const { blink, pass } = await play({ localStorage: 'off' });
  await pass(200_000);
  expect(blink.log.count('manifest')).toBe(0);
});

test('a module that is busy is asked later, and what it recorded meanwhile is told', async () => {
  const { blink, events, pass, context } = await play();
  blink.scenario.occupy(2002, 120_000);
  blink.scenario.trigger(4003);
  await pass(100_000);
  expect(events).toEqual([]);
  await pass(120_000);
  expect(events).toHaveLength(1);
  expect(context.log.lines).toEqual(['info: Signed in to Blink.']);
});

test('a stick that cannot be read is said once and silences nothing else', async () => {
  const { blink, events, pass, context } = await play();
  blink.troubles.brokenJson({ on: 'local_storage' });
  blink.scenario.trigger(4003);
  blink.scenario.trigger(4001);
  await pass(300_000, 1000);
  expect(events).toHaveLength(1);
  expect(context.log.lines.filter((line) => line.startsWith('warn'))).toEqual([
    expect.stringMatching(/^warn: The USB storage of Cabin cannot be read/),
  ]);
  blink.troubles.clear();
  await pass(120_000, 1000);
  expect(events).toHaveLength(2);
  expect(context.log.lines.at(-1)).toMatch(/The USB storage of Cabin can be read again/);
});

test('who has films in the cloud too is not told twice, and the stick is left alone', async () => {
  const { blink, events, pass, context } = await play();
  blink.scenario.network(2002).localStorage = false;
  blink.scenario.trigger(4003);
  await pass(30_000);
  blink.scenario.network(2002).localStorage = true;
  const since = context.clock.now();
  await pass(200_000);
  expect(events).toHaveLength(1);
  expect(blink.log.count('local_storage', since)).toBe(0);
});

test('a camera that its owner has renamed has its motion from the stick as well', async () => {
  const { blink, events, pass } = await play({ cameras: [{ camera: 'Shed', name: 'Woodpile' }] });
  blink.scenario.trigger(4003);
  await pass(90_000);
  expect(events).toMatchObject([{ device: 'woodpile', type: 'motion', source: 'usb' }]);
});

test('an old film of the cloud that somebody watches is no subscription', async () => {
  const { blink, events, pass } = await play({}, ({ scenario }) => {
    scenario.network(2002).localStorage = false;
    const old = scenario.trigger(4003);
    scenario.network(2002).localStorage = true;
    if (!old) throw new Error('The simulated camera does not record.');
    old.createdAt -= 20 * 24 * 3_600_000;
    scenario.watch(old);
    scenario.camera(4003).quietUntil = 0;
  });
  await pass(20_000);
  blink.scenario.trigger(4003);
  await pass(90_000);
  expect(events).toMatchObject([{ device: 'shed', source: 'usb' }]);
});
