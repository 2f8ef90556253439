import { afterEach, beforeEach, expect, test } from '@jest/globals';
import { type Blink, startBlink, type Troubles } from '../../src/blink/index.ts';
import { type Client, type Json, refresh, SignIn, signedIn, type Tokens } from './support/client.ts';

const home = '/api/v3/accounts/1001/homescreen';
const list = '/api/v1/accounts/1001/media/changed';
let nowMs = 0;
let blink: Blink;
let client: Client;

beforeEach(async () => {
  nowMs = Date.UTC(2026, 0, 1);
  blink = await startBlink({ now: () => nowMs });
  client = await signedIn(blink);
});

afterEach(() => blink.close());

test.each<[number, (troubles: Troubles) => void, Json]>([
  [401, (troubles) => troubles.unauthorized(), { code: 101 }],
  [403, (troubles) => troubles.forbidden(), { message: 'Forbidden' }],
  [426, (troubles) => troubles.updateRequired(), { code: 105, update_required: true }],
  [429, (troubles) => troubles.tooManyRequests(), { message: 'Too many requests' }],
])('answers %s', async (status, begin, body) => {
  begin(blink.troubles);
  const answer = await client.get(home);
  expect([answer.status, await answer.json()]).toEqual([status, expect.objectContaining(body)]);
  expect([answer.headers.get('date'), answer.headers.get('retry-after')]).toEqual([
    'Thu, 01 Jan 2026 00:00:00 GMT',
    null,
  ]);
  blink.troubles.clear();
  expect((await client.get(home)).status).toBe(200);
});

test('answers 406 in plain text and 5xx with a page', async () => {
  blink.troubles.notAcceptable({ times: 1 });
  expect(await (await client.get(home)).text()).toBe('Not Acceptable');
  blink.troubles.serverError(502, { times: 1 });
  const answer = await client.get(home);
  expect([answer.status, answer.headers.get('content-type')]).toEqual([502, 'text/html']);
});

test('says how long to wait where it is told to', async () => {
  blink.troubles.tooManyRequests({ retryAfterSeconds: 120 });
  expect((await client.get(home)).headers.get('retry-after')).toBe('120');
});

test('spoils the routes, the number and the time that are named', async () => {
  blink.troubles.serverError(503, { on: 'media/changed', times: 2 });
  const statuses = async (path: string) => (await client.get(path)).status;
  expect([await statuses(home), await statuses(list), await statuses(list), await statuses(list)]).toEqual([
    200, 503, 503, 200,
  ]);
  blink.troubles.unauthorized({ on: /homescreen$/, forMs: 60_000 });
  expect(await statuses(home)).toBe(401);
  nowMs += 59_999;
  expect(await statuses(home)).toBe(401);
  nowMs += 1;
  expect(await statuses(home)).toBe(200);
});

test('sends no JSON, half of it, or none at all', async () => {
  blink.troubles.html({ times: 1 });
  expect(await (await client.get(home)).text()).toBe('<html></html>');
  blink.troubles.empty({ times: 1 });
  expect(await (await client.get(home)).text()).toBe('');
  blink.troubles.brokenJson({ times: 1 });
  await expect((await client.get(home)).json()).rejects.toThrow('JSON');
  blink.troubles.truncate(100, { times: 1 });
  await expect(client.get(home).then((answer) => answer.text())).rejects.toThrow();
  expect((await client.get(home)).status).toBe(200);
});

test('hangs, resets and is slow', async () => {
  blink.troubles.hang({ times: 1 });
  const signal = AbortSignal.timeout(100);
  await expect(fetch(`${blink.url}/regions`, { signal })).rejects.toThrow('timeout');
  blink.troubles.reset({ times: 1 });
  await expect(client.get(home)).rejects.toThrow();
  blink.troubles.slow(50, { times: 1 });
  const startedAt = performance.now();
  expect((await client.get(home)).status).toBe(200);
  expect(performance.now() - startedAt).toBeGreaterThan(45);
});

test('rotates a refresh token although the answer is lost', async () => {
  const { refresh_token } = await new SignIn(blink).tokens();
  blink.troubles.loseAnswer({ on: 'POST /oauth/token', times: 1 });
  await expect(refresh(blink, refresh_token).then((answer) => answer.text())).rejects.toThrow();
  expect((await refresh(blink, refresh_token)).status).toBe(401);
});

test('keeps a refresh token when the request itself is lost', async () => {
  const { refresh_token } = await new SignIn(blink).tokens();
  blink.troubles.reset({ on: 'POST /oauth/token', times: 1 });
  await expect(refresh(blink, refresh_token)).rejects.toThrow();
  const tokens = (await (await refresh(blink, refresh_token)).json()) as Tokens;
  expect(tokens.access_token).not.toBe('');
});

test('gives fields wrong types, leaves them out, or changes what a test likes', async () => {
  blink.troubles.wrongType('enabled', 'perhaps', { on: 'homescreen', times: 1 });
  expect((await client.read(home)).cameras[0].enabled).toBe('perhaps');
  blink.troubles.missing('networks', { times: 1 });
  expect(await client.read(home)).not.toHaveProperty('networks');
  blink.troubles.change((body, route) => ({ was: Object.keys(body as object).length, route }), { times: 1 });
  expect(await client.read('/api/v1/users/tier_info')).toEqual({ was: 2, route: 'GET /api/v1/users/tier_info' });
  expect((await client.read(home)).cameras[0].enabled).toBe(true);
});

test('takes plain faults too', async () => {
  blink.faults.add({ match: home, trouble: { type: 'status', status: 418 }, times: 1 });
  expect((await client.get(home)).status).toBe(418);
});

test('refuses beyond a rate limit until it is quieter', async () => {
  blink.rate.limit = { requests: 3, perMs: 60_000, retryAfterSeconds: 30 };
  const ask = async () => (await client.get(home)).status;
  expect([await ask(), await ask(), await ask(), await ask()]).toEqual([200, 200, 200, 429]);
  expect([blink.rate.refused, (await client.get(home)).headers.get('retry-after')]).toEqual([1, '30']);
  nowMs += 60_000;
  expect(await ask()).toBe(200);
  blink.rate.limit = { requests: 0, perMs: 1, status: 403 };
  expect(await ask()).toBe(403);
});

test('moves the Date header alone', async () => {
  blink.clock.skewMs = 90_000;
  const answer = await client.get(home);
  expect(answer.headers.get('date')).toBe('Thu, 01 Jan 2026 00:01:30 GMT');
  const { sync_modules } = (await answer.json()) as Json;
  expect(sync_modules[0].last_hb).toBe('2026-01-01T00:00:00+00:00');
});

test('tells clients with an old build number to update', async () => {
  const builds = ['ANDROID_28373244', 'ANDROID_29426569', undefined];
  const statuses = builds.map(async (build) => {
    return (await client.call('GET', home, undefined, build ? { 'app-build': build } : {})).status;
  });
  expect(await Promise.all(statuses)).toEqual([426, 200, 200]);
});
