import { request } from 'node:http';
import { afterEach, beforeEach, expect, test } from '@jest/globals';
import { type Blink, createEveryModelAccount, startBlink } from '../../src/blink/index.ts';
import { type Client, type Json, signedIn } from './support/client.ts';

let nowMs = 0;
let blink: Blink;
let client: Client;

beforeEach(async () => {
  nowMs = Date.UTC(2026, 0, 1);
  blink = await startBlink({ now: () => nowMs, account: createEveryModelAccount() });
  client = await signedIn(blink);
});

afterEach(() => blink.close());

const homescreen = (version = 4): Promise<Json> => client.read(`/api/v${version}/accounts/1001/homescreen`);

test('tells regions and the version without a token, everything else only with one', async () => {
  for (const path of ['/regions?locale=US', '/api/v1/version'])
    expect((await fetch(blink.url + path)).status).toBe(200);
  const answer = await fetch(`${blink.url}/api/v1/users/tier_info`);
  expect([answer.status, await answer.json()]).toEqual([
    401,
    { message: 'Unauthorized Access', error: null, code: 101 },
  ]);
});

test('tells tier, account and user', async () => {
  expect(await client.read('/api/v1/users/tier_info')).toEqual({ tier: 'u006', account_id: 1001 });
  expect(await client.read('/api/v2/users/info')).toMatchObject({ account_id: 1001, client_id: 1201, user_id: 1101 });
});

test('knows no other account, no unknown path and no other method', async () => {
  expect((await client.get('/api/v3/accounts/1002/homescreen')).status).toBe(401);
  expect((await client.get('/api/v3/accounts/1001/nothing')).status).toBe(404);
  expect((await client.call('POST', '/api/v3/accounts/1001/homescreen')).status).toBe(404);
});

test('wants the right one of the real host names', async () => {
  const ask = (host: string, path: string): Promise<number | undefined> =>
    new Promise((resolve, reject) => {
      const headers = { host, authorization: `Bearer ${client.token}` };
      request(blink.url + path, { headers }, (answer) => resolve(answer.resume().statusCode))
        .on('error', reject)
        .end();
    });
  expect(await ask('rest-prod.immedia-semi.com', '/api/v1/users/tier_info')).toBe(200);
  expect(await ask('rest-prod.immedia-semi.com', '/networks')).toBe(404);
  expect(await ask('rest-u006.immedia-semi.com', '/networks')).toBe(200);
  blink.account.tier = 'e002';
  expect(await ask('rest-u006.immedia-semi.com', '/networks')).toBe(404);
  expect(await ask('rest-e002.immedia-semi.com', '/networks')).toBe(200);
});

test('puts each kind of camera into its own list, unknown models too', async () => {
  const { cameras, owls, doorbells } = await homescreen();
  const types = (list: Json[]) => list.map(({ type }) => type);
  expect(types(cameras)).toEqual(['catalina', 'xt2', 'sedona', 'white', 'xt', 'a-model-of-next-year']);
  expect(types(owls)).toEqual(['owl', 'hawk', 'superior_owl']);
  expect(types(doorbells)).toEqual(['lotus', 'lotus']);
});

test('leaves newer models out of version 3, and doorbells where the account is like that', async () => {
  expect((await homescreen(3)).owls).toHaveLength(2);
  expect((await homescreen(4)).owls).toHaveLength(3);
  blink.quirks.hideDoorbells = true;
  expect((await homescreen()).doorbells).toEqual([]);
});

test('names client and user in the headers of the homescreen', async () => {
  const { headers } = await client.get('/api/v3/accounts/1001/homescreen');
  expect([headers.get('Client-Id'), headers.get('User-Id')]).toEqual(['1201', '1101']);
});

test('shows battery, temperature, signals and state as they are', async () => {
  Object.assign(blink.scenario.camera(4001), { battery: 'low', fahrenheit: 23, wifiBars: 2, online: false });
  const { cameras, owls } = await homescreen();
  const signals = { lfr: 5, wifi: 2, temp: 23, battery: 2 };
  expect(cameras[0]).toMatchObject({ id: 4001, battery: 'low', status: 'offline', signals });
  expect(cameras[1]).toMatchObject({ id: 4002, battery: 'ok', status: 'done', enabled: true });
  expect(owls[0]).toMatchObject({ id: 5001, status: 'online' });
  expect(owls[0]).not.toHaveProperty('battery');
});

