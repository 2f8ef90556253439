import { expect, test } from '@jest/globals';
import fc from 'fast-check';
import {
  backoffMs,
  createDeadline,
  createRateLimitedLog,
  createRedactor,
  createTroubleLog,
  describeError,
  errorCode,
  formatDuration,
  idSchema,
  parseRetryAfter,
  PorchlightError,
  retry,
  shortenId,
  timeSchema,
  toId,
} from '../src/index.ts';
import { createCaptureLog, createFakeClock } from '../src/testing/index.ts';

test('the wait doubles up to its limit, and varies by half', () => {
  const options = { firstMs: 1000, maxMs: 30_000 };
  fc.assert(
    fc.property(
      fc.integer({ min: 1, max: 1000 }),
      fc.double({ min: 0, max: 0.999, noNaN: true }),
      (attempt, random) => {
        const ceiling = Math.min(30_000, 1000 * 2 ** Math.min(attempt - 1, 30));
        const wait = backoffMs(attempt, options, random);
        expect(wait).toBeGreaterThanOrEqual(ceiling / 2);
        expect(wait).toBeLessThanOrEqual(ceiling);
      },
    ),
  );
});

test.each([
  ['120', 120_000],
  ['1.5', 1_500],
  ['Thu, 01 Jan 2026 00:01:00 GMT', 60_000],
  ['Thu, 01 Jan 1970 00:00:00 GMT', 0],
  ['soon', undefined],
  [null, undefined],
])('Retry-After %j is %j ms', (header, expected) => {
  expect(parseRetryAfter(header, Date.UTC(2026, 0, 1))).toBe(expected);
});

async function tryWith(errors: readonly unknown[]): Promise<{ tries: number; outcome: unknown; waitedMs: number }> {
  const clock = createFakeClock();
  let tries = 0;
  const done = retry({ firstMs: 1000, maxMs: 60_000, attempts: 4, clock, random: () => 0 }, async () => {
    const error = errors[tries];
    tries += 1;
    if (error !== undefined) throw error;
    return 'done';
  }).catch((error: unknown) => error);
  await clock.advance(10_000_000);
  const outcome = await done;
  return { tries, outcome, waitedMs: clock.monotonic() };
}

test('tries again until it works', async () => {
  expect(await tryWith([new Error('no'), new Error('no')])).toMatchObject({ tries: 3, outcome: 'done' });
});

test('gives up after the last attempt with the last error', async () => {
  const errors = [1, 2, 3, 4].map((number) => new Error(`no ${number}`));
  expect(await tryWith(errors)).toMatchObject({ tries: 4, outcome: errors[3] });
});

test.each(['never', 'after-user'] as const)('does not try again what will not heal (%s)', async (kind) => {
  const error = new PorchlightError('x', 'wrong password', { retry: kind });
  expect(await tryWith([error])).toMatchObject({ tries: 1, outcome: error });
});

test('waits as long as the server asks', async () => {
  const clock = createFakeClock();
  const waits: number[] = [];
  let isFirst = true;
  const done = retry(
    { firstMs: 100, maxMs: 1000, attempts: 2, clock, onRetry: (_error, ms) => waits.push(ms) },
    async () => {
      if (isFirst) {
        isFirst = false;
        throw new PorchlightError('x', 'busy', { retryAfterMs: 90_000 });
      }
    },
  );
  await clock.advance(90_000);
  await done;
  expect(waits).toEqual([90_000]);
});

test('a deadline is called once, at its last setting; one that is cleared never', async () => {
  const clock = createFakeClock();
  let calls = 0;
  const deadline = createDeadline(clock, () => (calls += 1));
  deadline.set(1000);
  await clock.advance(500);
  deadline.set(1000);
  await clock.advance(999);
  expect(calls).toBe(0);
  await clock.advance(1);
  expect(calls).toBe(1);
  deadline.set(10);
  deadline.clear();
  await clock.advance(100);
  expect([calls, clock.pending]).toEqual([1, 0]);
});

test('a trouble is said when it begins and when it ends, not in between', async () => {
  const [log, clock] = [createCaptureLog(), createFakeClock()];
  const troubles = createTroubleLog(log, clock);
  troubles.end('broker', 'fine');
  for (let count = 0; count < 5; count += 1) {
    troubles.begin('broker', 'no answer');
    await clock.advance(60_000);
  }
  troubles.end('broker', 'answers again');
  expect(log.lines).toEqual(['warn: no answer', 'info: answers again (after 5 min)']);
});

