import { expect, test } from '@jest/globals';
import fc from 'fast-check';
import { createRedactor, prefixLog } from '../src/index.ts';
import { createCaptureLog } from '../src/testing/index.ts';

test('a known secret is never in a line, as it is or as part of an address', () => {
  const secrets = fc.string({ minLength: 4, maxLength: 30, unit: 'grapheme' }).filter((text) => !text.includes('*'));
  fc.assert(
    fc.property(secrets, fc.string(), fc.string(), (secret, before, after) => {
      const clean = createRedactor([secret])(`${before}${secret}|${encodeURIComponent(secret)}${after}`);
      expect(clean.includes(secret) && !`${before}${after}***|`.includes(secret)).toBe(false);
    }),
  );
});

test.each([
  String.raw`{"password":"ab\"cdefgh"}`,
  '{"refreshToken":"cdefgh"}',
  '{"auth_token" : "cdefgh"}',
  '{"client_secret":"cdefgh"}',
])('no part of a credential is left in %s', (text) => expect(createRedactor()(text)).not.toContain('cdefgh'));

test('ordinary words stay', () => {
  const text = '{"name":"Front door","state":"on"} after 5 min at http://127.0.0.1:8581/x?page=2';
  expect(createRedactor(['on'])(text)).toBe(text);
});

test('every line of a prefixed log passes through it', () => {
  const log = createCaptureLog();
  const named = prefixLog(log, 'blink', createRedactor(['hunter2']));
  named.error('hunter2');
  named.info('my hunter2');
  expect(log.lines).toEqual(['error: blink: ***', 'info: blink: my ***']);
});
