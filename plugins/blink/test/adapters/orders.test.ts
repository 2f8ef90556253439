import { afterEach, expect, jest, test } from '@jest/globals';
import { openHome, startService } from '../support/account.ts';

// Simulated hours take seconds, and more on a machine with other work.
jest.setTimeout(60_000);

const open: (() => Promise<void>)[] = [];
afterEach(async () => {
  for (const close of open.splice(0).toReversed()) await close();
});

const play = openHome(open);

test('five cameras switched by one scene are five cameras switched', async () => {
  const { blink, service, pass } = await play();
  blink.scenario.addCamera({ name: 'Attic', networkId: 2001 });
  await pass(70_000);
  const five = ['yard', 'garage', 'hall', 'front-door', 'attic'];
  const done = Promise.all(
    five.map((device) => service.devices.command({ device, capability: 'switch' }, { on: false }, 'homekit')),
  );
  expect(five.map((device) => service.devices.state(device, 'switch')?.on)).toEqual(five.map(() => false));
  await pass(60_000);
  await done;
  expect(blink.account.cameras.filter(({ networkId }) => networkId === 2001).map(({ enabled }) => enabled)).toEqual([
    false,
    false,
    false,
    false,
    false,
  ]);
  expect(five.map((device) => service.devices.state(device, 'switch')?.on)).toEqual(five.map(() => false));
});

test('a system that is busy elsewhere does it later; one that fails shows what it really is', async () => {
  const { blink, service, pass, context } = await play();
  const arm = (on: boolean) =>
    service.devices.command({ device: 'home-system', capability: 'switch' }, { on }, 'homekit').then(
      () => 'done',
      (error: Error) => error.message,
    );
  blink.scenario.occupy(2001, 20_000);
  const disarmed = arm(false);
  await pass(45_000);
  expect(await disarmed).toBe('done');
  expect(blink.account.networks[0]?.armed).toBe(false);
  blink.commands.failNext = 1;
  const armed = arm(true);
  expect(service.devices.state('home-system', 'switch')).toEqual({ on: true });
  await pass(20_000);
  expect(await armed).toMatch(/^Arming Home did not work: the system answered 909/);
  expect(service.devices.state('home-system', 'switch')).toEqual({ on: false });
  expect(context.log.lines.filter((line) => line.includes('Arming Home'))).toHaveLength(1);
});

test('a snapshot is taken, read back and fetched', async () => {
  const { service, pass } = await play();
  const taken = service.devices.command({ device: 'yard', capability: 'camera' }, { action: 'take-snapshot' }, 'bus');
  await pass(10_000);
  await taken;
  expect(service.devices.state('yard', 'camera')?.snapshotAt).toBeGreaterThan(0);
});

test('the alarm arms and disarms, and only a change of its mode does', async () => {
  const { blink, service, pass, context } = await play({ followAlarm: { enabled: true, modes: ['away'] } });
  const set = (mode: 'disarmed' | 'away' | 'home') =>
    context.bus.setState({ service: 'event-alarm', device: 'alarm' }, 'alarm', {
      mode,
      phase: mode === 'disarmed' ? 'idle' : 'armed',
    });
  const armed = () => blink.account.networks.map((network) => network.armed);
  set('disarmed');
  await pass(20_000);
  expect(armed()).toEqual([false, false]);
  set('away');
  set('disarmed');
  set('away');
  await pass(30_000);
  expect(armed()).toEqual([true, true]);
  blink.scenario.arm(2001, false);
  set('away');
  await pass(80_000);
  expect(armed()).toEqual([false, true]);
  expect(service.devices.state('home-system', 'switch')).toEqual({ on: false });
});

test('an order of the alarm that fails is given again while the alarm stays as it is', async () => {
  const { blink, pass, context } = await play({ followAlarm: { enabled: true }, localStorage: 'off' });
  blink.commands.failNext = 2;
  context.bus.setState({ service: 'event-alarm', device: 'alarm' }, 'alarm', { mode: 'disarmed', phase: 'idle' });
  await pass(10_000);
  expect(blink.account.networks.map(({ armed }) => armed)).toEqual([true, true]);
  await pass(60_000);
  expect(blink.account.networks.map(({ armed }) => armed)).toEqual([false, false]);
});

test('the alarm is armed before the first list of systems arrives: they are armed when it does', async () => {
  const { blink, pass, context } = await play({ followAlarm: { enabled: true } }, ({ account, troubles }) => {
    for (const network of account.networks) network.armed = false;
    troubles.serverError(503);
  });
  context.bus.setState({ service: 'event-alarm', device: 'alarm' }, 'alarm', { mode: 'away', phase: 'arming' });
  await pass(5_000);
  blink.troubles.clear();
  await pass(120_000);
  expect(blink.account.networks.map(({ armed }) => armed)).toEqual([true, true]);
});

test('a system that comes while the alarm is armed is armed too', async () => {
  const { blink, pass, context } = await play({ followAlarm: { enabled: true } });
  context.bus.setState({ service: 'event-alarm', device: 'alarm' }, 'alarm', { mode: 'away', phase: 'armed' });
  const cabin = blink.account.networks.pop();
  if (!cabin) throw new Error('The simulated account has two systems.');
  await pass(200_000);
  cabin.armed = false;
  blink.account.networks.push(cabin);
  await pass(120_000);
  expect(cabin.armed).toBe(true);
});

