import { expect, test } from '@jest/globals';
import fc from 'fast-check';
import { admit, openGate, release, sameKeyMs, type GateState } from '../src/domain/flood-gate.ts';
import { quietUntil, toMinute } from '../src/domain/quiet-hours.ts';
import type { Notice, Severity } from '../src/index.ts';

const notice = (key: string, severity: Severity = 'warning'): Notice => ({
  key,
  severity,
  title: key,
  text: `about ${key}`,
});

test('a notice is sent at once; the same again within ten minutes is not', () => {
  const first = admit(openGate, notice('a'), 0, undefined);
  expect(first.send?.key).toBe('a');
  expect(admit(first.state, notice('a'), sameKeyMs - 1, undefined).send).toBeUndefined();
  expect(admit(first.state, notice('a'), sameKeyMs, undefined).send?.key).toBe('a');
});

test('an alarm is no repetition of a warning of the same key; a warning after the alarm is', () => {
  const warned = admit(openGate, notice('door'), 0, undefined);
  const rung = admit(warned.state, notice('door', 'alarm'), 1_000, undefined);
  expect(rung.send?.severity).toBe('alarm');
  expect(admit(rung.state, notice('door'), 2_000, undefined).send).toBeUndefined();
  expect(admit(rung.state, notice('door', 'alarm'), 2_000, undefined).send).toBeUndefined();
});

test('of many at once five are sent, and the rest together, half a minute later', () => {
  let state: GateState = openGate;
  const sent: string[] = [];
  let wakeAt: number | undefined;
  for (let count = 1; count <= 9; count += 1) {
    const decision = admit(state, notice(`n${count}`), 0, undefined);
    state = decision.state;
    wakeAt = decision.wakeAt ?? wakeAt;
    if (decision.send) sent.push(decision.send.title);
  }
  expect(sent).toEqual(['n1', 'n2', 'n3', 'n4', 'n5']);
  expect(wakeAt).toBe(30_000);
  expect(release(state, 30_000, undefined).send).toMatchObject({
    title: '4 messages',
    text: 'n6: about n6\nn7: about n7\nn8: about n8\nn9: about n9',
    severity: 'warning',
  });
});

test('in the quiet hours messages wait until their end, and an alarm does not', () => {
  const morning = 7 * 3_600_000;
  const held = admit(openGate, notice('low battery'), 0, morning);
  expect([held.send, held.wakeAt]).toEqual([undefined, morning]);
  expect(admit(held.state, notice('fire', 'alarm'), 1, morning).send?.key).toBe('fire');
  expect(release(held.state, morning, undefined).send).toMatchObject({
    title: 'low battery',
    text: 'about low battery',
  });
});

test.each([
  ['22:00', '07:00', '21:59', undefined],
  ['22:00', '07:00', '22:00', 540],
  ['22:00', '07:00', '06:59', 1],
  ['22:00', '07:00', '07:00', undefined],
  ['12:00', '14:00', '13:00', 60],
  ['12:00', '12:00', '12:00', undefined],
])('quiet from %s to %s: at %s it ends in %j minutes', (from, to, at, minutes) => {
  const until = quietUntil({ fromMinute: toMinute(from), toMinute: toMinute(to) }, 600_000, toMinute(at));
  expect(until).toBe(minutes === undefined ? undefined : 600_000 + minutes * 60_000);
});

test('whatever comes: no alarm is held or lost, nothing is said twice, the memory is bounded', () => {
  const step = fc.record({
    key: fc.integer({ min: 0, max: 300 }).map(String),
    severity: fc.constantFrom<Severity>('info', 'warning', 'alarm'),
    afterMs: fc.integer({ min: -1000, max: 40_000 }),
    isQuiet: fc.boolean(),
  });
  fc.assert(
    fc.property(fc.array(step, { maxLength: 200 }), (steps) => {
      let state: GateState = openGate;
      let now = 1_000_000;
      const lastSent = new Map<string, number>();
      for (const { key, severity, afterMs, isQuiet } of steps) {
        now += afterMs;
        const quiet = isQuiet ? now + 3_600_000 : undefined;
        // Times that a clock jumping back has put into the future are forgotten.
        for (const [sent, at] of lastSent) if (at > now) lastSent.delete(sent);
        const decision = admit(state, notice(key, severity), now, quiet);
        state = decision.state;
        const since = now - (lastSent.get(`${severity} ${key}`) ?? -Infinity);
        if (severity === 'alarm') expect(decision.send !== undefined).toBe(since >= sameKeyMs);
        if (decision.send) {
          expect(since).toBeGreaterThanOrEqual(sameKeyMs);
          lastSent.set(`${severity} ${key}`, now);
          if (isQuiet) expect(severity).toBe('alarm');
        }
        expect(state.held.length).toBeLessThanOrEqual(50);
        expect(state.recent.length).toBeLessThanOrEqual(200);
        if (state.held.length > 0) expect(decision.wakeAt).toBeDefined();
      }
      const end = release(state, now + 3_600_000, undefined);
      expect(end.state.held).toEqual([]);
      expect(end.send !== undefined).toBe(state.held.length > 0);
    }),
    { numRuns: 2_000 },
  );
});
