import { describe, expect, test } from '@jest/globals';
import type { CommandOf, Device } from '@porchlight/core';
import { hosts, type Host } from '../support/hosts.ts';
import { addDoor, createHome, settle } from '../support/home.ts';

function setUp(host: Host) {
  const home = createHome({ host });
  const done = Promise.withResolvers<void>();
  const commands: CommandOf<'power-cycle'>[] = [];
  const device: Device = addDoor(home, {
    capabilities: { 'power-cycle': {} },
    state: { 'power-cycle': { phase: 'idle' } },
    commands: {
      async 'power-cycle'(command) {
        commands.push(command);
        await settle();
        device.update('power-cycle', { phase: 'off' });
        await done.promise;
      },
    },
  });
  return { home, done, commands };
}

describe.each(hosts)('a power cycle on $name', (host) => {
  test('is accepted once the power is off, and its switch falls back after a second', async () => {
    const { home, done, commands } = setUp(host);
    expect(await home.write('door', 'Switch', 'On', true)).toBe(0);
    await settle();
    expect(commands).toEqual([{ action: 'run' }]);
    expect(home.value('door', 'Switch', 'On')).toBe(true);
    await home.clock.advance(999);
    expect(home.value('door', 'Switch', 'On')).toBe(true);
    await home.clock.advance(1);
    expect(home.value('door', 'Switch', 'On')).toBe(false);
    expect(home.clock.pending).toBe(0);
    done.resolve();
  });

  test('is not run by switching off', async () => {
    const { home, commands } = setUp(host);
    expect(await home.write('door', 'Switch', 'On', false)).toBe(0);
    expect(commands).toEqual([]);
  });

  test('leaves nothing behind when the host stops in between', async () => {
    const { home } = setUp(host);
    await home.write('door', 'Switch', 'On', true);
    home.mirror.stop();
    await settle();
    expect(home.clock.pending).toBe(0);
  });
});