test.each([
  ['still disarmed', 'disarmed', false],
  ['armed again meanwhile', 'away', true],
] as const)('stopped while it disarms; the alarm is %s before Blink can be asked', async (_what, mode, isArmed) => {
  const raw = { followAlarm: { enabled: true } };
  const { blink, pass, settle, service, context } = await play(raw);
  const alarm = { service: 'event-alarm', device: 'alarm' };
  context.bus.setState(alarm, 'alarm', { mode: 'away', phase: 'armed' });
  await pass(20_000);
  context.bus.setState(alarm, 'alarm', { mode: 'disarmed', phase: 'idle' });
  await settle();
  await service.stop();
  // Carried out, though nobody was there to read it back.
  for (const network of blink.account.networks) network.armed = mode === 'disarmed';
  blink.troubles.serverError(503);
  const again = await startService(blink, raw, context);
  context.bus.setState(alarm, 'alarm', { mode, phase: isArmed ? 'armed' : 'idle' });
  await again.pass(5_000);
  blink.troubles.clear();
  await again.pass(120_000);
  expect(blink.account.networks.map(({ armed }) => armed)).toEqual([isArmed, isArmed]);
  await again.service.stop();
});

test('an alarm that stays armed for hours without Blink has armed it in the end', async () => {
  const { blink, pass, context } = await play({ followAlarm: { enabled: true }, localStorage: 'off' });
  for (const network of blink.account.networks) network.armed = false;
  blink.troubles.serverError(503);
  context.bus.setState({ service: 'event-alarm', device: 'alarm' }, 'alarm', { mode: 'away', phase: 'armed' });
  await pass(3_600_000, 5000);
  expect(blink.account.networks.map(({ armed }) => armed)).toEqual([false, false]);
  blink.troubles.clear();
  await pass(600_000, 5000);
  expect(blink.account.networks.map(({ armed }) => armed)).toEqual([true, true]);
});

test('a system is armed when it says so itself, not when an order has ended somehow', async () => {
  const { blink, pass, context } = await play({ followAlarm: { enabled: true }, localStorage: 'off' });
  for (const network of blink.account.networks) network.armed = false;
  // The orders fail, and nobody can be asked what became of them.
  blink.commands.failNext = 2;
  blink.faults.add({ match: /GET .*\/command\//, trouble: { type: 'status', status: 404 } });
  context.bus.setState({ service: 'event-alarm', device: 'alarm' }, 'alarm', { mode: 'away', phase: 'armed' });
  await pass(10_000);
  expect(blink.account.networks.map(({ armed }) => armed)).toEqual([false, false]);
  await pass(90_000);
  expect(blink.account.networks.map(({ armed }) => armed)).toEqual([true, true]);
  expect(context.log.lines).toEqual(
    expect.arrayContaining([
      expect.stringMatching(/^warn: Arming Home did not work: .*disarmed/),
      expect.stringMatching(/^info: Blink follows the alarm again/),
    ]),
  );
});

test('each system has troubles of its own, and a stop does not end them', async () => {
  const { blink, service, pass, context } = await play({ localStorage: 'off' });
  const order = (device: string, on: boolean) =>
    service.devices.command({ device, capability: 'switch' }, { on }, 'homekit').catch((error: Error) => error.message);
  blink.commands.failNext = 1;
  const failed = order('home-system', false);
  await pass(10_000);
  expect(await failed).toMatch(/did not work/);
  const done = order('cabin-system', false);
  await pass(10_000);
  await done;
  const stopped = order('home-system', false);
  await pass(1000);
  await service.stop();
  await stopped;
  expect(context.log.lines.filter((line) => line.includes('works again'))).toEqual([]);
});

test('a system that shall follow the alarm and is none of the account is named', async () => {
  const { pass, context } = await play({ followAlarm: { enabled: true, systems: ['Hmoe', 'cabin'] } });
  context.bus.setState({ service: 'event-alarm', device: 'alarm' }, 'alarm', { mode: 'away', phase: 'armed' });
  await pass(200_000);
  const said = context.log.lines.filter((line) => line.includes('Hmoe'));
  expect(said).toEqual([expect.stringMatching(/^error: "Hmoe" .*Home, Cabin/)]);
});

test('an order of the alarm, too, waits as long as Blink asks for', async () => {
  const { blink, pass, context } = await play({ followAlarm: { enabled: true }, localStorage: 'off' });
  blink.troubles.tooManyRequests({ on: '/state/', retryAfterSeconds: 1800 });
  context.bus.setState({ service: 'event-alarm', device: 'alarm' }, 'alarm', { mode: 'disarmed', phase: 'idle' });
  await pass(1_700_000, 5000);
  expect(blink.log.count('/state/')).toBe(2);
  blink.troubles.clear();
  await pass(200_000, 5000);
  expect(blink.account.networks.map(({ armed }) => armed)).toEqual([false, false]);
});

test('an alarm does not let go of a system because it cannot be asked whether it is armed', async () => {
  const { blink, pass, context } = await play({ followAlarm: { enabled: true }, localStorage: 'off' });
  for (const network of blink.account.networks) network.armed = false;
  blink.commands.failNext = 2;
  blink.faults.add({ match: /GET .*\/command\//, trouble: { type: 'status', status: 404 } });
  blink.troubles.updateRequired({ on: 'homescreen' });
  context.bus.setState({ service: 'event-alarm', device: 'alarm' }, 'alarm', { mode: 'away', phase: 'armed' });
  await pass(20_000);
  blink.troubles.clear();
  await pass(4_000_000, 10_000);
  expect(blink.account.networks.map(({ armed }) => armed)).toEqual([true, true]);
});
