import { request } from 'node:https';
import { afterEach, beforeEach, expect, test } from '@jest/globals';
import { type Blink, startBlink } from '../../src/blink/index.ts';
import { type Client, type Json, signedIn } from './support/client.ts';

let nowMs = 0;
const open: Blink[] = [];

beforeEach(() => {
  nowMs = Date.UTC(2026, 0, 1);
});

afterEach(async () => {
  await Promise.all(open.splice(0).map((blink) => blink.close()));
});

async function start(options: { https?: boolean; control?: boolean } = {}): Promise<Blink> {
  const blink = await startBlink({ now: () => nowMs, ...options });
  open.push(blink);
  return blink;
}

test.each(['rest-u006.immedia-semi.com', 'rest-prod.immedia-semi.com', 'api.oauth.blink.com', 'localhost'])(
  'speaks HTTPS under the name %s',
  async (servername) => {
    const blink = await start({ https: true });
    const status = new Promise((resolve, reject) => {
      const options = { ca: blink.certificate, servername, headers: { host: servername } };
      request(`${blink.url}/regions`, options, (answer) => resolve(answer.resume().statusCode))
        .on('error', reject)
        .end();
    });
    expect(blink.url).toMatch(/^https:\/\/127\.0\.0\.1:\d+$/);
    expect(await status).toBe(200);
  },
);

test('notes every request with its route, its time and what it was answered', async () => {
  const blink = await start();
  const client = await signedIn(blink);
  blink.log.clear();
  nowMs += 1000;
  await client.get('/network/2001/command/77');
  blink.troubles.serverError(500, { times: 1 });
  await client.get('/networks');
  expect(blink.log.entries).toMatchObject([
    { at: nowMs, method: 'GET', route: 'GET /network/{network}/command/{command}', status: 404 },
    { path: '/networks', status: 500 },
  ]);
  expect(blink.log.summary()).toEqual([
    ['GET /network/{network}/command/{command}', 1],
    ['GET /networks', 1],
  ]);
});

test('counts requests by route, since a time, and in the busiest hour', async () => {
  const blink = await start();
  const client = await signedIn(blink);
  blink.log.clear();
  const startedAt = nowMs;
  for (const minutes of [0, 30, 20, 15, 120]) {
    nowMs += minutes * 60_000;
    blink.oauth.settings.tokenSeconds = 1e6;
    await client.get('/networks');
  }
  expect([blink.log.count(), blink.log.count('GET /networks'), blink.log.count(/homescreen/)]).toEqual([5, 5, 0]);
  expect(blink.log.count('', startedAt + 1)).toBe(4);
  expect(blink.log.busiestHour()).toBe(3);
});

async function control(blink: Blink, order: unknown): Promise<[number, Json]> {
  const answer = await fetch(`${blink.url}/simulator`, { method: 'POST', body: JSON.stringify(order) });
  return [answer.status, await answer.json()];
}

async function changes(client: Client): Promise<Json> {
  return (await client.read('/api/v1/accounts/1001/media/changed')).media;
}

test('lets programs in other languages play the scenario', async () => {
  const blink = await start({ control: true });
  const client = await signedIn(blink);
  expect(await control(blink, { do: 'trigger', camera: 4001, source: 'cv_motion', labels: ['person'] })).toEqual([
    200,
    { row: 7001 },
  ]);
  nowMs += 9000;
  await control(blink, { do: 'watch', row: 7001 });
  expect(await changes(client)).toMatchObject([{ id: 7001, watched: true }]);
  await control(blink, { do: 'remove', row: 7001 });
  expect(await changes(client)).toMatchObject([{ deleted: true }]);
  await control(blink, { do: 'arm', network: 2001, armed: false });
  expect(await control(blink, { do: 'trigger', camera: 4001 })).toEqual([200, { row: null }]);
  await control(blink, { do: 'online', camera: 4001, online: false });
  expect(blink.scenario.camera(4001).online).toBe(false);
  await control(blink, { do: 'live-view', camera: 5001 });
  expect(blink.commands.isBusy(2001)).toBe(true);
  await control(blink, { do: 'expire-tokens' });
  expect((await client.get('/networks')).status).toBe(401);
  await control(blink, { do: 'revoke-tokens' });
  const seen = (await (await fetch(`${blink.url}/simulator`)).json()) as Json;
  expect(seen).toMatchObject({ pin: '123456', media: [{ id: 7001, name: 'Yard' }], requests: { 'GET /networks': 1 } });
});

test('spoils every request but those that control it', async () => {
  const blink = await start({ control: true });
  await control(blink, { do: 'trouble', name: 'forbidden' });
  expect((await fetch(`${blink.url}/regions`)).status).toBe(403);
  expect((await control(blink, { do: 'clear' }))[0]).toBe(200);
  expect((await fetch(`${blink.url}/regions`)).status).toBe(200);
});

test('refuses orders that it does not understand, and knows none unless it is told to', async () => {
  const blink = await start({ control: true });
  expect((await control(blink, { do: 'fly' }))[0]).toBe(400);
  expect(await control(blink, { do: 'watch', row: 1 })).toEqual([404, { message: 'Error: No simulated row 1' }]);
  expect((await fetch(`${blink.url}/simulator`, { method: 'POST', body: '{' })).status).toBe(400);
  expect((await control(await start(), { do: 'clear' }))[0]).toBe(401);
});
