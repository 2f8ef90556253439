import { describe, expect, test } from '@jest/globals';
import type { Device, OptionsOf } from '@porchlight/core';
import { hosts, type Host } from '../support/hosts.ts';
import { addDoor, createHome, settle } from '../support/home.ts';

function setUp(host: Host, options: OptionsOf<'switch'> = {}) {
  const home = createHome({ host });
  const device: Device = addDoor(home, {
    capabilities: { switch: options },
    state: { switch: { on: false } },
    commands: { switch: ({ on }) => device.update('switch', { on }) },
  });
  return { home, device };
}

describe.each(hosts)('a switch on $name', (host) => {
  test.each([
    ['switch', 'Switch'],
    ['outlet', 'Outlet'],
    ['light', 'Lightbulb'],
    [undefined, 'Switch'],
  ] as const)('%s is a %s', async (as, service) => {
    const { home, device } = setUp(host, as ? { as } : {});
    expect(await home.read('door', service, 'On')).toBe(false);
    expect(await home.write('door', service, 'On', true)).toBe(0);
    expect(device.state('switch')).toEqual({ on: true });
    expect(home.value('door', service, 'On')).toBe(true);
  });

  test('an outlet says whether something draws power', () => {
    const { home, device } = setUp(host, { as: 'outlet' });
    expect(home.value('door', 'Outlet', 'OutletInUse')).toBe(false);
    device.update('switch', { on: true });
    expect(home.value('door', 'Outlet', 'OutletInUse')).toBe(true);
    device.update('switch', { on: true, inUse: false });
    expect(home.value('door', 'Outlet', 'OutletInUse')).toBe(false);
  });

  test('changes its kind with its description', () => {
    const { home, device } = setUp(host);
    device.describe({ capabilities: { switch: { as: 'light' } } });
    expect(() => home.service('door', 'Switch')).toThrow('has no Switch');
    expect(home.value('door', 'Lightbulb', 'On')).toBe(false);
  });

  test('a device that does not answer in 2.5 s is reported, and shown when it has done it after all', async () => {
    const home = createHome({ host });
    const answer = Promise.withResolvers<void>();
    const device = addDoor(home, {
      capabilities: { switch: {} },
      state: { switch: { on: false } },
      commands: { switch: () => answer.promise },
    });
    const written = home.write('door', 'Switch', 'On', true);
    await home.clock.advance(2_499);
    expect(home.clock.pending).toBe(1);
    await home.clock.advance(1);
    expect(await written).toBe(-70408);
    await settle();
    expect(await home.read('door', 'Switch', 'On')).toBe(false);
    device.update('switch', { on: true });
    answer.resolve();
    await settle();
    expect(home.value('door', 'Switch', 'On')).toBe(true);
    expect(home.clock.pending).toBe(0);
  });

  test('says how a late command failed', async () => {
    const home = createHome({ host });
    const answer = Promise.withResolvers<void>();
    const commands = { switch: () => answer.promise };
    addDoor(home, { capabilities: { switch: {} }, state: { switch: { on: false } }, commands });
    const written = home.write('door', 'Switch', 'On', true);
    await home.clock.advance(2_500);
    await written;
    answer.reject(new Error('The plug is unplugged.'));
    await settle();
    expect(home.log.lines).toEqual([
      'warn: door: no answer to a switch command within 2.5 s; still waiting.',
      'warn: door: the switch command failed: The plug is unplugged.',
    ]);
  });
});
