import { describe, expect, test } from '@jest/globals';
import { Machine, hourMs, minuteMs } from '../support/machine.ts';

describe('reboots', () => {
  test('never in the grace of the start of the router', () => {
    const machine = new Machine().settle().failWithPlug(60_000);
    const [first = 0] = machine.reboots;
    machine.fail(15_000);
    expect(machine.state.phase).toBe('rebooting');
    machine.fail(240_000);
    expect(machine.state.phase).toBe('boot-grace');
    machine.fail(15_000);
    expect(machine.state.phase).toBe('offline');
    expect(machine.reboots).toEqual([first]);
  });

  test('the cool-down doubles, the third one is the last, and that is said once', () => {
    const machine = new Machine().settle().failWithPlug(24 * hourMs);
    const [first = 0, second = 0, third = 0, ...more] = machine.reboots;
    expect(more).toEqual([]);
    expect(second - first).toBe(10 * minuteMs);
    expect(third - second).toBe(20 * minuteMs);
    expect(machine.state.phase).toBe('exhausted');
    expect(machine.list('exhausted')).toHaveLength(1);
    machine.succeed(2);
    expect(machine.state.phase).toBe('online');
  });

  test('the cool-down holds over outages: a line that comes and goes is not rebooted at each of its holes', () => {
    const machine = new Machine().settle().failWithPlug(60_000);
    const [first = 0] = machine.reboots;
    machine.succeed(4).failWithPlug(hourMs);
    expect((machine.reboots[1] ?? 0) - first).toBe(10 * minuteMs);
  });

  test('the cool-down grows to six hours at most', () => {
    const machine = new Machine({ maxPerOutage: 20, maxPerDay: 48 }).settle().failWithPlug(72 * hourMs);
    const gaps = machine.reboots.map((at, index) => at - (machine.reboots[index - 1] ?? at));
    expect(Math.max(...gaps)).toBe(6 * hourMs);
  });

  test('no more than the budget of a day over many outages, and again when the day is over', () => {
    const machine = new Machine().settle();
    const startAt = machine.at;
    for (let outage = 0; outage < 20; outage += 1) {
      machine.failWithPlug(5 * minuteMs).succeed(4);
      machine.succeed((30 * minuteMs) / 15_000);
    }
    expect(machine.reboots).toHaveLength(6);
    expect(machine.list('exhausted').length).toBeGreaterThan(0);
    machine.succeed((24 * hourMs - (machine.at - startAt)) / 15_000 + 10);
    machine.failWithPlug(5 * minuteMs);
    expect(machine.reboots).toHaveLength(7);
  });

  test('an outage that outlasts the budget of the day goes on with the next day', () => {
    const machine = new Machine({ maxPerOutage: 4, maxPerDay: 2 }).settle().failWithPlug(23 * hourMs);
    expect(machine.reboots).toHaveLength(2);
    expect(machine.state.phase).toBe('exhausted');
    machine.failWithPlug(3 * hourMs);
    expect(machine.reboots).toHaveLength(4);
    expect(machine.list('exhausted')).toHaveLength(1);
  });

  test.each([
    [{ maxPerOutage: 0 }, 'outage'],
    [{ maxPerDay: 0 }, 'day'],
  ])('a budget of none is none: %j', (settings, limit) => {
    const machine = new Machine(settings).settle().fail(48 * hourMs);
    expect(machine.reboots).toEqual([]);
    expect(machine.effects.at(-1)?.effect).toMatchObject({ type: 'exhausted', limit });
  });

  test('in quiet hours it waits, says so once, and does it when they are over', () => {
    const machine = new Machine().settle();
    machine.isQuiet = true;
    machine.fail(8 * hourMs);
    expect(machine.reboots).toEqual([]);
    expect(machine.list('postponed')).toHaveLength(1);
    machine.isQuiet = false;
    machine.fail(15_000);
    expect(machine.reboots).toHaveLength(1);
  });

  test('while the plug cannot be told anything nothing is spent', () => {
    const machine = new Machine().settle();
    machine.obstacle = 'there is no plug';
    machine.fail(hourMs);
    expect(machine.state.reboots).toEqual([]);
    expect(machine.effects.at(-1)?.effect).toEqual({ type: 'postponed', why: 'there is no plug' });
    machine.obstacle = undefined;
    machine.fail(15_000);
    expect(machine.reboots).toHaveLength(1);
  });

  test('a refusal counts, is said, and waits out the cool-down', () => {
    const machine = new Machine().settle().fail(60_000);
    machine.input({ type: 'reboot-result', ok: false, problem: 'it is not proven' });
    expect(machine.effects.at(-1)?.effect).toEqual({ type: 'reboot-failed', problem: 'it is not proven' });
    machine.fail(9 * minuteMs);
    expect(machine.reboots).toHaveLength(1);
    machine.fail(minuteMs);
    expect(machine.reboots).toHaveLength(2);
  });

  test('without any answer from the plug the router gets its time, and the watchdog goes on', () => {
    const machine = new Machine().settle().fail(60_000);
    machine.fail(20_000 + 240_000 + 60_000 + 15_000);
    expect(machine.state.phase).toBe('boot-grace');
    machine.fail(5 * minuteMs);
    expect(machine.reboots).toHaveLength(2);
  });

  test('a result that comes after all is over changes nothing', () => {
    const machine = new Machine().settle().fail(60_000).succeed(6);
    const before = machine.state;
    machine.input({ type: 'reboot-result', ok: false, problem: 'late' });
    expect(machine.state.phase).toBe('online');
    expect(machine.state).toEqual(before);
  });

  test('a sequence of plugs takes its time: the grace begins when the plug is done, and answers before are not believed', () => {
    const machine = new Machine().settle().failWithPlug(60_000);
    machine.isPlugBusy = true;
    machine.fail(90_000).succeed(3);
    expect(machine.state.phase).toBe('rebooting');
    machine.isPlugBusy = false;
    machine.fail(15_000);
    expect(machine.state.phase).toBe('boot-grace');
    machine.fail(225_000);
    expect(machine.state.phase).toBe('boot-grace');
  });

  test('a plug that says for ever that it is busy holds nothing for ever', () => {
    const machine = new Machine().settle().failWithPlug(60_000);
    machine.isPlugBusy = true;
    machine.fail(6 * minuteMs).succeed(2);
    expect(machine.state.phase).toBe('online');
  });

  test('while the plug is in the middle of a restart of its own no other is asked for', () => {
    const machine = new Machine().settle();
    machine.isPlugBusy = true;
    machine.fail(5 * minuteMs);
    expect(machine.reboots).toEqual([]);
    machine.isPlugBusy = false;
    machine.fail(15_000);
    expect(machine.reboots).toHaveLength(1);
  });
});

