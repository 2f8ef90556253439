import { describe, expect, test } from '@jest/globals';
import { Machine, hourMs, minuteMs } from '../support/machine.ts';

describe('finding an outage', () => {
  test('it is online with the first success after the start', () => {
    expect(new Machine().succeed(1).state.phase).toBe('online');
  });

  test('one failed round makes it suspect, and the next success forgives it', () => {
    const machine = new Machine().settle().fail(15_000);
    expect(machine.state.phase).toBe('suspect');
    machine.succeed(1);
    expect(machine.state.phase).toBe('online');
    expect(machine.effects).toEqual([]);
  });

  test('it is offline when the last success is 60 s ago, not a round earlier, and reboots at once', () => {
    const machine = new Machine().settle();
    machine.fail(45_000);
    expect(machine.state.phase).toBe('suspect');
    expect(machine.reboots).toEqual([]);
    machine.fail(15_000);
    expect(machine.state.phase).toBe('rebooting');
    expect(machine.list('outage')).toEqual([machine.at]);
    expect(machine.reboots).toEqual([machine.at]);
  });

  test('nothing is decided in the grace of the start, also when nothing ever answers', () => {
    const machine = new Machine().fail(119_000);
    expect(machine.state.phase).toBe('starting');
    machine.fail(15_000);
    expect(machine.reboots).toEqual([machine.at]);
  });

  test.each([
    [0, 240],
    [60, 180],
    [150, 120],
    [86_400, 120],
  ])(
    'when the machine has run for %d s, so has the router at best: the grace is %d s',
    (machineSeconds, graceSeconds) => {
      const machine = new Machine();
      machine.input({ type: 'start', machineMs: machineSeconds * 1000 });
      machine.fail(graceSeconds * 1000 - 1);
      expect(machine.reboots).toEqual([]);
      machine.fail(15_000);
      expect(machine.reboots).toHaveLength(1);
    },
  );

  test('rounds in which the checks themselves were broken are no failures', () => {
    const machine = new Machine().settle();
    for (let count = 0; count < 100; count += 1) machine.round({ status: 'broken', problem: 'no permission' });
    expect(machine.effects).toEqual([]);
    machine.fail(45_000);
    expect(machine.effects).toEqual([]);
  });

  test('a degraded line is a line', () => {
    const machine = new Machine().settle();
    for (let count = 0; count < 100; count += 1) machine.round({ status: 'degraded', problem: 'web' });
    expect(machine.state.phase).toBe('online');
  });

  test('after a long sleep the count begins anew, with the grace of a start', () => {
    const machine = new Machine().settle().fail(45_000);
    machine.at += 8 * hourMs;
    machine.fail(15_000);
    expect(machine.state.phase).toBe('starting');
    machine.fail(90_000);
    expect(machine.reboots).toEqual([]);
    machine.succeed(1);
    expect(machine.state.phase).toBe('online');
  });

  test('a sleep in the middle of an outage asks for two more failures before a reboot', () => {
    const machine = new Machine({ rebootFor: [] }).settle().fail(120_000);
    const awake = Object.assign(new Machine(), { state: machine.state, at: machine.at + hourMs });
    awake.fail(15_000);
    expect(awake.reboots).toEqual([]);
    awake.fail(15_000);
    expect(awake.reboots).toHaveLength(1);
  });
});

describe('causes', () => {
  test.each(['local-link', 'captive-portal', 'dns'] as const)('a reboot does not mend %s', (cause) => {
    const machine = new Machine().settle().fail(hourMs, cause);
    expect(machine.state).toMatchObject({ phase: 'offline', outage: { cause } });
    expect(machine.reboots).toEqual([]);
  });

  test('names that are not resolved are a reason where the owner wants that', () => {
    expect(new Machine({ rebootFor: ['dns'] }).settle().fail(60_000, 'dns').reboots).toHaveLength(1);
  });

  test('the cause follows what is seen, and a reboot comes when it is one that a reboot mends', () => {
    const machine = new Machine().settle().fail(120_000, 'local-link');
    expect(machine.reboots).toEqual([]);
    machine.fail(15_000, 'wan');
    expect(machine.state.outage?.cause).toBe('wan');
    expect(machine.reboots).toHaveLength(1);
  });

  test('without a plug it only watches', () => {
    const machine = new Machine({ canReboot: false }).settle().fail(2 * hourMs);
    expect(machine.state.phase).toBe('offline');
    expect(machine.effects.map(({ effect }) => effect.type)).toEqual(['outage']);
  });
});

