import { expect, test } from '@jest/globals';
import fc from 'fast-check';
import { checkHomes, settleMs, type Tower } from '../../src/domain/check.ts';
import type { Home } from '../../src/domain/home.ts';
import { hear, type Signs } from '../../src/domain/signs.ts';
import { buildHome, rules, t0 } from '../support/homes.ts';

const s = 1000;
const ids = ['a', 'b', 'c', 'd'] as const;

/** What happens in one step of five seconds. */
const step = fc.record({
  beats: fc.array(fc.constantFrom(...ids), { maxLength: 4 }),
  rebooting: fc.option(fc.constantFrom(...ids), { freq: 20 }),
  /** The clock jumps, or the watchtower sleeps or restarts, seconds. */
  jump: fc.option(fc.integer({ min: -7_200, max: 7_200 }), { freq: 60 }),
});

interface Told {
  at: number;
  kind: string;
  id: string | undefined;
  home: Home | undefined;
}

/** Plays the steps; a check every third one. */
function play(steps: readonly { beats: string[]; rebooting: string | null; jump: number | null }[], first: Home[]) {
  let tower: Tower = { checkedAt: t0, isolatedSince: 0 };
  let homes = first;
  let now = t0;
  let seq = 0;
  const told: Told[] = [];
  for (const [index, { beats, rebooting, jump }] of steps.entries()) {
    now += 5 * s + (jump ?? 0) * s;
    homes = homes.map((home) => {
      const signs: Signs = { ...home, plainAt: 0, said: undefined };
      if (beats.includes(home.id)) hear(signs, { type: 'beat', seq: (seq += 1) }, now);
      if (rebooting === home.id) hear(signs, { type: 'rebooting', seq: (seq += 1), backInSeconds: 240 }, now);
      return { ...home, ...signs, said: '' };
    });
    if (index % 3 !== 2) continue;
    const outcome = checkHomes(tower, homes, { ...rules, now });
    for (const alert of outcome.alerts) {
      const id = 'home' in alert ? alert.home.id : undefined;
      told.push({ at: now, kind: alert.kind, id, home: homes.find((home) => home.id === id) });
    }
    tower = outcome.tower;
    homes = homes.map((home) => outcome.changed.find(({ id }) => id === home.id) ?? home);
  }
  return { told, homes, tower, now };
}

const run = fc.array(step, { minLength: 30, maxLength: 400 });
const options = { numRuns: 300 };

test('what is told of a home alternates: down, reminders, recovered, down …', () => {
  fc.assert(
    fc.property(run, (steps) => {
      const { told } = play(
        steps,
        ids.map((id) => buildHome({ id })),
      );
      for (const id of ids) {
        let isDown = false;
        for (const { kind } of told.filter((one) => one.id === id)) {
          expect(kind === 'down').toBe(!isDown);
          isDown = kind !== 'recovered';
        }
      }
      const own = told.filter(({ id }) => id === undefined).map(({ kind }) => kind);
      expect(own).toEqual(own.map((_, index) => (index % 2 === 0 ? 'isolated' : 'rejoined')));
    }),
    options,
  );
});

test('nobody is told of a home that was never heard', () => {
  fc.assert(
    fc.property(run, (steps) => {
      const silent = steps.map((one) => ({
        ...one,
        beats: one.beats.filter((id) => id !== 'a'),
        rebooting: one.rebooting === 'a' ? null : one.rebooting,
      }));
      const homes = ids.map((id) => buildHome({ id, heardAt: id === 'a' ? 0 : t0 }));
      expect(play(silent, homes).told.filter(({ id }) => id === 'a')).toEqual([]);
    }),
    options,
  );
});

test('a home is never called down before its grace is over, nor while its reboot lasts', () => {
  fc.assert(
    fc.property(run, (steps) => {
      const { told } = play(
        steps,
        ids.map((id) => buildHome({ id })),
      );
      for (const { at, home } of told.filter(({ kind }) => kind === 'down')) {
        expect(at - home!.heardAt).toBeGreaterThanOrEqual(home!.graceMs);
        if (home!.normalAt < home!.announcedAt) expect(at).toBeGreaterThanOrEqual(home!.rebootUntil + home!.graceMs);
      }
    }),
    options,
  );
});

test('two messages about one silence are at least five minutes apart while the clock is steady', () => {
  const steady = fc.array(
    step.map((one) => ({ ...one, jump: null })),
    { minLength: 100, maxLength: 600 },
  );
  fc.assert(
    fc.property(steady, (steps) => {
      const { told } = play(
        steps,
        ids.map((id) => buildHome({ id })),
      );
      for (const id of ids) {
        const own = told.filter((one) => one.id === id);
        for (const [index, { at, kind }] of own.entries()) {
          if (kind === 'reminder') expect(at - own[index - 1]!.at).toBeGreaterThanOrEqual(rules.reminderMs);
        }
      }
    }),
    options,
  );
});

test('a home that beats every 15 s is never called down, whatever the others and the clock do', () => {
  fc.assert(
    fc.property(run, (steps) => {
      const steady = steps.map((one) => ({ ...one, beats: [...one.beats, 'a'], rebooting: null }));
      expect(
        play(
          steady,
          ids.map((id) => buildHome({ id })),
        ).told.filter(({ id }) => id === 'a'),
      ).toEqual([]);
    }),
    options,
  );
});

test('a clock that is hours ahead between two checks, while a reboot is announced, hides no silence', () => {
  const calm = { beats: ['b'], rebooting: null, jump: null };
  const ahead = [calm, { beats: [], rebooting: 'a', jump: 7_179 }, { beats: [], rebooting: null, jump: -7_179 }];
  const homes = ids.map((id) => buildHome({ id }));
  const { told } = play([...ahead, ...Array.from({ length: 200 }, () => calm)], homes);
  expect(told.filter(({ id }) => id === 'a').map(({ kind }) => kind)[0]).toBe('down');
});

test('from any past, a home that stays silent while another beats is told of in time', () => {
  fc.assert(
    fc.property(run, (past) => {
      const future = Array.from({ length: 200 }, () => ({ beats: ['b'], rebooting: null, jump: null }));
      const { homes } = play(
        [...past, ...future],
        ids.map((id) => buildHome({ id })),
      );
      const silent = homes.find(({ id }) => id === 'a')!;
      // 240 s of an announced reboot, the patience after a restart, the grace, and one interval of checks.
      expect(200 * 5 * s).toBeGreaterThan(240 * s + settleMs + silent.graceMs + rules.everyMs);
      expect(silent.downSince).toBeGreaterThan(0);
    }),
    options,
  );
});
