import { expect, test } from '@jest/globals';
import { judge, planLooks, type Observations } from '../../src/domain/commission.ts';

const good: Observations = { grade: 'A', wentOff: true, stayedOff: true, cameBack: true };
test.each<[string, Partial<Observations>, boolean, RegExp]>([
  ['all is well', {}, true, /by itself/],
  ['it never went off', { wentOff: false, stayedOff: false }, false, /right plug/],
  ['it came back early', { stayedOff: false }, false, /something else/],
  ['it stayed off and obeyed then', { cameBack: false, wasBroughtBack: true }, false, /because it was told/],
  ['it stayed off for good', { cameBack: false, wasBroughtBack: false }, false, /by hand/],
  ['no timer, and back without a word', { grade: 'C' }, false, /before it was told/],
  ['no timer, obeys', { grade: 'C', cameBack: false, wasBroughtBack: true }, true, /only while this machine/],
  ['no timer, does not obey', { grade: 'C', cameBack: false, wasBroughtBack: false }, false, /by hand/],
])('%s', (_name, part, passed, text) => {
  const verdict = judge({ ...good, ...part });
  expect(verdict.passed).toBe(passed);
  expect(verdict.text).toMatch(text);
});

test.each([
  [20_000, { halfMs: 10_000, lateMs: 18_500, afterMs: 22_500 }],
  [1000, { halfMs: 500, lateMs: 500, afterMs: 3500 }],
])('when it looks at a plug that is off for %i ms', (offMs, expected) => {
  expect(planLooks(offMs)).toEqual(expected);
});
