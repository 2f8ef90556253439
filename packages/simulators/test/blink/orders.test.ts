import { afterEach, beforeEach, expect, test } from '@jest/globals';
import { type Blink, createEveryModelAccount, startBlink } from '../../src/blink/index.ts';
import { type Client, signedIn } from './support/client.ts';

let nowMs = 0;
let blink: Blink;
let client: Client;

beforeEach(async () => {
  nowMs = Date.UTC(2026, 0, 1);
  blink = await startBlink({ now: () => nowMs, account: createEveryModelAccount() });
  client = await signedIn(blink);
});

afterEach(() => blink.close());

const account = '/api/v1/accounts/1001/networks';
const post = (path: string, body?: unknown) => client.call('POST', path, body);
const done = () => (nowMs += 3000);
/** Anything that a client asks lets the cloud do what is due. */
const settle = () => client.read('/networks');

test('arms and disarms when the order is done, one child for each camera', async () => {
  const order = await client.send(`${account}/2001/state/disarm`);
  expect(order).toMatchObject({ network_id: 2001, command: 'disarm', state: 'new' });
  expect(order.commands).toHaveLength(6);
  expect(order.commands[0]).toMatchObject({ network_id: 2001, command: 'config_lfr', state: 'running' });
  const poll = () => client.read(`/network/2001/command/${order.id}`);
  expect(await poll()).toMatchObject({ complete: false, status_code: 908, status_msg: 'Command succeeded' });
  expect((await poll()).commands).toMatchObject([{ id: order.id, state_condition: 'running', state_stage: 'rest' }]);
  nowMs += 2999;
  expect((await poll()).commands).toMatchObject([{ state_stage: 'dev' }]);
  expect(blink.scenario.network(2001).armed).toBe(true);
  nowMs += 1;
  expect(await poll()).toMatchObject({ complete: true, status_code: 908, commands: [{ state_condition: 'done' }] });
  expect(blink.scenario.network(2001).armed).toBe(false);
  expect((await client.read('/api/v4/accounts/1001/homescreen')).networks[0].armed).toBe(false);
});

test('takes one order at a time for each system', async () => {
  expect((await post('/network/2001/camera/4001/disable')).status).toBe(200);
  const busy = await post('/network/2001/camera/4002/disable');
  expect([busy.status, await busy.json()]).toEqual([409, { message: 'System is busy, please wait', code: 307 }]);
  expect((await post('/network/2002/camera/4003/disable')).status).toBe(200);
  done();
  expect((await post('/network/2001/camera/4002/disable')).status).toBe(200);
  await settle();
  expect([4001, 4002, 4003].map((id) => blink.scenario.camera(id).enabled)).toEqual([false, true, false]);
});

test.each([
  ['/network/2001/camera/4001', 4001, 'device_motion_disable'],
  [`${account}/2001/doorbells/6001`, 6001, 'device_motion_disable'],
  ['/accounts/1001/networks/2001/cameras/4001', 4001, 'device_motion_disable'],
])('switches motion detection at %s', async (path, id, command) => {
  expect(await client.send(`${path}/disable`)).toMatchObject({ command });
  done();
  await settle();
  expect(blink.scenario.camera(id).enabled).toBe(false);
  await client.send(`${path}/enable`);
  done();
  await settle();
  expect(blink.scenario.camera(id).enabled).toBe(true);
});

test("switches a mini by its configuration, in the mini's short form", async () => {
  const order = await client.send(`${account}/2001/owls/5001/config`, { enabled: false });
  expect(order).toEqual({ id: expect.any(Number), network_id: 2001, command: 'config_set', state: 'new' });
  done();
  expect(await client.read(`${account}/2001/owls/5001/config`)).toMatchObject({ enabled: false, clip_length_max: 30 });
  expect((await post(`${account}/2001/owls/5001/enable`)).status).toBe(404);
  expect((await post('/network/2001/camera/5001/enable')).status).toBe(404);
  expect((await post('/network/2002/camera/4001/enable')).status).toBe(404);
});

