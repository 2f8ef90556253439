import { afterEach, expect, test } from '@jest/globals';
import { until } from '@porchlight/core/testing';
import { createHash } from 'node:crypto';
import { Relay, startShellyGen1, startShellyGen2, type HttpPlug } from '../../src/plugs/index.ts';

const closers: (() => Promise<unknown>)[] = [];
afterEach(async () => {
  for (const close of closers.splice(0).toReversed()) await close();
});

function keep(plug: HttpPlug): HttpPlug {
  closers.push(async () => {
    plug.relay.cancel();
    await plug.close();
  });
  return plug;
}

const quick = (): Relay => new Relay({ secondMs: 10 });
const get = (plug: HttpPlug, path: string, headers = {}) => fetch(`http://127.0.0.1:${plug.port}${path}`, { headers });

test('second generation: one message switches it off and on again', async () => {
  const plug = keep(await startShellyGen2({ relay: quick() }));
  const answer = await get(plug, '/rpc/Switch.Set?id=0&on=false&toggle_after=10');
  expect(await answer.json()).toEqual({ was_on: true });
  expect(plug.relay.on).toBe(false);
  const status = await get(plug, '/rpc/Switch.GetStatus?id=0');
  expect(await status.json()).toMatchObject({ output: false, timer_duration: 10, apower: 0 });
  await until(() => plug.relay.on);
});

test('second generation: a plain "on" ends the timer, a broken timer never fires', async () => {
  const plug = keep(await startShellyGen2({ relay: quick() }));
  await get(plug, '/rpc/Switch.Set?id=0&on=false&toggle_after=1000');
  await get(plug, '/rpc/Switch.Set?id=0&on=true');
  expect(plug.relay.pending).toBeUndefined();
  plug.relay.isTimerBroken = true;
  await get(plug, '/rpc/Switch.Set?id=0&on=false&toggle_after=1');
  await until(() => plug.relay.pending === undefined);
  expect(plug.relay.on).toBe(false);
});

test('second generation: frames by POST, and errors as the plug gives them', async () => {
  const plug = keep(await startShellyGen2());
  const post = async (frame: object) =>
    (await fetch(`http://127.0.0.1:${plug.port}/rpc`, { method: 'POST', body: JSON.stringify(frame) })).json();
  expect(await post({ id: 7, method: 'Switch.Set', params: { id: 0, on: false } })).toMatchObject({
    id: 7,
    result: { was_on: true },
  });
  expect(await post({ id: 8, method: 'Nothing' })).toMatchObject({ id: 8, error: { code: 404 } });
  expect((await get(plug, '/rpc/Switch.GetStatus?id=3')).status).toBe(500);
});

test('second generation: digest login, a count is good once', async () => {
  const plug = keep(await startShellyGen2({ password: 'secret' }));
  const path = '/rpc/Switch.GetStatus?id=0';
  const first = await get(plug, path);
  expect(first.status).toBe(401);
  const challenge = first.headers.get('www-authenticate') ?? '';
  const nonce = /nonce="(\w+)"/.exec(challenge)?.[1] ?? '';
  const realm = /realm="([^"]+)"/.exec(challenge)?.[1] ?? '';
  const hash = (text: string): string => createHash('sha256').update(text).digest('hex');
  const response = hash(`${hash(`admin:${realm}:secret`)}:${nonce}:00000001:ab:auth:${hash(`GET:${path}`)}`);
  const fields = `username="admin", realm="${realm}", nonce="${nonce}", uri="${path}", response="${response}"`;
  const authorization = `Digest ${fields}, qop=auth, nc=00000001, cnonce="ab", algorithm=SHA-256`;
  expect((await get(plug, path, { authorization })).status).toBe(200);
  expect((await get(plug, path, { authorization })).status).toBe(401);
  expect((await get(plug, '/shelly')).status).toBe(200);
});

test('second generation: frames over WebSocket, a login in the frame, and news of the contact', async () => {
  const plug = keep(await startShellyGen2({ relay: quick(), password: 'secret' }));
  const socket = new WebSocket(`ws://127.0.0.1:${plug.port}/rpc`);
  const heard: { id?: number; error?: { code: number; message: string }; result?: object; method?: string }[] = [];
  socket.addEventListener('message', ({ data }) => void heard.push(JSON.parse(String(data)) as (typeof heard)[number]));
  await until(() => socket.readyState === WebSocket.OPEN);
  const ask = (id: number, more: object = {}): void =>
    socket.send(
      JSON.stringify({ id, src: 'me', method: 'Switch.Set', params: { id: 0, on: false, toggle_after: 5 }, ...more }),
    );
  ask(1);
  await until(() => heard.length === 1);
  const challenge = JSON.parse(heard[0]?.error?.message ?? '{}') as { nonce: number; realm: string };
  expect(heard[0]?.error?.code).toBe(401);
  expect(plug.relay.on).toBe(true);
  const hash = (text: string): string => createHash('sha256').update(text).digest('hex');
  const { realm, nonce } = challenge;
  const dummy = hash('dummy_method:dummy_uri');
  const response = hash(`${hash(`admin:${realm}:secret`)}:${nonce}:1:ab:auth:${dummy}`);
  ask(2, { auth: { realm, username: 'admin', nonce, cnonce: 'ab', response, algorithm: 'SHA-256' } });
  await until(() => heard.filter(({ method }) => method === 'NotifyStatus').length === 2);
  expect(heard.find(({ id }) => id === 2)?.result).toEqual({ was_on: true });
  expect(plug.relay.on).toBe(true);
  socket.close();
});

test('first generation: timer and basic login', async () => {
  const login = { username: 'me', password: 'secret' };
  const plug = keep(await startShellyGen1({ relay: quick(), login }));
  expect((await get(plug, '/relay/0?turn=off')).status).toBe(401);
  const authorization = `Basic ${Buffer.from('me:secret').toString('base64')}`;
  const answer = await get(plug, '/relay/0?turn=off&timer=5', { authorization });
  expect(await answer.json()).toMatchObject({ ison: false, has_timer: true, timer_duration: 5 });
  await until(() => plug.relay.on);
});
