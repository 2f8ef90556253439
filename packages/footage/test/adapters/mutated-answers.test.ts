import { afterAll, beforeAll, expect, jest, test } from '@jest/globals';
import { errorCode } from '@porchlight/core';
import { systemClock } from '@porchlight/core/node';
import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { createCloudAgents } from '../../src/adapters/media/agents.ts';
import { RhombusCloud } from '../../src/adapters/cloud/client.ts';
import { parseMpd, partUrl } from '../../src/adapters/media/mpd.ts';
import { alertJob } from '../../src/domain/job.ts';
import type { MediaDevice } from '../../src/domain/organisation.ts';
import { filmName } from '../../src/domain/names.ts';
import { seededRandom } from '../support/interrupted.ts';

jest.setTimeout(60_000);

const camera = { uuid: '7hQ-2k_dTNaP0sXo9bYvWg', name: 'Front Door', locationUuid: 'L', connectionStatus: 'GREEN' };
const good: Record<string, object> = {
  '/api/camera/getMinimalCameraStateList': {
    cameraStates: [{ ...camera, lanAddresses: ['10.0.0.2'], mummified: false }],
  },
  '/api/audiogateway/getMinimalAudioGatewayStateList': {
    audioGatewayStates: [{ ...camera, associatedCameras: [`${camera.uuid}.v0`] }],
  },
  '/api/location/getLocations': {
    locations: [{ uuid: 'L', name: 'House', subLocations: [{ uuid: 'M', name: 'Loft' }] }],
  },
  '/api/event/getPolicyAlerts': {
    policyAlerts: [
      {
        uuid: 'A',
        timestampMs: 1_767_225_600_123,
        durationSec: 12,
        policyAlertTriggers: ['MOTION'],
        deviceUuid: camera.uuid,
      },
    ],
  },
  '/api/camera/getPresenceWindows': {
    presenceWindows: { VideoCloud: [{ startSeconds: 5, durationSeconds: 9 }], VideoLocal: [] },
  },
  '/api/camera/getMediaUris': {
    lanVodMpdUrisTemplates: ['https://a/{START_TIME}_{DURATION}/clip.mpd'],
    wanVodMpdUriTemplate: 'x',
  },
  '/api/org/generateFederatedSessionToken': { federatedSessionToken: 'Ft1' },
};

const strange: unknown[] = [
  null,
  true,
  -1,
  1e300,
  '',
  'x',
  '../../../etc/passwd',
  '\u0000',
  '💥'.repeat(300),
  [],
  [[]],
  {},
  { a: 1 },
  [null, 5, 'x'],
  '2026-01-01',
  9_007_199_254_740_991,
  -0.5,
  [{}],
  'a'.repeat(5000),
];

/** One value anywhere in the object is replaced, removed or doubled. */
function mutate(value: unknown, random: () => number): unknown {
  const pick = (): unknown => strange[Math.floor(random() * strange.length)];
  if (typeof value !== 'object' || value === null || random() < 0.15) return pick();
  if (Array.isArray(value)) {
    const members = value.map((member, index) =>
      index === Math.floor(random() * value.length) ? mutate(member, random) : member,
    );
    return random() < 0.2 ? [...members, ...members, pick()] : members;
  }
  const keys = Object.keys(value);
  const chosen = keys[Math.floor(random() * keys.length)] ?? '';
  const copy: Record<string, unknown> = { ...value };
  if (random() < 0.2) delete copy[chosen];
  else copy[chosen] = mutate(copy[chosen], random);
  return copy;
}

let server: Server;
let cloud: RhombusCloud;
let spoil: (answer: object) => string;
const agents = createCloudAgents({});

beforeAll(async () => {
  server = createServer((request, response) => {
    request.resume();
    response.end(spoil({ error: false, errorMsg: null, ...good[request.url ?? ''] }));
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const apiUrl = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  const clock = { ...systemClock, sleep: () => Promise.resolve() };
  cloud = new RhombusCloud({ apiUrl, headers: {}, agents, clock, signal: new AbortController().signal });
});
afterAll(async () => {
  agents.close();
  await new Promise((resolve) => server.close(resolve));
});

test('2,100 mutated answers: a usable result or a coded error, never anything else', async () => {
  const random = seededRandom(11);
  spoil = (answer) => {
    const text = JSON.stringify(mutate(answer, random));
    return random() < 0.05 ? text.slice(0, Math.floor(random() * text.length)) : text;
  };
  const device: MediaDevice = { kind: 'camera', uuid: camera.uuid, name: 'x', isOnline: true, lanAddresses: [] };
  const calls = [
    () => cloud.organisation(),
    async () => {
      const { alerts } = await cloud.alerts({ max: 50 });
      for (const alert of alerts) {
        const verdict = alertJob(alert, { cameras: new Map(), bufferSec: 30, stampOf: String });
        if ('job' in verdict) expect(filmName(verdict.job.naming, false)).not.toMatch(/[^\p{L}\p{N}_.-]/u);
      }
    },
    () => cloud.presence(device, { startSec: 0, endSec: 100 }),
    () => cloud.mediaUris(device),
    () => cloud.token(device),
  ];
  const ends = { well: 0, badly: 0 };
  for (let count = 0; count < 2100; count += 1) {
    try {
      await calls[count % calls.length]?.();
      ends.well += 1;
    } catch (error) {
      expect(errorCode(error)).toMatch(/^footage\./);
      ends.badly += 1;
    }
  }
  // Most calls heal, because a failed one is asked again and its next answer is spoilt in another way.
  expect(ends.well).toBeGreaterThan(500);
  expect(ends.badly).toBeGreaterThan(20);
});

test('a page that repeats itself for ever is left', async () => {
  const alert = { uuid: 'A', timestampMs: 5, deviceUuid: camera.uuid };
  spoil = () => JSON.stringify({ policyAlerts: Array.from({ length: 100 }, () => alert) });
  expect(await cloud.alerts({ max: 1000 })).toMatchObject({ alerts: [{ uuid: 'A' }], isCut: false });
});

test('2,000 mutated manifests: names that stay in their folder, or nothing', () => {
  const random = seededRandom(5);
  const whole =
    '<?xml version="1.0"?><MPD xmlns="urn:mpeg:dash:schema:mpd:2011"><Period><AdaptationSet><SegmentTemplate media="seg_$Number$.m4v" initialization="seg_init.mp4" startNumber="0"/></AdaptationSet></Period></MPD>';
  const letters = [
    '/',
    '..',
    '"',
    '<',
    '>',
    '$',
    '%',
    '\\',
    '?',
    '#',
    ' ',
    'http://evil/',
    '\u0000',
    '&amp;',
    '9'.repeat(30),
  ];
  let readable = 0;
  for (let count = 0; count < 2000; count += 1) {
    const at = Math.floor(random() * whole.length);
    const letter = letters[Math.floor(random() * letters.length)] ?? '';
    const mpd = parseMpd(`${whole.slice(0, at)}${letter}${whole.slice(at + Math.floor(random() * 4))}`);
    if (!mpd) continue;
    readable += 1;
    for (const name of [mpd.init, mpd.segment(0), mpd.segment(41_000)]) {
      const url = new URL(partUrl('https://camera.lan:8000/dash/x/5_6/clip.mpd?q=1', name) ?? '');
      expect(url.origin).toBe('https://camera.lan:8000');
      expect(url.pathname).toMatch(/^\/dash\/x\/5_6\/[^/]+$/);
    }
  }
  expect(readable).toBeGreaterThan(200);
});