test('makes a new picture of each kind of camera', async () => {
  const paths = ['/network/2001/camera/4001', `${account}/2001/owls/5001`, `${account}/2001/doorbells/6001`];
  for (const [index, id] of [4001, 5001, 6001].entries()) {
    const before = blink.scenario.camera(id).thumbnailAt;
    expect((await post(`${paths[index]}/thumbnail`)).status).toBe(200);
    expect(blink.scenario.camera(id).thumbnailAt).toBe(before);
    done();
    await settle();
    expect(blink.scenario.camera(id).thumbnailAt).toBe(nowMs);
  }
});

test('records a clip on order, which is no motion', async () => {
  await client.send('/network/2001/camera/4001/clip');
  nowMs += 8000;
  await settle();
  nowMs += 4000;
  const { media } = await client.read('/api/v1/accounts/1001/media/changed?page=1');
  expect(media).toMatchObject([{ device_id: 4001, source: 'snapshot' }]);
});

test('changes settings, numbers for classic cameras and words for the others', async () => {
  const wanted = { illuminator_enable: 0, video_length: 20, alert_interval: 15, motion_sensitivity: 3 };
  await client.send('/network/2001/camera/4001/update', wanted);
  await client.send('/network/2002/camera/4003/update', { enabled: false });
  done();
  expect((await client.read('/network/2001/camera/4001/config')).camera[0]).toMatchObject(wanted);
  expect(blink.scenario.camera(4003).enabled).toBe(true);
  await client.send(`${account}/2001/owls/5001/config`, {
    illuminator_enable: 'on',
    clip_length: 10,
    retrigger_time: 20,
  });
  done();
  const owl = await client.read(`${account}/2001/owls/5001/config`);
  expect(owl).toMatchObject({ illuminator_enable: 'on', clip_length: 10, retrigger_time: 20, enabled: true });
  await client.send(`${account}/2001/owls/5003/lights/on`);
  done();
  await settle();
  expect(blink.scenario.camera(5003).lightsOn).toBe(true);
});

test('fails orders when it is told to, or when camera or module are out of reach', async () => {
  const outcome = async (path: string, network = 2001) => {
    const { id } = await client.send(path);
    done();
    return client.read(`/network/${network}/command/${id}`);
  };
  blink.commands.failNext = 1;
  expect(await outcome('/network/2001/camera/4001/disable')).toMatchObject({ complete: true, status_code: 909 });
  expect(blink.scenario.camera(4001).enabled).toBe(true);
  blink.scenario.camera(4001).online = false;
  expect((await outcome('/network/2001/camera/4001/disable')).status_code).toBe(909);
  blink.scenario.network(2001).syncOnline = false;
  expect((await outcome(`${account}/2001/state/disarm`)).status_code).toBe(909);
  expect((await outcome(`${account}/2003/state/disarm`, 2003)).status_code).toBe(908);
});

test('keeps an order that never ends until it is told that it is done', async () => {
  blink.commands.durationMs = Infinity;
  const { id } = await client.send('/network/2001/camera/4001/thumbnail');
  nowMs += 86_400_000;
  client = await signedIn(blink);
  expect(await client.read(`/network/2001/command/${id}`)).toMatchObject({ complete: false });
  expect(await client.send(`/network/2001/command/${id}/done/`)).toEqual({
    message: `Command ${id} set to :done`,
    code: 902,
  });
  expect(await client.read(`/network/2001/command/${id}`)).toMatchObject({ complete: true });
  expect((await client.get(`/network/2002/command/${id}`)).status).toBe(404);
});

test('is busy while somebody else uses the module', async () => {
  blink.scenario.occupy(2001, 10_000);
  expect((await post('/network/2001/camera/4001/disable')).status).toBe(409);
  expect((await client.send('/network/2001/update')).network.busy).toBe(true);
  nowMs += 10_000;
  expect((await post('/network/2001/camera/4001/disable')).status).toBe(200);
});