describe('a restart by somebody else', () => {
  test('gives the router its time like any other, and counts', () => {
    const machine = new Machine().settle();
    machine.input({ type: 'cycle-seen' });
    expect(machine.state).toMatchObject({ phase: 'rebooting', outage: { cause: 'restart', manual: 1 } });
    machine.fail(4 * minuteMs);
    expect(machine.reboots).toEqual([]);
    machine.succeed(2);
    expect(machine.effects.map(({ effect }) => effect.type)).toEqual(['foreign-reboot', 'recovered']);
    expect(machine.state.reboots).toHaveLength(1);
  });

  test('that is our own is not counted twice', () => {
    const machine = new Machine().settle().fail(60_000);
    machine.input({ type: 'cycle-seen' });
    expect(machine.state.outage).toMatchObject({ reboots: 1, manual: 0 });
    expect(machine.list('foreign-reboot')).toEqual([]);
  });

  test('in the grace of a reboot is waited for and not counted: it may be that very one, taken up again', () => {
    const machine = new Machine().settle().failWithPlug(3 * minuteMs);
    expect(machine.state.phase).toBe('boot-grace');
    machine.input({ type: 'start' });
    machine.input({ type: 'cycle-seen' });
    machine.fail(4 * minuteMs);
    expect(machine.state).toMatchObject({ phase: 'boot-grace', outage: { reboots: 1, manual: 0 } });
    expect(machine.state.reboots).toHaveLength(1);
    expect(machine.list('foreign-reboot')).toEqual([]);
  });
});

describe('pause', () => {
  test('nothing is rebooted while it lasts; it ends by itself, and then the reboot is done', () => {
    const machine = new Machine().settle();
    machine.input({ type: 'pause', on: true });
    machine.fail(2 * hourMs - 30_000);
    expect(machine.reboots).toEqual([]);
    machine.fail(30_000);
    expect(machine.list('resumed')).toHaveLength(1);
    expect(machine.reboots).toHaveLength(1);
  });

  test('without an end it lasts until it is ended', () => {
    const machine = new Machine({ pauseMs: 0 }).settle();
    machine.input({ type: 'pause', on: true });
    machine.fail(48 * hourMs);
    expect(machine.reboots).toEqual([]);
    machine.input({ type: 'pause', on: false });
    machine.fail(15_000);
    expect(machine.reboots).toHaveLength(1);
  });
});
