import { expect, test } from '@jest/globals';
import { buildEvent } from '@porchlight/core/testing';
import fc from 'fast-check';
import { EventCounter, type CountingRule } from '../../src/domain/event-counter.ts';

const minute = 60_000;
const start = 1_767_225_600_000;
const everything = { services: [], devices: [], labels: [], types: ['motion'] };
const rule = (part: Partial<CountingRule> = {}): CountingRule => ({
  name: '',
  windowMs: 2 * minute,
  threshold: 2,
  minDistinctDevices: 1,
  sources: everything,
  ...part,
});
const counter = (rules: CountingRule[] = [rule()], lateMs = 0) =>
  new EventCounter({ rules, receiveMs: 3 * minute, lateMs });
const at = (id: string, minutes: number) => buildEvent({ id, occurredAt: start + minutes * minute });

test('3 / 2 / 2: e1 and e2 early, e3 alone in the last two minutes: silent', () => {
  const events = counter();
  events.add(at('e1', 0), start);
  events.restart(Number.NEGATIVE_INFINITY);
  for (const [id, minutes] of [
    ['e1', 0.1],
    ['e2', 0.2],
  ] as const) {
    events.add(at(id, minutes), start + minutes * minute);
  }
  expect(events.add(at('e3', 2.9), start + 3 * minute)).toBe(0);
});

test('3 / 2 / 2: e3 and e4 both within the last two minutes: sounds', () => {
  const events = counter();
  expect(events.add(at('e3', 1.5), start + 3 * minute)).toBe(0);
  expect(events.add(at('e4', 2.5), start + 3 * minute)).toBe(1);
});

test('an event counts once, however often it comes', () => {
  const events = counter();
  expect(events.add(at('e1', 0), start)).toBe(0);
  expect(events.add(at('e1', 0), start + 1000)).toBe(-1);
  expect(events.counts(start + 1000)).toEqual([1]);
});

test('an event from the future counts as now', () => {
  const events = counter();
  events.add(buildEvent({ id: 'skewed', occurredAt: start + 10 * minute }), start);
  expect(events.counts(start)).toEqual([1]);
  expect(events.counts(start + 3 * minute)).toEqual([0]);
});

test('one that is older than the look-back is not received', () => {
  expect(counter().add(at('old', 0), start + 3 * minute + 1)).toBe(-1);
});

test.each([
  [60_000, 1],
  [0, 0],
])('an event that arrives 50 s late, with %d ms allowed: %d', (lateMs, expected) => {
  const events = counter([rule()], lateMs);
  events.add(at('e1', 0), start);
  // It happened 1:40 after the first one, and is reported 50 s later, when the first has left the window.
  const happenedAt = start + 100_000;
  expect(events.add(buildEvent({ id: 'e2', occurredAt: happenedAt }), happenedAt + 50_000)).toBe(expected);
});

test('events that have rung the alarm do not ring it again, for no rule', () => {
  const events = counter([rule(), rule({ windowMs: 3 * minute })]);
  events.add(at('e1', 0), start);
  expect(events.add(at('e2', 0.5), start + 0.5 * minute)).toBe(3);
  expect(events.use(0, start + 0.5 * minute, start + 0.5 * minute).map(({ id }) => id)).toEqual(['e1', 'e2']);
  expect(events.add(at('e3', 1), start + minute)).toBe(0);
  expect(events.add(at('e4', 1.2), start + 1.2 * minute)).toBe(3);
});

test('what happened before the arming does not count, even when it is reported afterwards', () => {
  const events = counter([rule({ threshold: 1 })], 60_000);
  events.restart(start + minute);
  expect(events.add(at('leaving', 0.9), start + 1.5 * minute)).toBe(-1);
  expect(events.add(at('thief', 1.1), start + 1.5 * minute)).toBe(1);
});

