import { expect, test } from '@jest/globals';
import fc from 'fast-check';
import { parseBeat } from '../../src/domain/beat.ts';
import { hear, type Signs } from '../../src/domain/signs.ts';

const nothing: Signs = {
  heardAt: 0,
  normalAt: 0,
  announcedAt: 0,
  rebootUntil: 0,
  sequence: 0,
  plainAt: 0,
  said: undefined,
};

test.each([
  ['{"type":"beat","seq":1}', { type: 'beat', seq: 1 }],
  [
    '{"type":"beat","seq":9007199254740991,"state":"offline","cause":"wan-down","uptimeSeconds":1.5,"new":{}}',
    { type: 'beat', seq: 9_007_199_254_740_991, state: 'offline', cause: 'wan-down', uptimeSeconds: 1.5 },
  ],
  ['{"type":"rebooting","seq":2,"backInSeconds":240}', { type: 'rebooting', seq: 2, backInSeconds: 240 }],
  ['I am alive', { type: 'alive' }],
  [' i AM alive\r\n', { type: 'alive' }],
])('%s', (text, beat) => {
  expect(parseBeat(text)).toEqual(beat);
});

test('no text makes it throw', () => {
  fc.assert(fc.property(fc.oneof(fc.string({ unit: 'binary' }), fc.json()), (text) => void parseBeat(text)));
});

test('a sequence counts once, in growing order only', () => {
  fc.assert(
    fc.property(fc.array(fc.integer({ min: 1, max: 30 }), { maxLength: 60 }), (sequences) => {
      const signs = { ...nothing };
      const accepted = sequences.filter((seq, index) => hear(signs, { type: 'beat', seq }, index + 1));
      expect(accepted).toEqual(accepted.toSorted((a, b) => a - b).filter((seq, index, all) => seq !== all[index - 1]));
    }),
  );
});

test('what was said last stays until something else is said', () => {
  const signs = { ...nothing };
  hear(signs, { type: 'beat', seq: 1, state: 'offline', cause: 'wan-down' }, 10);
  hear(signs, { type: 'alive' }, 20);
  expect(signs).toEqual({
    ...nothing,
    heardAt: 20,
    normalAt: 20,
    plainAt: 20,
    sequence: 1,
    said: 'offline (wan-down)',
  });
});

test('beats that say `rebooting` do not end the announcement', () => {
  const signs = { ...nothing };
  hear(signs, { type: 'rebooting', seq: 1, backInSeconds: 60 }, 1_000);
  hear(signs, { type: 'beat', seq: 2, state: 'rebooting' }, 16_000);
  expect(signs).toMatchObject({ heardAt: 16_000, normalAt: 0, announcedAt: 1_000, rebootUntil: 61_000 });
  hear(signs, { type: 'beat', seq: 3, state: 'online' }, 50_000);
  expect(signs.normalAt).toBe(50_000);
});
