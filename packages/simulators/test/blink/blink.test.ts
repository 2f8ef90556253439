import { createHash, randomBytes } from 'node:crypto';
import { afterEach, beforeEach, expect, test } from '@jest/globals';
import { type Blink, startBlink } from '../../src/blink/index.ts';

const redirectUri = 'immedia-blink://applinks.blink.com/signin/callback';
let nowMs = 0;
let blink: Blink;

beforeEach(async () => {
  nowMs = Date.UTC(2026, 0, 1);
  blink = await startBlink({ now: () => nowMs });
});

afterEach(() => blink.close());

interface Tokens {
  access_token: string;
  refresh_token: string;
}

const call = (path: string, init: RequestInit = {}) => fetch(blink.url + path, { redirect: 'manual', ...init });
const post = (path: string, form: Record<string, string>, cookie = '') =>
  call(path, { method: 'POST', headers: { cookie }, body: new URLSearchParams(form) });

async function signIn(pin = '123456', hardwareId = 'A1') {
  const verifier = randomBytes(32).toString('base64url');
  const challenge = createHash('sha256').update(verifier).digest('base64url');
  const query = { response_type: 'code', code_challenge_method: 'S256', redirect_uri: redirectUri };
  const all = new URLSearchParams({ ...query, code_challenge: challenge, hardware_id: hardwareId });
  const begun = await call(`/oauth/v2/authorize?${all}`);
  const cookie = begun.headers
    .getSetCookie()
    .map((one) => one.split(';')[0])
    .join('; ');
  const page = await (await call('/oauth/v2/signin', { headers: { cookie } })).text();
  const csrf = /"csrf-token":"([^"]+)"/.exec(page)?.[1] ?? '';
  const credentials = { username: 'owner@example.com', password: 'correct horse', 'csrf-token': csrf };
  const asked = await post('/oauth/v2/signin', credentials, cookie);
  const verified = await post('/oauth/v2/2fa/verify', { '2fa_code': pin, 'csrf-token': csrf }, cookie);
  const coded = await call('/oauth/v2/authorize', { headers: { cookie } });
  const code = /code=([^&]+)/.exec(coded.headers.get('location') ?? '')?.[1] ?? '';
  const grant = { grant_type: 'authorization_code', code, code_verifier: verifier, redirect_uri: redirectUri };
  const token = () => post('/oauth/token', { ...grant, hardware_id: hardwareId });
  return { begun, asked, verified, token };
}

async function bearer(): Promise<RequestInit> {
  const answer = await (await signIn()).token();
  const { access_token } = (await answer.json()) as Tokens;
  return { headers: { authorization: `Bearer ${access_token}` } };
}

test.each(['412', '202'] as const)('signs in with a PIN after a %s', async (variant) => {
  blink.account.twoFactor = variant;
  const { asked, verified, token } = await signIn();
  expect([asked.status, verified.status]).toEqual([Number(variant), 201]);
  expect((await token()).status).toBe(200);
  expect((await token()).status).toBe(400);
});

test('refuses a wrong PIN, a known literal hardware id and credentials without cookies', async () => {
  expect((await signIn('000000')).verified.status).toBe(412);
  expect((await signIn('123456', 'Blinkpy')).begun.status).toBe(406);
  expect((await post('/oauth/v2/signin', {})).status).toBe(400);
});

test('rotates the refresh token and expires the access token', async () => {
  const { refresh_token } = (await (await (await signIn()).token()).json()) as Tokens;
  const refresh = () => post('/oauth/token', { grant_type: 'refresh_token', refresh_token, hardware_id: 'A1' });
  const { access_token } = (await (await refresh()).json()) as Tokens;
  expect((await refresh()).status).toBe(401);
  const init = { headers: { authorization: `Bearer ${access_token}` } };
  expect((await call('/api/v1/users/tier_info', init)).status).toBe(200);
  nowMs += 14_400_000;
  expect((await call('/api/v1/users/tier_info', init)).status).toBe(401);
});

test('shows motion after the upload, and again when it is watched', async () => {
  const init = await bearer();
  const list = async (sinceMs: number) => {
    const since = encodeURIComponent(new Date(sinceMs).toISOString().replace(/\.\d+Z$/, '+0000'));
    const answer = await call(`/api/v1/accounts/1001/media/changed?since=${since}&page=1`, init);
    return ((await answer.json()) as { media: { id: number; watched: boolean }[] }).media;
  };
  const row = blink.scenario.trigger(4001);
  expect(blink.scenario.trigger(4001)).toBeUndefined();
  expect(await list(nowMs)).toEqual([]);
  nowMs += 9000;
  expect(await list(nowMs - 9000)).toMatchObject([{ id: row?.id, watched: false }]);
  nowMs += 600_000;
  expect(await list(nowMs)).toEqual([]);
  blink.scenario.watch(row!);
  expect(await list(nowMs)).toMatchObject([{ id: row?.id, watched: true }]);
});

test('takes one order at a time per network and changes the state only when it is done', async () => {
  const init = { ...(await bearer()), method: 'POST' };
  const order = () => call('/api/v1/accounts/1001/networks/2001/state/disarm', init);
  expect([(await order()).status, (await order()).status]).toEqual([200, 409]);
  expect((await call('/network/2002/camera/4003/disable', init)).status).toBe(200);
  expect(blink.account.networks[0]?.armed).toBe(true);
  nowMs += 3000;
  await call('/api/v4/accounts/1001/homescreen', { headers: init.headers! });
  expect(blink.account.networks[0]?.armed).toBe(false);
});