describe('recovery', () => {
  test('two good rounds in a row end the outage; its length is up to the first of them', () => {
    const machine = new Machine().settle();
    const lastGoodAt = machine.at;
    machine.failWithPlug(90_000).succeed(1);
    expect(machine.state.phase).toBe('boot-grace');
    machine.fail(15_000).succeed(1);
    expect(machine.state.phase).toBe('boot-grace');
    machine.succeed(1);
    expect(machine.state).toMatchObject({ phase: 'online' });
    expect(machine.state.outage).toBeUndefined();
    const durationMs = machine.at - 15_000 - lastGoodAt;
    const outage = { startedAt: lastGoodAt, cause: 'wan', reboots: 1, manual: 0, told: [] };
    expect(machine.effects.at(-1)?.effect).toEqual({ type: 'recovered', outage, durationMs });
  });

  test('answers before the router can have lost its power are not believed', () => {
    const machine = new Machine().settle().fail(60_000);
    machine.succeed(2);
    expect(machine.state.phase).toBe('rebooting');
    machine.succeed(3);
    expect(machine.state.phase).toBe('online');
  });
});

describe('by hand', () => {
  test('it reboots at any time, and the way back is told', () => {
    const machine = new Machine().settle();
    machine.input({ type: 'manual' });
    expect(machine.effects.at(-1)?.effect).toEqual({ type: 'reboot', isManual: true, number: 1, cause: 'restart' });
    machine.input({ type: 'reboot-result', ok: true });
    machine.fail(60_000).succeed(2);
    expect(machine.effects.at(-1)?.effect).toMatchObject({
      type: 'recovered',
      outage: { cause: 'restart', manual: 1 },
    });
  });

  test.each(['rebooting', 'boot-grace'] as const)('not while the router is %s anyway', (phase) => {
    const machine = new Machine().settle();
    machine.input({ type: 'manual' });
    machine.input({ type: 'reboot-result', ok: true });
    if (phase === 'boot-grace') machine.fail(30_000);
    machine.input({ type: 'manual' });
    expect(machine.effects.at(-1)?.effect.type).toBe('refuse');
    expect(machine.state.phase).toBe(phase);
  });

  test('it goes beyond the budget, uses it up, and does not shorten the count of an outage', () => {
    const machine = new Machine().settle().failWithPlug(3 * hourMs);
    expect(machine.state.phase).toBe('exhausted');
    machine.input({ type: 'manual' });
    expect(machine.list('reboot')).toHaveLength(4);
    expect(machine.state.outage).toMatchObject({ reboots: 3, manual: 1 });
    expect(machine.state.reboots).toHaveLength(4);
  });

  test('a router that does not come back from it is an outage like any other', () => {
    const machine = new Machine().settle();
    machine.input({ type: 'manual' });
    machine.input({ type: 'reboot-result', ok: true });
    machine.failWithPlug(20 * minuteMs);
    expect(machine.state.outage).toMatchObject({ cause: 'wan', manual: 1, reboots: 1 });
  });

  test('one that fails while nothing was broken leaves nothing behind', () => {
    const machine = new Machine().settle();
    machine.input({ type: 'manual' });
    machine.input({ type: 'reboot-result', ok: false, problem: 'no plug' });
    expect(machine.state.phase).toBe('online');
    expect(machine.state.outage).toBeUndefined();
  });
});

describe('a restart of the process', () => {
  test('in the middle of a reboot gives the router its whole grace', () => {
    const machine = new Machine().settle().fail(60_000);
    machine.input({ type: 'start' });
    expect(machine.state.phase).toBe('boot-grace');
    machine.fail(225_000);
    expect(machine.reboots).toHaveLength(1);
  });

  test('with a state that lost its outage: it is one from now on', () => {
    const machine = new Machine().settle().failWithPlug(60_000);
    const { outage: _lost, ...state } = machine.state;
    machine.state = state;
    machine.fail(5 * minuteMs);
    expect(machine.state).toMatchObject({ phase: 'offline', outage: { cause: 'wan', reboots: 0 } });
  });

  test('in a crash loop there are never more reboots than the budget', () => {
    const machine = new Machine().settle();
    for (let crash = 0; crash < 200; crash += 1) {
      machine.failWithPlug(3 * minuteMs + crash * 1000);
      machine.input({ type: 'start' });
    }
    expect(machine.reboots).toHaveLength(3);
  });

  test('good rounds from before it do not make the outage shorter', () => {
    const machine = new Machine().settle();
    const startedAt = machine.at;
    machine.failWithPlug(60_000).succeed(1);
    machine.at += minuteMs;
    machine.input({ type: 'start' });
    machine.succeed(2);
    const durationMs = machine.at - 15_000 - startedAt;
    expect(machine.effects.at(-1)?.effect).toMatchObject({ type: 'recovered', durationMs });
  });

  test('after the outage has ended meanwhile tells of the recovery', () => {
    const machine = new Machine().settle().failWithPlug(10 * minuteMs);
    machine.at += minuteMs;
    machine.input({ type: 'start' });
    machine.succeed(2);
    expect(machine.effects.at(-1)?.effect.type).toBe('recovered');
  });
});
