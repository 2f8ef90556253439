import { afterEach, beforeEach, expect, test } from '@jest/globals';
import { type Blink, startBlink } from '../../src/blink/index.ts';
import { Client, refresh, SignIn, type Tokens } from './support/client.ts';

let nowMs = 0;
let blink: Blink;

beforeEach(async () => {
  nowMs = Date.UTC(2026, 0, 1);
  blink = await startBlink({ now: () => nowMs });
});

afterEach(() => blink.close());

async function asked(signIn = new SignIn(blink)): Promise<SignIn> {
  await signIn.begin();
  await signIn.page();
  await signIn.credentials();
  return signIn;
}

const isGood = async (token: string) => (await new Client(blink, token).get('/api/v1/users/tier_info')).status;

test('begins with a redirect to the sign-in page and more than one cookie', async () => {
  const answer = await new SignIn(blink).begin();
  expect([answer.status, answer.headers.get('location')]).toEqual([302, '/oauth/v2/signin']);
  expect(answer.headers.getSetCookie().length).toBeGreaterThan(1);
});

test('writes the csrf token into the page, and the reason when the session is over', async () => {
  const signIn = new SignIn(blink);
  await signIn.begin();
  expect(await signIn.page()).toContain('<script id="oauth-args" type="application/json">');
  expect(signIn.csrf).not.toBe('');
  nowMs += 15 * 60_000;
  expect(await signIn.page()).toContain('"error-cause":"session_expired"');
});

test.each(['412', '202'] as const)('asks for a PIN with %s and names the ways it was sent', async (variant) => {
  blink.account.twoFactor = variant;
  const signIn = new SignIn(blink);
  await signIn.begin();
  await signIn.page();
  const answer = await signIn.credentials();
  expect(answer.status).toBe(Number(variant));
  expect(await answer.json()).toMatchObject({
    next_time_in_secs: 60,
    tsv_state: 'sms',
    tsv_methods: ['sms', 'whatsapp', 'voice'],
  });
  expect(blink.oauth.messages).toEqual([{ at: nowMs, pin: '123456' }]);
  const verified = await signIn.pin();
  expect([verified.status, await verified.json()]).toEqual([201, { status: 'auth-completed' }]);
  const tokens = (await (await signIn.token(await signIn.code())).json()) as Tokens;
  expect(tokens).toMatchObject({ expires_in: 14_400, token_type: 'Bearer', scope: 'client' });
  expect(await isGood(tokens.access_token)).toBe(200);
});

test('asks for no PIN when the account has no second factor', async () => {
  blink.account.twoFactor = 'none';
  const signIn = new SignIn(blink);
  await signIn.begin();
  await signIn.page();
  expect((await signIn.credentials()).status).toBe(302);
  expect((await signIn.token(await signIn.code())).status).toBe(200);
});

test('wants the cookies, the csrf token, the password and the right PIN', async () => {
  const bare = await new SignIn(blink).credentials();
  expect([bare.status, await bare.json()]).toEqual([400, expect.objectContaining({ error_cause: 'empty_cookies' })]);
  const signIn = new SignIn(blink);
  await signIn.begin();
  expect((await signIn.credentials()).status).toBe(400);
  await signIn.page();
  expect((await signIn.credentials('owner@example.com', 'wrong')).status).toBe(401);
  expect((await signIn.pin()).status).toBe(400);
  await signIn.credentials();
  expect((await signIn.pin('000000')).status).toBe(412);
  expect(await signIn.code()).toBe('');
  expect((await signIn.pin()).status).toBe(201);
});

test('gives a code for the challenge, the redirect and the hardware id it was asked with, once', async () => {
  const signIn = await asked();
  await signIn.pin();
  expect((await signIn.token(await signIn.code(), { code_verifier: 'other' })).status).toBe(400);
  expect((await signIn.token(await signIn.code(), { hardware_id: 'B2' })).status).toBe(400);
  expect((await signIn.token(await signIn.code(), { redirect_uri: 'https://example.com' })).status).toBe(400);
  const code = await signIn.code();
  expect([(await signIn.token(code)).status, (await signIn.token(code)).status]).toEqual([200, 400]);
});

test('refuses a plain challenge and another redirect at once', async () => {
  expect((await new SignIn(blink).begin({ code_challenge_method: 'plain' })).status).toBe(400);
  expect((await new SignIn(blink).begin({ redirect_uri: 'https://example.com' })).status).toBe(400);
});

test.each(['Blinkpy', 'Home Assistant'])('does not accept the hardware id %s anywhere', async (hardwareId) => {
  const begun = await new SignIn(blink, hardwareId).begin();
  expect([begun.status, await begun.text()]).toEqual([406, 'Not Acceptable']);
  const form = { grant_type: 'refresh_token', refresh_token: 'any', hardware_id: hardwareId };
  expect((await new SignIn(blink).call('/oauth/token', form)).status).toBe(406);
});

