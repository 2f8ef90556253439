import { afterEach, expect, test } from '@jest/globals';
import { buildTower, type TestTower } from './support/tower.ts';

const password = 'correct horse battery';
let house: TestTower;
afterEach(() => house.stop());

const login = (text: string, headers: Record<string, string> = {}): Promise<Response> =>
  fetch(`${house.url}/login`, {
    method: 'POST',
    redirect: 'manual',
    headers,
    body: new URLSearchParams({ password: text }),
  });
const open = (cookie: string): Promise<Response> => fetch(house.url, { headers: { cookie } });

test('without a password in the configuration there is no page', async () => {
  house = await buildTower();
  expect((await fetch(house.url)).status).toBe(404);
  expect((await login('')).status).toBe(404);
});

test('the page shows nothing before the login, and all homes after it', async () => {
  house = await buildTower({ page: { password } });
  const token = await house.add('sea');
  await house.store.add({ id: 'x', name: '<b>"X"</b> & co', tokenHash: 'h', graceMs: 60_000, channels: [] });
  await house.check();
  await house.post(token, '{"type":"beat","seq":1,"state":"online"}');
  await house.check();
  const locked = await fetch(house.url);
  const form = await locked.text();
  expect(form).toMatch(/type="password"/);
  expect(form).not.toMatch(/Home sea/);
  expect(locked.headers.get('content-security-policy')).toMatch(/^default-src 'none'; style-src 'sha256-/);
  const answer = await login(password);
  expect([answer.status, answer.headers.get('location')]).toEqual([303, '/']);
  const cookie = answer.headers.get('set-cookie')!;
  expect(cookie).toMatch(/HttpOnly; SameSite=Strict/);
  const page = await (await open(cookie.split(';')[0]!)).text();
  expect(page).toMatch(/<td>Home sea<\/td><td class="up">up<\/td>.*<td>online<\/td>/);
  expect(page).toContain('&lt;b&gt;&quot;X&quot;&lt;/b&gt; &amp; co');
  const out = await fetch(`${house.url}/logout`, { method: 'POST', redirect: 'manual' });
  expect(out.headers.get('set-cookie')).toMatch(/^watchtower=; .*Max-Age=0/);
});

test('forged and old cookies are no login', async () => {
  house = await buildTower({ page: { password } });
  const cookie = (await login(password)).headers.get('set-cookie')!.split(';')[0]!;
  const [until = '', signature = ''] = cookie.slice('watchtower='.length).split('.');
  const isIn = async (value: string): Promise<boolean> =>
    !(await (await open(value)).text()).includes('type="password"');
  expect(await isIn(cookie)).toBe(true);
  expect(await isIn(`watchtower=${Number(until) + 1}.${signature}`)).toBe(false);
  expect(await isIn(`watchtower=${until}.${'A'.repeat(43)}`)).toBe(false);
  expect(await isIn('watchtower=')).toBe(false);
  house.clock.jump(12 * 3_600_000 + 1);
  expect(await isIn(cookie)).toBe(false);
});

test('five wrong passwords close the login for five minutes, even for the right one', async () => {
  house = await buildTower({ page: { password } });
  for (let attempt = 0; attempt < 5; attempt += 1) expect((await login('wrong wrong wrong')).status).toBe(401);
  expect((await login(password)).status).toBe(429);
  expect(house.log.lines.filter((line) => line.includes('wrong password'))).toHaveLength(1);
  await house.clock.advance(300_000);
  expect((await login(password)).status).toBe(303);
});

test('behind a proxy the limit is for the address that the proxy saw, and the cookie is for HTTPS only', async () => {
  house = await buildTower({ page: { password }, isBehindProxy: true });
  const from = (address: string) => ({ 'X-Forwarded-For': `1.2.3.4, ${address}` });
  for (let attempt = 0; attempt < 5; attempt += 1) await login('wrong wrong wrong', from('2001:db8::1'));
  expect((await login(password, from('2001:db8::2'))).status).toBe(429);
  const answer = await login(password, from('2001:db8:0:1::2'));
  expect(answer.status).toBe(303);
  expect(answer.headers.get('set-cookie')).toMatch(/; Secure/);
});

test('a form of a megabyte is no password', async () => {
  house = await buildTower({ page: { password } });
  expect((await login('x'.repeat(1_000_000)).catch(() => ({ status: 401 }))).status).toBe(401);
});

test('metrics answer loopback, or whoever has the token when there is one', async () => {
  house = await buildTower();
  const token = await house.add('sea');
  await house.check();
  await house.post(token, 'I am alive');
  await house.post('wrong-token', 'I am alive');
  await house.check();
  const text = await (await fetch(`${house.url}/metrics`)).text();
  expect(text).toMatch(/^porchlight_watchtower_homes\{state="up"\} 1$/m);
  expect(text).toMatch(/^porchlight_watchtower_beats_total 1$/m);
  expect(text).toMatch(/^porchlight_watchtower_refused_total\{reason="token"\} 1$/m);
  for (const line of text.trim().split('\n')) {
    expect(line).toMatch(/^(# (HELP|TYPE) \w+ .+|porchlight_watchtower_\w+(\{\w+="\w+"\})? [\d.e+-]+)$/);
  }
  const proxied = await fetch(`${house.url}/metrics`, { headers: { 'X-Forwarded-For': '9.9.9.9' } });
  expect(proxied.status).toBe(401);
  await house.stop();
  house = await buildTower({ metrics: { token: 'a-token-for-metrics' } });
  const ask = (bearer: string): Promise<Response> =>
    fetch(`${house.url}/metrics`, { headers: { Authorization: `Bearer ${bearer}` } });
  expect((await fetch(`${house.url}/metrics`)).status).toBe(401);
  expect((await ask('another-token')).status).toBe(401);
  expect((await ask('a-token-for-metrics')).status).toBe(200);
});

test('health says no more than that', async () => {
  house = await buildTower();
  const answer = await fetch(`${house.url}/health`);
  expect([answer.status, await answer.text()]).toEqual([200, '{"ok":true}']);
});
