import { expect, test } from '@jest/globals';
import { routerConfig, startHouse } from './support/house.ts';

test('a command that comes before the disk has been read does not wipe out what another plug is owed', async () => {
  const lamp = { type: 'shelly', name: 'Lamp', host: 'lamp.local', mayStayOff: true };
  const both = { plugs: [lamp, ...routerConfig.plugs] };
  const before = await startHouse(both);
  before.plug('lamp').isTimerBroken = true;
  await before.restart('lamp');
  before.kill();
  const restart = { device: 'router', capability: 'power-cycle' } as const;
  const house = await startHouse(both, before, (devices) => {
    devices.command(restart, { action: 'run' }, 'homekit').catch(() => undefined);
  });
  await house.context.clock.advance(60_000);
  expect(house.plug().told).toEqual(['cut 20']);
  expect([house.plug('lamp').on, house.phase('lamp')]).toEqual([true, 'idle']);
});

test('who stops while nobody knows whether the timer of the plug works switches it on', async () => {
  const house = await startHouse();
  const plug = house.plug();
  plug.trouble = 'deaf';
  plug.isTimerBroken = true;
  await house.restart();
  expect(plug.on).toBe(false);
  house.kill();
  await house.house.stop();
  expect([plug.told, plug.on]).toEqual([['cut 20', 'on'], true]);
});

test('who stops while a plug whose timer has failed is being brought back switches it on', async () => {
  const house = await startHouse();
  const plug = house.plug();
  plug.isTimerBroken = true;
  await house.restart();
  plug.trouble = 'silent';
  await house.context.clock.advance(30_000);
  expect(house.phase()).toBe('restoring');
  plug.trouble = undefined;
  house.kill();
  await house.house.stop();
  expect(plug.on).toBe(true);
});

test.each(['router', 'internet'])(
  'while the router does not come on again, a restart of %s is refused in words',
  async (id) => {
    const sequences = [{ name: 'Internet', steps: [{ plug: 'Router' }] }];
    const house = await startHouse({ ...routerConfig, sequences });
    house.plug().isTimerBroken = true;
    await house.restart();
    house.plug().trouble = 'silent';
    await house.context.clock.advance(700_000);
    expect(house.phase()).toBe('failed');
    const message = expect.stringContaining('it does not come on again');
    await expect(house.restart(id)).rejects.toMatchObject({ code: 'plug.not-restarted', message });
    house.plug().trouble = undefined;
    await house.context.clock.advance(60_000);
    expect([house.plug().on, house.phase(), house.phase('internet')]).toEqual([true, 'idle', 'idle']);
  },
);
