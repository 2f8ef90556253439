import { describe, expect, test } from '@jest/globals';
import type { CommandOf, Device, StateOf } from '@porchlight/core';
import { hosts, type Host } from '../support/hosts.ts';
import { addDoor, createHome, settle, type Home } from '../support/home.ts';

type State = StateOf<'alarm'>;

function setUp(host: Host, state: State = { mode: 'disarmed', phase: 'idle' }) {
  const home = createHome({ host });
  const commands: CommandOf<'alarm'>[] = [];
  const device: Device = addDoor(home, {
    capabilities: { alarm: { modes: ['away', 'night'] } },
    state: { alarm: state },
    commands: {
      alarm(command) {
        commands.push(command);
        if (command.action === 'set-mode') device.update('alarm', { mode: command.mode, phase: 'armed' });
      },
    },
  });
  return { home, commands, device };
}

const target = (home: Home) => home.value('door', 'SecuritySystem', 'SecuritySystemTargetState');
const current = (home: Home) => home.value('door', 'SecuritySystem', 'SecuritySystemCurrentState');
const setTarget = (home: Home, value: number) =>
  home.write('door', 'SecuritySystem', 'SecuritySystemTargetState', value);

describe.each(hosts)('the alarm on $name', (host) => {
  test.each<[State, { target: number; current: number; type: number }]>([
    [
      { mode: 'disarmed', phase: 'idle' },
      { target: 3, current: 3, type: 0 },
    ],
    [
      { mode: 'away', phase: 'arming' },
      { target: 1, current: 3, type: 0 },
    ],
    [
      { mode: 'away', phase: 'armed' },
      { target: 1, current: 1, type: 0 },
    ],
    [
      { mode: 'night', phase: 'armed' },
      { target: 2, current: 2, type: 0 },
    ],
    [
      { mode: 'night', phase: 'pending' },
      { target: 2, current: 2, type: 0 },
    ],
    [
      { mode: 'away', phase: 'triggered' },
      { target: 1, current: 4, type: 1 },
    ],
    [
      { mode: 'disarmed', phase: 'triggered' },
      { target: 3, current: 4, type: 1 },
    ],
  ])('shows %j as %j', (state, expected) => {
    const { home } = setUp(host, state);
    const type = home.value('door', 'SecuritySystem', 'SecuritySystemAlarmType');
    expect({ target: target(home), current: current(home), type }).toEqual(expected);
  });

  test('offers only the modes of its options', async () => {
    const { home, commands } = setUp(host);
    const valid = (name: 'SecuritySystemTargetState' | 'SecuritySystemCurrentState') =>
      home.characteristic('door', 'SecuritySystem', name).props.validValues;
    expect(valid('SecuritySystemTargetState')).toEqual([1, 2, 3]);
    expect(valid('SecuritySystemCurrentState')).toEqual([1, 2, 3, 4]);
    expect(await setTarget(home, 0)).toBe(-70410);
    expect(commands).toEqual([]);
  });

  test('arms, and disarms while it sounds', async () => {
    const { home, commands, device } = setUp(host);
    expect(await setTarget(home, 1)).toBe(0);
    expect(current(home)).toBe(1);
    device.update('alarm', { mode: 'away', phase: 'triggered' });
    expect(current(home)).toBe(4);
    expect(await setTarget(home, 3)).toBe(0);
    expect(commands).toEqual([
      { action: 'set-mode', mode: 'away' },
      { action: 'set-mode', mode: 'disarmed' },
    ]);
  });

  test('silences when the set mode is chosen again while it sounds', async () => {
    const { home, commands } = setUp(host, { mode: 'away', phase: 'triggered' });
    expect(await setTarget(home, 1)).toBe(0);
    expect(commands).toEqual([{ action: 'silence' }]);
  });

  test('goes back to the real mode when arming is refused', async () => {
    const home = createHome({ host });
    addDoor(home, {
      capabilities: { alarm: { modes: ['away'] } },
      state: { alarm: { mode: 'disarmed', phase: 'idle' } },
      commands: { alarm: () => Promise.reject(new Error('The back door camera is offline.')) },
    });
    expect(await setTarget(home, 1)).toBe(-70402);
    await settle();
    expect(target(home)).toBe(3);
    expect(await home.read('door', 'SecuritySystem', 'SecuritySystemTargetState')).toBe(3);
    expect(home.log.lines).toEqual(['warn: door: the alarm command failed: The back door camera is offline.']);
  });

  test('shows the state that the alarm took instead of the one that was asked for', async () => {
    const home = createHome({ host });
    addDoor(home, {
      capabilities: { alarm: { modes: ['away'] } },
      state: { alarm: { mode: 'disarmed', phase: 'idle' } },
      commands: { alarm: () => undefined },
    });
    expect(await setTarget(home, 1)).toBe(0);
    await settle();
    expect(target(home)).toBe(3);
  });

  test('updates tile and motion sensor before the call that changed them returns', () => {
    const home = createHome({ host });
    const device = addDoor(home, {
      capabilities: { alarm: { modes: ['away'] }, motion: {} },
      state: { alarm: { mode: 'away', phase: 'armed' }, motion: { detected: false } },
    });
    device.update('alarm', { mode: 'away', phase: 'triggered' });
    device.update('motion', { detected: true });
    expect(current(home)).toBe(4);
    expect(home.value('door', 'MotionSensor', 'MotionDetected')).toBe(true);
  });
});