test('rotates refresh tokens: the old one is void', async () => {
  const first = await new SignIn(blink).tokens();
  const second = (await (await refresh(blink, first.refresh_token)).json()) as Tokens;
  expect(second.refresh_token).not.toBe(first.refresh_token);
  expect((await refresh(blink, first.refresh_token)).status).toBe(401);
  expect((await refresh(blink, second.refresh_token)).status).toBe(200);
});

test('accepts a used refresh token for the grace that is set, and may keep one for good', async () => {
  blink.oauth.settings.refreshGraceMs = 1000;
  const { refresh_token } = await new SignIn(blink).tokens();
  expect((await refresh(blink, refresh_token)).status).toBe(200);
  nowMs += 999;
  expect((await refresh(blink, refresh_token)).status).toBe(200);
  nowMs += 1;
  expect((await refresh(blink, refresh_token)).status).toBe(401);
  blink.oauth.settings.keepsRefreshToken = true;
  const kept = await new SignIn(blink).tokens();
  expect(await (await refresh(blink, kept.refresh_token)).json()).toMatchObject({ refresh_token: kept.refresh_token });
});

test('ends access tokens after their time or on demand, refresh tokens after theirs', async () => {
  const tokens = await new SignIn(blink).tokens();
  nowMs += 14_399_000;
  expect(await isGood(tokens.access_token)).toBe(200);
  nowMs += 1000;
  expect(await isGood(tokens.access_token)).toBe(401);
  const next = (await (await refresh(blink, tokens.refresh_token)).json()) as Tokens;
  blink.oauth.expireAccess();
  expect(await isGood(next.access_token)).toBe(401);
  blink.oauth.revoke();
  expect((await refresh(blink, next.refresh_token)).status).toBe(401);
  const last = await new SignIn(blink).tokens();
  nowMs += 60 * 86_400_000;
  expect((await refresh(blink, last.refresh_token)).status).toBe(401);
});

test('locks the account after too many PINs, for an hour', async () => {
  for (let sent = 0; sent < 5; sent += 1) await asked();
  const signIn = new SignIn(blink);
  await signIn.begin();
  await signIn.page();
  const locked = await signIn.credentials();
  expect([locked.status, await locked.json()]).toEqual([403, { error: 'account_locked' }]);
  expect(blink.oauth.messages).toHaveLength(5);
  nowMs += 60 * 60_000;
  expect((await (await asked()).pin()).status).toBe(201);
});

test('locks the account after too many wrong PINs, until it is unlocked', async () => {
  const signIn = await asked();
  for (let wrong = 0; wrong < 6; wrong += 1) expect((await signIn.pin('000000')).status).toBe(412);
  expect((await signIn.pin()).status).toBe(403);
  blink.oauth.unlock();
  expect((await signIn.pin()).status).toBe(201);
});

test('locks the account after too many sign-ins within a day', async () => {
  const signIn = new SignIn(blink);
  await signIn.begin();
  await signIn.page();
  for (let wrong = 0; wrong < 30; wrong += 1) expect((await signIn.credentials('x', 'y')).status).toBe(401);
  expect((await signIn.credentials()).status).toBe(403);
});

test('voids a PIN when the next is sent, if PINs change', async () => {
  blink.oauth.settings.newPinEachTime = true;
  const signIn = await asked();
  const first = blink.account.pin;
  while (blink.account.pin === first) await signIn.credentials();
  expect((await signIn.pin(first)).status).toBe(412);
  expect((await signIn.pin(blink.oauth.messages.at(-1)?.pin)).status).toBe(201);
});

test('answers the sign-ins of earlier years as the cloud does now', async () => {
  const old = await fetch(`${blink.url}/api/v5/account/login`, { method: 'POST', body: '{}' });
  expect([old.status, await old.json()]).toEqual([426, expect.objectContaining({ code: 105 })]);
  const grant = { grant_type: 'password', username: 'owner@example.com', password: 'correct horse' };
  const password = await new SignIn(blink).call('/oauth/token', grant);
  expect([password.status, await password.json()]).toEqual([401, { error: 'unsupported_grant_type' }]);
});

test.each(['/api/v4/account/1001/client/1201/logout', '/api/v4/clients/1201/logout'])(
  'signs out at %s',
  async (path) => {
    const { access_token, refresh_token } = await new SignIn(blink).tokens();
    expect(await new Client(blink, access_token).send(path)).toEqual({ message: 'logout' });
    expect(await isGood(access_token)).toBe(401);
    expect((await refresh(blink, refresh_token)).status).toBe(401);
  },
);