test('lists networks and sync modules, the ones without a module as not onboarded', async () => {
  blink.scenario.network(2001).syncOnline = false;
  const { networks, summary } = await client.read('/networks');
  expect(networks).toHaveLength(5);
  expect(summary['2001']).toEqual({ name: 'Home', onboarded: true });
  expect(summary['2003']).toEqual({ name: 'Porch', onboarded: false });
  const { sync_modules } = await homescreen();
  expect(sync_modules).toHaveLength(3);
  expect(sync_modules[0]).toMatchObject({ id: 3001, status: 'offline', local_storage_status: 'unavailable' });
  expect(sync_modules[1]).toMatchObject({ id: 3002, status: 'online', local_storage_status: 'active' });
  expect((await client.read('/network/2001/syncmodules')).syncmodule).toMatchObject({ id: 3001, status: 'offline' });
  expect((await client.get('/network/2003/syncmodules')).status).toBe(404);
  expect((await client.send('/network/2001/update')).network).toMatchObject({ armed: true, sync_module_error: true });
  expect((await client.get('/network/2999/syncmodules')).status).toBe(404);
});

test('lists classic cameras alone in the usage', async () => {
  const { networks } = await client.read('/api/v1/camera/usage');
  expect(networks.map(({ cameras }: Json) => cameras.length)).toEqual([3, 1, 0, 0, 2]);
});

test('keeps notification settings and "save live views"', async () => {
  const path = '/api/v1/accounts/1001/notifications/configuration';
  await client.send(path, { notifications: { motion: false, low_battery: 'yes' } });
  expect((await client.read(path)).notifications).toMatchObject({ motion: false, low_battery: true });
  await client.send('/network/2001/update', { lv_save: true });
  expect((await homescreen()).networks[0].lv_save).toBe(true);
});

test('lists schedules and switches them', async () => {
  const schedule = [{ dow: ['mon'], devices: [], time: '2016-06-02 14:45:00 +0000', action: 'arm' as const }];
  blink.scenario.network(2001).programs.push({ id: 1, name: 'Night', enabled: true, schedule });
  expect(await client.read('/api/v1/networks/2001/programs')).toMatchObject([
    { id: 1, status: 'enabled', format: 'v1' },
  ]);
  expect(await client.send('/api/v1/networks/2001/programs/1/disable')).toMatchObject({ code: 802 });
  expect(await client.read('/api/v1/accounts/1001/networks/2001/programs')).toMatchObject([{ status: 'disabled' }]);
});

test('writes times in the way that is asked for', async () => {
  const heartbeat = async () => (await homescreen()).sync_modules[0].last_hb;
  expect(await heartbeat()).toBe('2026-01-01T00:00:00+00:00');
  blink.quirks.times = 'zulu';
  expect(await heartbeat()).toBe('2026-01-01T00:00:00Z');
  blink.quirks.times = 'fraction';
  expect(await heartbeat()).toBe('2026-01-01T00:00:00.000+00:00');
});

test('shows cameras and systems that come, and no more those that go', async () => {
  blink.scenario.addCamera({ name: 'Barn', kind: 'owl', type: 'hawk' });
  blink.scenario.removeCamera(4001);
  blink.scenario.addNetwork({ id: 2100, name: 'Boat' });
  blink.scenario.removeNetwork(2002);
  const { cameras, owls, networks } = await homescreen();
  expect(owls.map(({ name }: Json) => name)).toContain('Barn');
  expect(cameras.map(({ id }: Json) => id)).toEqual([4002, 4004, 4005, 4006]);
  expect(networks.map(({ id }: Json) => id)).toEqual([2001, 2003, 2004, 2005, 2100]);
});

test('answers the older calls about user, one network and its events', async () => {
  expect(await client.read('/user')).toEqual({ id: 1101, email: 'owner@example.com' });
  expect((await client.read('/network/2002')).network).toMatchObject({ id: 2002, video_destination: 'local' });
  expect(await client.read('/events/network/2001')).toEqual({ event: [], network_id: 2001 });
});

test('knows only to arm, to disarm, and schedules that there are', async () => {
  expect((await client.call('POST', '/api/v1/accounts/1001/networks/2001/state/sleep')).status).toBe(404);
  expect((await client.call('POST', '/api/v1/networks/2001/programs/1/enable')).status).toBe(404);
});
