import { expect, test } from '@jest/globals';
import { plug, startHouse, type House } from './support/house.ts';

const withPlug = { device: 'smart-plug/router' };
const reboot = (house: House): Promise<void> =>
  house.service.devices.command({ device: 'router', capability: 'power-cycle' }, { action: 'run' }, 'homekit');
const pause = (house: House, on: boolean): Promise<void> =>
  house.service.devices.command({ device: 'pause', capability: 'switch' }, { on }, 'homekit');
const health = (house: House) => house.service.devices.state('internet', 'health');

test('without its plug it says so and spends nothing', async () => {
  const house = await startHouse(withPlug);
  house.context.bus.setState(plug, 'power-cycle', undefined);
  await house.pass(180);
  expect(health(house)?.problem).toBe(
    'The router could not be restarted now: there is no plug smart-plug/router on the bus.',
  );
  expect(house.service.devices.state('router', 'health')).toMatchObject({ ok: false, reachable: false });
  house.line.isUp = false;
  await house.pass(600);
  expect(house.commands()).toEqual([]);
  expect(house.figures()['rebootsToday']).toBe(0);
  house.context.bus.setState(plug, 'power-cycle', { phase: 'idle' });
  await house.pass(15);
  expect(house.commands()).toHaveLength(1);
});

test.each([
  ['the broker is gone', (house: House) => house.context.bus.setConnected(false)],
  [
    'its service is offline',
    (house: House) => house.context.bus.setServiceStatus('smart-plug', { state: 'offline', owner: '', since: 0 }),
  ],
  [
    'it does not answer',
    (house: House) => house.context.bus.setState(plug, 'health', { ok: false, reachable: false, problem: 'no route' }),
  ],
])('while %s it watches on', async (_what, lose) => {
  const house = await startHouse(withPlug);
  await house.pass(150);
  lose(house);
  house.line.isUp = false;
  await house.pass(300);
  expect(house.status()).toBe('offline');
  expect(house.commands()).toEqual([]);
});

test('a refusal of the plug is shown until the outage is over', async () => {
  const house = await startHouse(withPlug);
  await house.pass(150);
  house.line.isUp = false;
  house.context.bus.onCommand = () => {
    throw new Error('it is not proven to switch itself on again');
  };
  await house.pass(90);
  const problem = 'it is not proven to switch itself on again';
  expect(house.service.devices.state('router', 'power-cycle')).toMatchObject({ phase: 'failed', problem });
  expect(health(house)).toEqual({ ok: false, problem: `The router could not be restarted: ${problem}` });
  house.line.isUp = true;
  await house.pass(30);
  expect(health(house)).toEqual({ ok: true });
  expect(house.service.devices.state('router', 'power-cycle')?.phase).toBe('idle');
});

test('by hand: one press is one reboot, the next is refused while the router starts', async () => {
  const house = await startHouse(withPlug);
  await house.pass(150);
  await reboot(house);
  expect(house.service.devices.state('router', 'power-cycle')?.phase).toBe('off');
  await expect(reboot(house)).rejects.toMatchObject({ code: 'watchdog.reboot-refused' });
  expect(house.commands()).toHaveLength(1);
  await house.pass(60);
  expect(house.status()).toBe('online');
});

test('by hand while the plug refuses: whoever pressed is told', async () => {
  const house = await startHouse(withPlug);
  await house.pass(150);
  house.context.bus.onCommand = () => {
    throw new Error('no plug there');
  };
  await expect(reboot(house)).rejects.toThrow('no plug there');
  expect(house.status()).toBe('online');
});

test('paused it reboots nothing; the pause ends by itself and survives a restart', async () => {
  const config = { ...withPlug, pauseMinutes: 60 };
  const first = await startHouse(config);
  await first.pass(150);
  await pause(first, true);
  await first.pass(0);
  const house = await startHouse(config, first);
  expect(house.service.devices.state('pause', 'switch')).toEqual({ on: true });
  house.line.isUp = false;
  await house.pass(3000);
  expect(house.commands()).toEqual([]);
  await house.pass(700);
  expect(house.service.devices.state('pause', 'switch')).toEqual({ on: false });
  expect(house.commands()).toHaveLength(1);
});

test('a dry run decides and tells, and leaves the plug alone', async () => {
  const house = await startHouse({ ...withPlug, dryRun: true });
  await house.pass(150);
  house.line.isUp = false;
  await house.pass(3600);
  expect(house.commands()).toEqual([]);
  expect(house.status()).toBe('offline');
  expect(house.context.log.lines.filter((line) => line.includes('would be restarted'))).toHaveLength(3);
});

test('quiet hours go by the clock of the wall, in the zone of the owner', async () => {
  // The fake clock starts at midnight UTC: 09:00 in Tokyo.
  const quietHours = { from: '08:00', to: '09:20' };
  const house = await startHouse({ ...withPlug, quietHours, timeZone: 'Asia/Tokyo' });
  await house.pass(150);
  house.line.isUp = false;
  await house.pass(900);
  expect(house.commands()).toEqual([]);
  await house.pass(300);
  expect(house.commands()).toHaveLength(1);
});

test('somebody restarts the plug in its own tile: the watchdog waits for the router', async () => {
  const house = await startHouse(withPlug);
  await house.pass(150);
  house.context.bus.setState(plug, 'power-cycle', { phase: 'off' });
  await house.pass(0);
  expect(house.status()).toBe('rebooting');
  house.line.isUp = false;
  await house.pass(20);
  house.context.bus.setState(plug, 'power-cycle', { phase: 'idle' });
  await house.pass(200);
  expect(house.commands()).toEqual([]);
  house.line.isUp = true;
  await house.pass(45);
  expect(house.status()).toBe('online');
  expect(house.context.log.lines).toEqual([
    'info: Internet: the router is being restarted by somebody else; it gets its time.',
    expect.stringMatching(/^info: Internet: back online. Offline for .*: the router was restarted by hand\.$/),
  ]);
});

test('what the plug said before the broker was lost is not believed after it', async () => {
  const house = await startHouse(withPlug);
  await house.pass(150);
  house.context.bus.setConnected(false);
  // A broker without a memory takes its place, and the service of the plug went down with the old one.
  house.context.bus.setConnected(true);
  house.line.isUp = false;
  await house.pass(300);
  expect(house.commands()).toEqual([]);
  expect(health(house)?.problem).toContain('there is no plug smart-plug/router on the bus');
  house.context.bus.setState(plug, 'power-cycle', { phase: 'idle' });
  await house.pass(15);
  expect(house.commands()).toHaveLength(1);
});

test('a restart of the plug that is heard of again after the broker was lost is the same one', async () => {
  const house = await startHouse(withPlug);
  await house.pass(150);
  house.context.bus.setState(plug, 'power-cycle', { phase: 'off' });
  await house.pass(30);
  house.context.bus.setConnected(false);
  house.context.bus.setConnected(true);
  house.line.isUp = true;
  await house.pass(60);
  house.context.bus.setState(plug, 'power-cycle', { phase: 'off' });
  house.context.bus.setState(plug, 'power-cycle', { phase: 'idle' });
  await house.pass(15);
  expect(house.figures()['rebootsToday']).toBe(1);
});
