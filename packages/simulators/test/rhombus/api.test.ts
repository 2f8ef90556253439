import { afterEach, expect, test } from '@jest/globals';
import { mkdirSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { startRhombus, type Rhombus, type RhombusOptions } from '../../src/index.ts';

const mediaFolder = join(tmpdir(), 'porchlight-rhombus-film');
const now = 1_767_225_600_000;
const open: Rhombus[] = [];
afterEach(async () => {
  await Promise.all(open.splice(0).map((rhombus) => rhombus.close()));
});

async function start(options: Partial<RhombusOptions> = {}): Promise<Rhombus> {
  mkdirSync(mediaFolder, { recursive: true });
  const rhombus = await startRhombus({ mediaFolder, now: () => now, plainCloud: true, ...options });
  open.push(rhombus);
  return rhombus;
}

const key = { 'x-auth-scheme': 'api-token', 'x-auth-apikey': 'simulated-api-token' };

async function call(url: string, body: object = {}, headers: Record<string, string> = key) {
  const request = { method: 'POST', headers: { 'content-type': 'application/json', ...headers } };
  const response = await fetch(url, { ...request, body: JSON.stringify(body) });
  const text = await response.text();
  const answer = text.startsWith('{') ? (JSON.parse(text) as Record<string, unknown>) : { text };
  return { status: response.status, headers: response.headers, answer };
}

test('keys: none, wrong, of another region, right', async () => {
  const { apiUrl, foreignApiUrl } = await start();
  const path = '/api/camera/getMinimalCameraStateList';
  expect(await call(apiUrl + path, {}, {})).toMatchObject({ status: 401, answer: { authenticationFailed: true } });
  const wrong = await call(apiUrl + path, {}, { ...key, 'x-auth-apikey': 'no' });
  expect(wrong).toMatchObject({ status: 403, answer: { msg: 'Access Denied' } });
  expect(await call(foreignApiUrl + path)).toMatchObject({ status: 403, answer: { msg: 'Invalid api key' } });
  expect((await call(apiUrl + path)).status).toBe(200);
});

test('a bucket that is empty answers 429 with the wait', async () => {
  const { apiUrl } = await start({ settings: { rateLimit: { perSecond: 1, burst: 1 } } });
  await call(`${apiUrl}/api/org/getOrgV2`);
  const refused = await call(`${apiUrl}/api/org/getOrgV2`);
  expect(refused.status).toBe(429);
  expect(Number(refused.headers.get('retry-after'))).toBeGreaterThanOrEqual(1);
});

test('wrong types are 400, unknown fields are ignored, unknown paths are 404', async () => {
  const { apiUrl } = await start();
  expect((await call(`${apiUrl}/api/event/getPolicyAlerts`, { maxResults: 'many' })).status).toBe(400);
  expect((await call(`${apiUrl}/api/event/getPolicyAlerts`, { deviceFilter: 'a string' })).status).toBe(400);
  expect((await call(`${apiUrl}/api/event/getPolicyAlerts`, { more: 1 })).status).toBe(200);
  expect((await call(`${apiUrl}/api/event/no`)).status).toBe(404);
});

test('an alert says of which kind its device is, and where', async () => {
  const { org, scenario, cameras } = await start();
  const raise = async (kind: string): Promise<unknown[]> => {
    const { deviceType, locationUuid } = await scenario.raiseAlert({
      deviceUuid: org.sensors.find((sensor) => sensor.kind === kind)?.uuid ?? '',
    });
    return [deviceType, org.locations.some(({ uuid }) => uuid === locationUuid)];
  };
  expect(await raise('door')).toEqual(['DOOR_SENSOR', true]);
  expect(await raise('climate')).toEqual(['ENVIRONMENTAL_SENSOR', true]);
  expect(await raise('occupancy')).toEqual(['OCCUPANCY_SENSOR', true]);
  expect((await scenario.raiseAlert({ deviceUuid: cameras[0]?.uuid ?? '' })).deviceType).toBe('CAMERA');
  expect((await scenario.raiseAlert({ deviceUuid: org.gateways[0]?.uuid ?? '' })).deviceType).toBe('AUDIO_GATEWAY');
});

test('alerts of the same ms are paged without loss', async () => {
  const { apiUrl, scenario } = await start();
  for (let count = 0; count < 25; count += 1) await scenario.raiseAlert();
  const seen = new Set<string>();
  let cursor = {};
  for (let page = 0; page < 4; page += 1) {
    const { answer } = await call(`${apiUrl}/api/event/getPolicyAlerts`, { maxResults: 10, ...cursor });
    const alerts = answer['policyAlerts'] as { uuid: string; timestampMs: number }[];
    for (const { uuid } of alerts) seen.add(uuid);
    const last = alerts.at(-1);
    if (last) cursor = { lastTimestampMs: last.timestampMs, lastUuid: last.uuid };
  }
  expect(seen.size).toBe(25);
});

test('the legacy switch gives the shape that the original script reads, and takes its filters', async () => {
  const { apiUrl, scenario, cameras } = await start({ settings: { legacyAlerts: true } });
  const deviceUuid = cameras[0]?.uuid ?? '';
  const alert = await scenario.raiseAlert({ deviceUuid, durationSec: 7 });
  const { answer } = await call(`${apiUrl}/api/event/getPolicyAlerts`, { maxResults: 100, deviceFilter: deviceUuid });
  const expected = { alertId: alert.uuid, alertType: 'motion', timestampMs: now, eventEndMs: now + 7000 };
  expect(answer).toMatchObject({ alerts: [{ ...expected, deviceUuid, deviceName: 'Front Door' }] });
});

test('troubles: a status, a cut answer, an alert without time, one listed twice', async () => {
  const { apiUrl, scenario, faults } = await start();
  faults.add({ match: '/api/org', trouble: { type: 'status', status: 503 }, times: 1 });
  expect((await call(`${apiUrl}/api/org/getOrgV2`)).status).toBe(503);
  faults.add({ match: '/api/org', trouble: { type: 'reset' }, times: 1 });
  await expect(call(`${apiUrl}/api/org/getOrgV2`)).rejects.toThrow();
  const alert = await scenario.raiseAlert({ without: ['timestampMs'] });
  scenario.duplicateAlert(alert.uuid);
  const { answer } = await call(`${apiUrl}/api/event/getPolicyAlerts`);
  const listed = answer['policyAlerts'] as object[];
  expect(listed).toHaveLength(2);
  expect(listed[0]).not.toHaveProperty('timestampMs');
});

test('sensors name their id, their health and their readings in their own way', async () => {
  const { apiUrl, org, scenario } = await start();
  const [door, gateway] = ['door', 'environmental'].map((kind) => org.sensors.find((sensor) => sensor.kind === kind));
  scenario.setReadings(door?.uuid ?? '', { status: 'AJAR' });
  scenario.setOnline(door?.uuid ?? '', false);
  const doors = await call(`${apiUrl}/api/door/getMinimalDoorStateList`);
  expect(doors.answer['doorStates']).toMatchObject([
    { sensorUuid: door?.uuid, health: 'RED', healthDetails: 'NO_HEARTBEAT', status: 'AJAR' },
  ]);
  const gateways = await call(`${apiUrl}/api/climate/getMinimalEnvironmentalGatewayStates`);
  expect(gateways.answer['minimalEnvironmentalGatewayStates']).toMatchObject([
    { deviceUuid: gateway?.uuid, connected: true, tempC: 24 },
  ]);
  expect(doors.headers.get('date')).toBe(new Date(now).toUTCString());
});