test('opens live views, which keep the module until they are done', async () => {
  const path = (version: string, kind: string, id: number) =>
    `/api/${version}/accounts/1001/networks/2001/${kind}/${id}/liveview`;
  const wanted = { intent: 'liveview', motion_event_start_time: null };
  const old = await client.send(path('v6', 'cameras', 4002), wanted);
  expect(old.server).toMatch(/^rtsps:\/\/.*blinkRTSP=true$/);
  expect((await post(path('v2', 'owls', 5001), wanted)).status).toBe(409);
  await client.send(`/network/2001/command/${old.command_id}/done`);
  const view = await client.send(path('v2', 'owls', 5001), wanted);
  expect(view).toMatchObject({
    duration: 300,
    polling_interval: 15,
    join_state: 'available',
    liveview_token: expect.any(String),
  });
  expect(view.server).toMatch(/^immis:\/\/.+\/[0-9a-f]{16}__IMDS_G8S5001\?client_id=1201$/);
  nowMs += 300_000;
  expect(await client.read(`/network/2001/command/${view.command_id}`)).toMatchObject({ complete: true });
  expect((await post(path('v2', 'doorbells', 6001), wanted)).status).toBe(200);
  expect(blink.liveViews.opened.map(({ camera: { id } }) => id)).toEqual([4002, 5001, 6001]);
});

test('keeps live views as clips where that is switched on', async () => {
  blink.scenario.network(2001).saveLiveViews = true;
  const view = await client.send('/api/v6/accounts/1001/networks/2001/cameras/4001/liveview', {});
  const startedAt = nowMs;
  nowMs += 20_000;
  await client.send(`/network/2001/command/${view.command_id}/done`);
  expect(blink.account.media).toMatchObject([{ source: 'liveview', createdAt: startedAt, uploadedAt: nowMs + 4000 }]);
});

test('tells calibrated and raw temperature, volts, radio and snooze', async () => {
  expect(await client.read('/network/2001/camera/4001/signals')).toMatchObject({ temp: 68, battery: 3, lfr: 5 });
  const config = await client.read('/network/2001/camera/4001/config');
  expect(config.camera[0]).toMatchObject({
    temperature: 71,
    temp_adjust: -3,
    battery_voltage: 160,
    thumbnail: 1_767_225_600,
  });
  expect(config.signals).toMatchObject({ temp: 68 });
  const status = await client.read('/network/2001/camera/4001');
  expect(status.camera_status).toMatchObject({ temperature: 71, wifi_strength: -30, ac_power: false });
  await client.send(`${account}/2001/cameras/4001/snooze`, { snooze_time: 240 });
  const { cameras } = await client.read('/api/v4/accounts/1001/homescreen');
  expect(cameras[0]).toMatchObject({ snooze: true, snooze_time_remaining: 14_400 });
});

test('refuses a body that is no JSON object', async () => {
  const headers = { authorization: `Bearer ${client.token}` };
  const answer = await fetch(`${blink.url}/network/2001/camera/4001/update`, {
    method: 'POST',
    headers,
    body: '{"a":',
  });
  expect(answer.status).toBe(400);
});

test("takes orders at the app's newer addresses", async () => {
  const { id } = await client.send('/accounts/1001/networks/2001/cameras/4001/thumbnail');
  const path = `/accounts/1001/networks/2001/commands/${id}`;
  expect(await client.read(path)).toMatchObject({ complete: false });
  expect(await client.send(`${path}/done`)).toMatchObject({ code: 902 });
  expect(await client.read(path)).toMatchObject({
    complete: true,
    commands: [{ command: 'thumbnail', camera_id: 4001 }],
  });
});

test.each(['owls/5001', 'doorbells/6001'])('records a clip of %s on order', async (path) => {
  expect(await client.send(`${account}/2001/${path}/clip`)).toMatchObject({ command: 'clip', network_id: 2001 });
});

test('tells and changes the configuration of a doorbell', async () => {
  const path = `${account}/2001/doorbells/6001/config`;
  await client.send(path, { enabled: false, motion_sensitivity: 2, illuminator_enable: 'sometimes' });
  done();
  const config = await client.read(path);
  expect(config).toMatchObject({
    name: 'Front Door',
    enabled: false,
    motion_sensitivity: 2,
    illuminator_enable: 'auto',
    battery: 'ok',
  });
  expect(config).not.toHaveProperty('id');
});

test('has no temperature where the camera has none, and wakes notifications again', async () => {
  const status = await client.read('/network/2005/camera/4005/status');
  expect(status.camera_status.temperature).toBeNull();
  await client.send(`${account}/2001/cameras/4001/snooze`, { snooze_time: 240 });
  await client.send(`${account}/2001/cameras/4001/unsnooze`);
  const { cameras } = await client.read('/api/v3/accounts/1001/homescreen');
  expect(cameras[0]).toMatchObject({ snooze: false, snooze_time_remaining: null });
});