test.each([
  ['a chosen service', { services: ['blink'] }, { service: 'blink' }, { service: 'rhombus' }],
  ['a chosen device', { devices: ['blink/garden'] }, { device: 'garden' }, { device: 'hall' }],
  ['a chosen label', { labels: ['person'] }, { label: 'person' }, { label: 'animal' }],
  ['a chosen type', { types: ['doorbell'] }, { type: 'doorbell' }, { type: 'motion' }],
  ['a motion, not a live view', {}, {}, { source: 'liveview' }],
  ['a live view that the owner chose', { types: ['motion', 'liveview'] }, { source: 'liveview' }, { type: 'armed' }],
])('counts %s and nothing else', (_what, sources, counted, ignored) => {
  const events = counter([rule({ sources: { ...everything, ...sources } })]);
  events.add(buildEvent({ id: 'yes', occurredAt: start, ...counted }), start);
  events.add(buildEvent({ id: 'no', occurredAt: start, ...ignored }), start);
  expect(events.counts(start)).toEqual([1]);
});

test('a restart of the process goes on with the same counts, and nothing counts twice', () => {
  const before = counter();
  before.add(at('e1', 0), start);
  before.add(at('e2', 0.1), start + 0.1 * minute);
  before.use(0, start + 0.1 * minute, start);
  before.add(at('e3', 0.2), start + 0.2 * minute);
  const now = start + 0.3 * minute;
  const after = counter();
  after.recall(before.remember(now), now);
  expect(after.counts(now)).toEqual([1]);
  expect([at('e1', 0), at('e3', 0.2)].map((event) => after.add(event, now))).toEqual([-1, -1]);
  expect(after.add(at('e4', 0.3), now)).toBe(1);
});

interface Known {
  at: number;
  device: string;
}

/** The rules in their own words: of all that was received, count anew what lies in the window. */
function naive(rules: CountingRule[], known: Iterable<Known>, arrived: Known, now: number): number {
  const list = [...known];
  const isFulfilled = ({ windowMs, threshold, minDistinctDevices }: CountingRule, end: number): boolean => {
    const inside = list.filter((event) => event.at >= end - windowMs && event.at <= end);
    return inside.length >= threshold && new Set(inside.map(({ device }) => device)).size >= minDistinctDevices;
  };
  return rules.reduce((mask, asked, index) => {
    const isLate = now - arrived.at <= minute;
    return isFulfilled(asked, now) || (isLate && isFulfilled(asked, arrived.at)) ? mask | (1 << index) : mask;
  }, 0);
}

const arrival = fc.record({
  stepMs: fc.oneof(
    { weight: 8, arbitrary: fc.integer({ min: 0, max: 30_000 }) },
    { weight: 1, arbitrary: fc.integer({ min: -60_000, max: -1 }) },
  ),
  // Negative: the source's clock is ahead.
  lateMs: fc.integer({ min: -30_000, max: 90_000 }),
  device: fc.constantFrom('hall', 'garden', 'door'),
  /** How many events ago it came for the first time; 0 for a new one. */
  again: fc.oneof({ weight: 3, arbitrary: fc.constant(0) }, { weight: 1, arbitrary: fc.integer({ min: 1, max: 6 }) }),
});

test('agrees with a naive recount over duplicates, late and future events, several rules and jumps of the clock', () => {
  const rules = [rule({ threshold: 3 }), rule({ threshold: 2, windowMs: minute, minDistinctDevices: 2 })];
  fc.assert(
    fc.property(fc.array(arrival, { maxLength: 40 }), (steps) => {
      const events = counter(rules, minute);
      const known = new Map<string, Known>();
      const sent: ReturnType<typeof buildEvent>[] = [];
      let now = start;
      for (const [index, { stepMs, lateMs, device, again }] of steps.entries()) {
        now += stepMs;
        const fresh = buildEvent({ id: `e${index}`, device, occurredAt: now - lateMs });
        const event = (again > 0 && sent.at(-again)) || fresh;
        sent.push(event);
        const entry = { at: Math.min(event.occurredAt, now), device: event.device };
        const isReceived = !known.has(event.id) && now - entry.at <= 3 * minute;
        if (isReceived) known.set(event.id, entry);
        expect(events.add(event, now)).toBe(isReceived ? naive(rules, known.values(), entry, now) : -1);
      }
    }),
    { numRuns: 10_000 },
  );
}, 120_000);
