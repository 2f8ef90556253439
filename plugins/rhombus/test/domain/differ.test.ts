import { expect, test } from '@jest/globals';
import fc from 'fast-check';
import {
  defaultDifferSettings,
  diffSighting,
  type DifferState,
  type Seen,
  type Happening,
} from '../../src/domain/differ.ts';
import type { Sighting } from '../../src/domain/sighting.ts';

const settings = { ...defaultDifferSettings, labels: new Set(['motion', 'person']) };
const now = 1_767_225_600_000;

function sighting(part: Partial<Sighting> = {}): Sighting {
  return { id: 'a', device: 'd', at: now, durationMs: 0, activities: ['MOTION'], channel: 'stream', ...part };
}

function feed(sightings: readonly Sighting[], at = now): { state: DifferState; happened: Happening[] } {
  let state: DifferState = { seen: new Map() };
  const happened: Happening[] = [];
  for (const one of sightings) {
    const step = diffSighting(settings, state, one, at);
    state = step.state;
    happened.push(...step.effects.filter((effect) => effect.type === 'happened'));
  }
  return { state, happened };
}

test('an alert happens once, whichever channels tell of it', () => {
  const { happened } = feed([sighting(), sighting({ channel: 'webhook' }), sighting({ channel: 'poll' })]);
  expect(happened).toHaveLength(1);
  expect(happened[0]).toMatchObject({ isFresh: true, meaning: { type: 'motion', label: 'motion' } });
});

test('a known alert that goes on prolongs', () => {
  const { state } = feed([sighting()]);
  const { effects } = diffSighting(settings, state, sighting({ durationMs: 20_000 }), now + 5000);
  expect(effects.map(({ type }) => type)).toEqual(['prolonged']);
  expect(diffSighting(settings, state, sighting({ durationMs: 20_000 }), now + 20_000).effects).toEqual([]);
});

test('an alert without meaning is heard again when it has one', () => {
  const { happened } = feed([sighting({ activities: [] }), sighting({ activities: ['MOTION_HUMAN'] })]);
  expect(happened.map(({ meaning }) => meaning)).toEqual([{ type: 'motion', label: 'person' }]);
});

test.each([
  [120_000, true],
  [120_001, false],
])('at an age of %d ms it is fresh: %s', (age, isFresh) => {
  expect(feed([sighting({ at: now - age })]).happened[0]?.isFresh).toBe(isFresh);
});

test('a movement and an alert near to each other are one, each pairs once', () => {
  const moved = (id: string, at: number): Sighting => sighting({ id, at, channel: 'timeline' });
  expect(feed([sighting(), moved('m1', now + 3000)]).happened).toHaveLength(1);
  expect(feed([moved('m1', now + 3000), sighting()]).happened).toHaveLength(1);
  expect(feed([sighting(), moved('m1', now + 3001)]).happened).toHaveLength(2);
  expect(feed([sighting(), moved('m1', now + 1000), moved('m2', now + 2000)]).happened).toHaveLength(2);
  expect(feed([sighting(), { ...moved('m1', now), device: 'other' }]).happened).toHaveLength(2);
});

test('an alert in the course of a movement is that movement, a second alert is not', () => {
  const long = sighting({ id: 'm', at: now - 60_000, durationMs: 60_000, channel: 'timeline' });
  expect(feed([long, sighting({ at: now - 20_000 })]).happened.map(({ sighting: { id } }) => id)).toEqual(['m']);
  const two = [sighting({ id: 'a', at: now - 40_000 }), sighting({ id: 'b', at: now - 20_000 })];
  expect(feed([long, ...two]).happened.map(({ sighting: { id } }) => id)).toEqual(['m', 'b']);
});

test('the event of a rule and the alert of the same movement are one, in either order, also beside the timeline', () => {
  const rule = sighting({ id: 'r', channel: 'rule', at: now + 500 });
  const moved = sighting({ id: 'm', channel: 'timeline' });
  expect(feed([rule, sighting()]).happened).toHaveLength(1);
  expect(feed([sighting(), rule]).happened).toHaveLength(1);
  for (const order of [
    [sighting(), rule, moved],
    [moved, rule, sighting()],
    [rule, moved, sighting()],
  ]) {
    expect(feed(order).happened).toHaveLength(1);
  }
});

test('a known alert that turns out to be a person says so once', () => {
  const { state } = feed([sighting()]);
  const person = sighting({ activities: ['MOTION', 'MOTION_HUMAN'] });
  const step = diffSighting(settings, state, person, now + 1000);
  expect(step.effects).toMatchObject([{ type: 'prolonged', label: 'person' }]);
  expect(diffSighting(settings, step.state, person, now + 2000).effects).toEqual([]);
});

test('an absurd duration makes nothing old happen now', () => {
  const old = sighting({ at: now - 3_600_000, durationMs: 86_400_000 });
  expect(feed([old]).happened[0]?.isFresh).toBe(false);
});

test('memory is bounded by number and by age', () => {
  const many = Array.from({ length: 300 }, (_, index) => sighting({ id: `a${index}`, at: now + index }));
  let state: DifferState = { seen: new Map() };
  for (const one of many) state = diffSighting({ ...settings, maxSeen: 100 }, state, one, now).state;
  expect(state.seen.size).toBe(100);
  const later = now + settings.keepMs + 1_000_000;
  expect(diffSighting(settings, state, sighting({ id: 'new', at: later }), later).state.seen.size).toBe(1);
});

const anySighting = fc.record({
  id: fc.constantFrom('a', 'b', 'c', 'd', 'e', 'f'),
  channel: fc.constantFrom('stream', 'webhook', 'poll' as const),
});
/** What is true of an alert is the same on every channel. */
const truth = (id: string): Partial<Sighting> => ({
  id,
  device: id < 'd' ? 'front' : 'back',
  at: now - id.charCodeAt(0) * 100,
  activities: [id < 'c' ? 'MOTION' : 'MOTION_HUMAN'],
});

test('property: in any order, with any repetition and restarts, every alert happens exactly once', () => {
  fc.assert(
    fc.property(fc.array(anySighting, { maxLength: 40 }), fc.integer({ min: 0, max: 40 }), (told, restartAt) => {
      let state: DifferState = { seen: new Map() };
      const happened: string[] = [];
      told.forEach(({ id, channel }, index) => {
        // A restart reads what was written.
        if (index === restartAt) {
          const stored = JSON.parse(JSON.stringify([...state.seen.values()])) as Seen[];
          state = { seen: new Map(stored.map((one) => [one.id, one])) };
        }
        const step = diffSighting(settings, state, sighting({ ...truth(id), channel }), now);
        state = step.state;
        for (const effect of step.effects) if (effect.type === 'happened') happened.push(effect.sighting.id);
      });
      expect(happened.toSorted()).toEqual([...new Set(told.map(({ id }) => id))].toSorted());
    }),
    { numRuns: 10_000 },
  );
});

test('property: the state that went in is left as it was', () => {
  fc.assert(
    fc.property(fc.array(anySighting, { maxLength: 10 }), (told) => {
      const { state } = feed(told.map(({ id, channel }) => sighting({ ...truth(id), channel })));
      const before = JSON.stringify([...state.seen]);
      diffSighting(settings, state, sighting({ id: 'z', channel: 'timeline' }), now);
      expect(JSON.stringify([...state.seen])).toBe(before);
    }),
    { numRuns: 1000 },
  );
});
