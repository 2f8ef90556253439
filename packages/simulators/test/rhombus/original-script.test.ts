// requires: ffmpeg
import { afterAll, beforeAll, expect, test } from '@jest/globals';
import { execFile } from 'node:child_process';
import { mkdirSync } from 'node:fs';
import { writeFile } from 'node:fs/promises';
import { request } from 'node:https';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { createFleet, startRhombus, type Rhombus } from '../../src/index.ts';

/** A client with the habits of the original copy script: strings as filters, the first LAN address, key and cookie on every request. */

const mediaFolder = join(tmpdir(), 'porchlight-rhombus-film');
const nowSec = Math.floor(Date.now() / 1000);
const key = { 'x-auth-scheme': 'api-token', 'x-auth-apikey': 'simulated-api-token' };
let rhombus: Rhombus;
beforeAll(async () => {
  mkdirSync(mediaFolder, { recursive: true });
  const organisation = createFleet(nowSec, { cameras: 2, audio: true });
  rhombus = await startRhombus({ mediaFolder, now: Date.now, organisation, settings: { legacyAlerts: true } });
});
afterAll(() => rhombus.close());

function send(url: string, headers: Record<string, string>, body?: string): Promise<Buffer> {
  return new Promise((resolve, reject) => {
    const options = { method: body === undefined ? 'GET' : 'POST', headers, rejectUnauthorized: false };
    const outgoing = request(url, options, (answer) => {
      const pieces: Buffer[] = [];
      answer.on('data', (piece: Buffer) => pieces.push(piece));
      answer.on('end', () => resolve(Buffer.concat(pieces)));
    });
    outgoing.on('error', reject);
    outgoing.end(body);
  });
}

async function post<T>(path: string, body: object): Promise<T> {
  const headers = { ...key, 'content-type': 'application/json', accept: 'application/json' };
  return JSON.parse((await send(`${rhombus.apiUrl}/api/${path}`, headers, JSON.stringify(body))).toString()) as T;
}

interface Uris {
  lanVodMpdUrisTemplates: string[];
  wanVodMpdUriTemplate: string;
}

/** Everything of a window in one file, whatever it is that came. */
async function download(
  uris: Uris,
  window: { startSec: number; durationSec: number },
  isWan: boolean,
): Promise<Buffer> {
  const { federatedSessionToken: token } = await post<{ federatedSessionToken: string }>(
    'org/generateFederatedSessionToken',
    { durationSec: 3600 },
  );
  const template = isWan ? uris.wanVodMpdUriTemplate : (uris.lanVodMpdUrisTemplates[0] ?? '');
  const manifest = template
    .replace('{START_TIME}', String(window.startSec))
    .replace('{DURATION}', String(window.durationSec));
  const headers = { ...key, cookie: `RSESSIONID=RFT:${token}` };
  const xml = (await send(manifest, headers)).toString();
  const read = (name: string): string => new RegExp(`${name}="([^"]*)"`).exec(xml)?.[1] ?? '';
  const part = (name: string): Promise<Buffer> => send(manifest.replace(/(clip|file)\.mpd/, name), headers);
  const parts = [await part(read('initialization'))];
  for (let place = 0; place < Math.floor(window.durationSec / 2); place += 1) {
    parts.push(await part(read('media').replace('$Number$', String(Number(read('startNumber')) + place))));
  }
  return Buffer.concat(parts);
}

async function codecOf(content: Buffer): Promise<string> {
  const path = join(mediaFolder, `original-${process.pid}`);
  await writeFile(path, content);
  const args = ['-v', 'error', '-show_entries', 'stream=codec_name', '-of', 'csv=p=0', path];
  return (await promisify(execFile)('ffprobe', args)).stdout.trim();
}

test.each(['LAN', 'WAN'])('manual mode over %s: the lists, then picture and sound of a window', async (route) => {
  const { cameraStates } = await post<{ cameraStates: { uuid: string }[] }>('camera/getMinimalCameraStateList', {});
  const { audioGatewayStates } = await post<{ audioGatewayStates: { uuid: string; associatedCameras: string[] }[] }>(
    'audiogateway/getMinimalAudioGatewayStateList',
    {},
  );
  const [{ uuid: cameraUuid } = { uuid: '' }] = cameraStates;
  const gateway = audioGatewayStates.find(({ associatedCameras }) => associatedCameras.includes(cameraUuid));
  const window = { startSec: nowSec - 1000, durationSec: 6 };
  const picture = await post<Uris>('camera/getMediaUris', { cameraUuid });
  expect(await codecOf(await download(picture, window, route === 'WAN'))).toBe('h264');
  const sound = await post<Uris>('audiogateway/getMediaUris', { gatewayUuid: gateway?.uuid });
  expect(await codecOf(await download(sound, window, route === 'WAN'))).toBe('opus');
  // This is what the original shows to whoever answers at the address.
  expect(rhombus.ledger.leaks.length > 0).toBe(true);
});

test('alert mode: alerts in its shape, by strings and nulls as filters, and their footage', async () => {
  const deviceUuid = rhombus.cameras[1]?.uuid ?? '';
  const raised = await rhombus.scenario.raiseAlert({ deviceUuid, timestampMs: (nowSec - 500) * 1000, durationSec: 4 });
  await rhombus.scenario.raiseAlert({ deviceUuid: rhombus.cameras[0]?.uuid ?? '', timestampMs: (nowSec - 400) * 1000 });
  const window = { beforeTimestampMs: nowSec * 1000, afterTimestampMs: (nowSec - 600) * 1000 };
  const filters = { maxResults: 100, locationFilter: null, deviceFilter: deviceUuid };
  const { alerts } = await post<{ alerts: Record<string, never>[] }>('event/getPolicyAlerts', {
    ...filters,
    ...window,
  });
  expect(alerts).toEqual([
    {
      alertId: raised.uuid,
      alertType: 'motion',
      timestampMs: (nowSec - 500) * 1000,
      eventEndMs: (nowSec - 496) * 1000,
      deviceUuid,
      deviceName: 'Camera 2',
    },
  ]);
  const uris = await post<Uris>('camera/getMediaUris', { cameraUuid: deviceUuid });
  expect(await codecOf(await download(uris, { startSec: nowSec - 505, durationSec: 14 }, false))).toBe('h264');
});

test('without the switch it finds no alert: the documented list has another name', async () => {
  rhombus.settings.legacyAlerts = false;
  const answer = await post<Record<string, unknown>>('event/getPolicyAlerts', { maxResults: 100 });
  expect(Object.keys(answer)).toContain('policyAlerts');
  expect(answer['alerts']).toBeUndefined();
});