test('a trouble whose words change to and fro all night is a few lines', () => {
  const [log, clock] = [createCaptureLog(), createFakeClock()];
  const troubles = createTroubleLog(log, clock);
  for (let count = 0; count < 1_000; count += 1) troubles.begin('broker', count % 2 ? 'no answer' : 'no such host');
  expect(log.lines.filter((line) => line.startsWith('warn'))).toEqual(['warn: no such host', 'warn: no answer']);
  for (let count = 0; count < 1_000; count += 1) troubles.begin('broker', `no answer in ${count} ms`);
  expect(log.lines.filter((line) => line.startsWith('warn'))).toHaveLength(20);
  troubles.end('broker', 'answers again');
  troubles.begin('broker', 'no answer');
  expect(log.lines.at(-1)).toBe('warn: no answer');
});

test('a flood of lines is one line, and says how many it stood for', async () => {
  const [log, clock] = [createCaptureLog(), createFakeClock()];
  const say = createRateLimitedLog(log, clock, 60_000);
  for (let count = 0; count < 10_000; count += 1) say('topic', 'nonsense');
  await clock.advance(60_000);
  say('topic', 'nonsense');
  expect(log.lines).toEqual(['warn: nonsense', 'warn: nonsense (and 9999 more like it)']);
});

test('a flood of invented kinds is a few lines', async () => {
  const [log, clock] = [createCaptureLog(), createFakeClock()];
  const say = createRateLimitedLog(log, clock, 60_000);
  for (let count = 0; count < 10_000; count += 1) say(`topic ${count}`, 'nonsense');
  expect(log.lines).toHaveLength(20);
  expect(log.lines.at(-1)).toContain('not shown for a while');
  await clock.advance(60_000);
  say('topic', 'nonsense');
  expect(log.lines).toHaveLength(21);
});

test.each([
  'Authorization: Bearer abcdef123456',
  'mqtt://user:hunter2secret@host',
  'https://api.telegram.org/bot123456789:AAabcdefghijklmnopqrstuvwxyz0123456/sendMessage',
  'GET /x?token=abc&code=1234',
  '{"password":"hunter2secret","pin":"1234"}',
  'wrong password hunter2secret!',
])('nothing that looks like a credential is left in %s', (text) => {
  const clean = createRedactor(['hunter2secret'])(text);
  expect(clean).not.toMatch(/hunter2secret|abcdef123456|AAabcdef|=abc|=1234|"1234"/);
});

test.each([
  ['Front Döör #2', 'front-door-2'],
  ['  --  ', 'unnamed'],
  ['日本', 'unnamed'],
  ['a'.repeat(100), 'a'.repeat(64)],
])('the id of %j is %j', (name, id) => expect(toId(name)).toBe(id));

test('whatever the name, its id is one', () => {
  fc.assert(fc.property(fc.string(), (name) => expect(idSchema.safeParse(toId(name)).success).toBe(true)));
});

test('times are epoch milliseconds inside and UTC on the wire', () => {
  expect(timeSchema.decode('2026-01-01T01:00:00+01:00')).toBe(Date.UTC(2026, 0, 1));
  expect(timeSchema.encode(Date.UTC(2026, 0, 1))).toBe('2026-01-01T00:00:00.000Z');
  expect(timeSchema.safeDecode('yesterday').success).toBe(false);
});

test.each([
  [45_000, '45 s'],
  [720_000, '12 min'],
  [11_100_000, '3 h 5 min'],
  [187_200_000, '2 d 4 h'],
])('%d ms are %s', (ms, text) => expect(formatDuration(ms)).toBe(text));

test('an error is one sentence, with its cause where that adds something', () => {
  expect(describeError(new Error('no answer', { cause: new Error('ECONNREFUSED') }))).toBe('no answer (ECONNREFUSED)');
  expect(describeError(new AggregateError([new Error('a'), new Error('b')]))).toBe('a; b');
  expect(describeError('text')).toBe('text');
  expect(errorCode({ message: 'x', code: 'ENOENT' })).toBe('ENOENT');
  expect(shortenId('0123456789')).toBe('0123…89');
});
