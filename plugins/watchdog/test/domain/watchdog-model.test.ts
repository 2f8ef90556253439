import { expect, test } from '@jest/globals';
import type { WatchdogEffect } from '../../src/domain/step.ts';
import type { Verdict } from '../../src/domain/verdict.ts';
import { dayMs, type WatchdogSettings } from '../../src/domain/watchdog-state.ts';
import { Machine, minuteMs } from '../support/machine.ts';

/** A small seeded generator, so that a failure can be played again. */
function createRandom(seed: number): () => number {
  let state = seed >>> 0;
  return () => {
    state = (Math.imul(state, 1_664_525) + 1_013_904_223) >>> 0;
    return state / 2 ** 32;
  };
}

type Random = () => number;
const pick = <T>(random: Random, values: readonly T[]): T => values[Math.floor(random() * values.length)] as T;

function randomSettings(random: Random): Partial<WatchdogSettings> {
  return {
    maxPerOutage: pick(random, [0, 1, 3, 5]),
    maxPerDay: pick(random, [0, 1, 4, 6]),
    cooldownMs: pick(random, [minuteMs, 10 * minuteMs]),
    bootGraceMs: pick(random, [30_000, 240_000]),
    startupGraceMs: pick(random, [0, 120_000]),
    recoveryRounds: pick(random, [1, 2, 4]),
    pauseMs: pick(random, [0, 10 * minuteMs]),
  };
}

const failures: readonly Verdict[] = [
  { status: 'offline', cause: 'wan' },
  { status: 'offline', cause: 'wan' },
  { status: 'offline', cause: 'wan' },
  { status: 'offline', cause: 'lan' },
  { status: 'offline', cause: 'dns' },
  { status: 'offline', cause: 'local-link' },
  { status: 'offline', cause: 'captive-portal' },
  { status: 'broken', problem: 'none' },
  { status: 'online' },
];

/** One random thing happens; the line has long good and long bad times, as lines do. */
function happen(machine: Machine, random: Random, line: { isUp: boolean }): void {
  if (random() < 0.01) line.isUp = !line.isUp;
  const dice = random();
  if (dice < 0.9) machine.round(line.isUp ? { status: 'online' } : pick(random, failures));
  else if (dice < 0.94) machine.input({ type: 'reboot-result', ok: random() < 0.6, problem: 'refused' });
  else if (dice < 0.955) machine.input({ type: 'start' });
  else if (dice < 0.96) machine.input({ type: 'pause', on: random() < 0.3 });
  else if (dice < 0.964) machine.input({ type: 'manual' });
  else if (dice < 0.966) machine.input({ type: 'cycle-seen' });
  else if (dice < 0.97) machine.isPlugBusy = random() < 0.3;
  else if (dice < 0.975) machine.at += Math.floor(random() * 10 * minuteMs);
  else if (dice < 0.976) machine.at += dayMs / 2;
  else if (dice < 0.98) machine.isQuiet = !machine.isQuiet && random() < 0.3;
  else if (dice < 0.99) machine.obstacle = random() < 0.3 ? 'no plug' : undefined;
  else machine.at += Math.floor(random() * 5_000);
}

function checkReboots(machine: Machine, before: { from: number; isHindered: boolean }): number {
  const fresh = machine.effects.slice(before.from).filter(({ effect }) => effect.type === 'reboot');
  const { bootGraceMs, maxPerDay, maxPerOutage, cooldownMs } = machine.settings;
  for (const { at, effect } of fresh) {
    if (effect.type !== 'reboot' || effect.isManual) continue;
    const isReboot = ({ type }: WatchdogEffect): boolean => type === 'reboot' || type === 'foreign-reboot';
    const all = machine.effects.filter((entry) => isReboot(entry.effect) && entry.at <= at);
    const inDay = all.filter((entry) => at - entry.at < dayMs);
    expect(inDay.length).toBeLessThanOrEqual(maxPerDay);
    expect(machine.state.outage?.reboots ?? 0).toBeLessThanOrEqual(maxPerOutage);
    const previous = all.at(-2);
    if (previous) expect(at - previous.at).toBeGreaterThanOrEqual(Math.min(cooldownMs, bootGraceMs + cooldownMs));
    expect(before.isHindered).toBe(false);
    expect(['wan', 'lan']).toContain(effect.cause);
  }
  return fresh.length;
}

test('over 200,000 random steps: never more than the budget, never in a grace, always back online', () => {
  const random = createRandom(20_261_121);
  let steps = 0;
  let reboots = 0;
  while (steps < 200_000) {
    const machine = new Machine(randomSettings(random));
    const line = { isUp: true };
    for (let count = 0; count < 2_000; count += 1, steps += 1) {
      const { phase, phaseAt, paused } = machine.state;
      const from = machine.effects.length;
      happen(machine, random, line);
      const isPaused = paused !== undefined && (paused.until === undefined || machine.at < paused.until);
      const isHindered = isPaused || machine.isQuiet || machine.obstacle !== undefined || machine.isPlugBusy;
      const rebooted = checkReboots(machine, { from, isHindered });
      reboots += rebooted;
      if (rebooted === 0) continue;
      const { effect } = machine.effects.findLast((entry) => entry.effect.type === 'reboot') ?? {};
      expect(phase).not.toBe('rebooting');
      if (phase === 'boot-grace') expect(machine.at - phaseAt).toBeGreaterThanOrEqual(machine.settings.bootGraceMs);
      if (effect?.type === 'reboot' && !effect.isManual && phase === 'starting') {
        expect(machine.at - phaseAt).toBeGreaterThanOrEqual(machine.settings.startupGraceMs);
      }
    }
    // Whatever it was in the middle of: when the checks succeed it is online in a few rounds.
    machine.isPlugBusy = false;
    machine.succeed(machine.settings.recoveryRounds + 4);
    expect(machine.state.phase).toBe('online');
    expect(machine.state.outage).toBeUndefined();
  }
  expect(reboots).toBeGreaterThan(500);
});
