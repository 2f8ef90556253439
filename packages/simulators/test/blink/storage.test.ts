import { afterEach, beforeEach, expect, test } from '@jest/globals';
import { type Blink, startBlink } from '../../src/blink/index.ts';
import { type Client, signedIn } from './support/client.ts';

const stick = '/api/v1/accounts/1001/networks/2002/sync_modules/3002/local_storage';
let nowMs = 0;
let blink: Blink;
let client: Client;

beforeEach(async () => {
  nowMs = Date.UTC(2026, 0, 1);
  blink = await startBlink({ now: () => nowMs });
  client = await signedIn(blink);
});

afterEach(() => blink.close());

async function manifest() {
  const { id } = await client.send(`${stick}/manifest/request`);
  nowMs += 3000;
  return client.read(`${stick}/manifest/request/${id}`);
}

test('keeps motion of a system with USB storage out of the media list', async () => {
  const row = blink.scenario.trigger(4003);
  nowMs += 60_000;
  expect((await client.read('/api/v1/accounts/1001/media/changed')).media).toEqual([]);
  expect(blink.scenario.network(2002).clips).toMatchObject([{ id: String(row?.id), camera: 4003 }]);
});

test('lists clips that are saved, by the stripped name of their camera', async () => {
  blink.scenario.camera(4003).name = 'Shed & Barn-2';
  blink.scenario.trigger(4003);
  expect((await manifest()).clips).toEqual([]);
  nowMs += 6000;
  const { version, clips } = await manifest();
  expect(version).toBe('1.0');
  const row = { id: '7001', size: '234', camera_name: 'ShedBarn2', created_at: '2026-01-01T00:00:00+00:00' };
  expect(clips).toEqual([row]);
});

test('answers 409 until the manifest is ready, and while the module is busy', async () => {
  const { id, network_id } = await client.send(`${stick}/manifest/request`);
  expect(network_id).toBe(2002);
  expect((await client.get(`${stick}/manifest/request/${id}`)).status).toBe(409);
  expect((await client.call('POST', `${stick}/manifest/request`)).status).toBe(409);
  nowMs += 3000;
  expect((await client.get(`${stick}/manifest/request/${id}`)).status).toBe(200);
  blink.scenario.occupy(2002, 5000);
  expect((await client.call('POST', `${stick}/manifest/request`)).status).toBe(409);
});

test('uploads a clip on request and serves it then, under the newest manifest only', async () => {
  blink.scenario.trigger(4003);
  nowMs += 10_000;
  const old = await manifest();
  const { manifest_id } = await manifest();
  expect(manifest_id).not.toBe(old.manifest_id);
  const path = `${stick}/manifest/${manifest_id}/clip/request/7001`;
  const early = await client.get(path);
  expect([early.status, await early.json()]).toEqual([404, { message: 'Media not found', code: 700 }]);
  expect((await client.call('POST', `${stick}/manifest/${old.manifest_id}/clip/request/7001`)).status).toBe(404);
  const { id } = await client.send(path);
  expect((await client.get(path)).status).toBe(404);
  nowMs += 3000;
  expect(await client.read(`/network/2002/command/${id}`)).toMatchObject({ complete: true, status_code: 908 });
  const clip = Buffer.from(await (await client.get(path)).arrayBuffer());
  expect(clip.subarray(4, 8).toString()).toBe('ftyp');
});

test('deletes clips, formats the stick, tells how full it is', async () => {
  blink.scenario.trigger(4003);
  nowMs += 20_000;
  blink.scenario.trigger(4003);
  nowMs += 20_000;
  const { manifest_id } = await manifest();
  await client.send(`${stick}/manifest/${manifest_id}/clip/delete/7001`);
  nowMs += 3000;
  expect((await manifest()).clips).toMatchObject([{ id: '7002' }]);
  expect(await client.read(`${stick}/status`)).toMatchObject({ status: 'active', usage: { used_mb: 1 } });
  await client.send(`${stick}/format`);
  nowMs += 3000;
  expect((await manifest()).clips).toEqual([]);
});

test('forgets a purged clip, and knows no stick where there is none', async () => {
  const row = blink.scenario.trigger(4003)!;
  nowMs += 20_000;
  blink.scenario.purge(row);
  expect((await manifest()).clips).toEqual([]);
  const other = stick.replace('2002', '2001').replace('3002', '3001');
  expect((await client.call('POST', `${other}/manifest/request`)).status).toBe(404);
  expect((await client.call('POST', `${stick.replace('3002', '3001')}/manifest/request`)).status).toBe(404);
});

test.each(['mount', 'eject'])('takes the order to %s', async (word) => {
  expect(await client.send(`${stick}/${word}`)).toMatchObject({ network_id: 2002, command: `local_storage_${word}` });
});
