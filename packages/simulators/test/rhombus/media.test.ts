// requires: ffmpeg
import { expect, test } from '@jest/globals';
import { execFile } from 'node:child_process';
import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { placeholderCode, readClock, readRhom } from '../../src/index.ts';
import {
  camera,
  fetchWindow,
  key,
  manifestUrl,
  mediaFolder,
  nowSec,
  part,
  passMs,
  post,
  rhombus,
  send,
  startSec,
  token,
  ways,
} from './support/media-client.ts';

const run = promisify(execFile);

async function clocks(film: Buffer): Promise<number[]> {
  const path = join(mediaFolder, `decode-${process.pid}.mp4`);
  await writeFile(path, film);
  const filter = 'fps=1:round=down,scale=160:90:flags=neighbor,format=gray';
  const args = ['-v', 'error', '-xerror', '-i', path, '-vf', filter, '-f', 'rawvideo', '-'];
  const { stdout } = await run('ffmpeg', args, { encoding: 'buffer', maxBuffer: 64 * 1024 * 1024 });
  const size = 160 * 90;
  return Array.from({ length: stdout.length / size }, (_, index) =>
    readClock(stdout.subarray(index * size, (index + 1) * size), { width: 160, height: 90 }),
  );
}

test.each(['lan', 'wan'] as const)(
  'over %s: a film that decodes, shows its seconds and carries its times',
  async (route) => {
    const [init, ...segments] = await fetchWindow(route, 'video');
    expect(segments.map(readRhom)).toEqual(segments.map((_, index) => (startSec + 2 * index) * 1000));
    const expected = Array.from({ length: 11 }, (_, second) => (startSec + second) % 60);
    expect(await clocks(Buffer.concat([init!, ...segments]))).toEqual(expected);
  },
);

test('sound is WebM with Opus, mono, and as long as the window', async () => {
  const path = join(mediaFolder, `decode-${process.pid}.webm`);
  await writeFile(path, Buffer.concat(await fetchWindow('lan', 'audio', 12)));
  const entries = 'stream=codec_name,channels,sample_rate,nb_read_packets';
  const { stdout } = await run('ffprobe', [
    '-v',
    'error',
    '-count_packets',
    '-show_entries',
    entries,
    '-of',
    'csv=p=0',
    path,
  ]);
  expect(stdout.trim()).toBe('opus,48000,1,600');
});

test('the same second is the same bytes in every window and over every route', async () => {
  const lan = await fetchWindow('lan', 'video', 8);
  expect(await fetchWindow('wan', 'video', 10).then((parts) => parts.slice(0, 5))).toEqual(lan);
});

test('routes number their segments differently, and only windows that were opened are served on the LAN', async () => {
  const headers = ways.header(await token());
  const lan = await manifestUrl('lan', 'video');
  expect((await send(part(lan, 'seg_0.m4v'), headers)).status).toBe(404);
  rhombus.settings.partsBeforeManifest = 400;
  expect((await send(part(lan, 'seg_0.m4v'), headers)).status).toBe(400);
  expect((await send(lan, headers)).body.toString()).toContain('startNumber="0"');
  expect((await send(part(lan, 'seg_0.m4v'), headers)).status).toBe(200);
  expect((await send(part(lan, 'seg_6.m4v'), headers)).status).toBe(404);
  const wan = await manifestUrl('wan', 'video');
  expect((await send(wan, headers)).body.toString()).toContain('startNumber="1"');
  expect((await send(part(wan, 'seg_0.m4v'), headers)).status).toBe(404);
});

test('an odd last second is short, full or absent', async () => {
  const lengths: Record<string, number | undefined> = {};
  const headers = ways.header(await token());
  const url = await manifestUrl('lan', 'video', 3);
  await send(url, headers);
  for (const oddSecond of ['short', 'full', 'absent'] as const) {
    rhombus.settings.oddSecond = oddSecond;
    const { status, body } = await send(part(url, 'seg_1.m4v'), headers);
    lengths[oddSecond] = status === 200 ? body.toString('latin1').split('moof').length - 1 : undefined;
  }
  expect(lengths).toEqual({ short: 1, full: 2, absent: undefined });
});

test('tokens: every presentation on the LAN, no bare cookie at the edge, the device only, and an end', async () => {
  const [lan, wan] = [await manifestUrl('lan', 'video'), await manifestUrl('wan', 'video')];
  const own = await token(camera().uuid);
  for (const way of Object.values(ways)) expect((await send(lan, way(own))).status).toBe(200);
  expect((await send(`${lan}?x-auth-scheme=federated-token&x-auth-ft=${own}`, {})).status).toBe(200);
  expect((await send(wan, ways.header(own))).status).toBe(200);
  expect((await send(wan, ways.session(own))).status).toBe(403);
  expect((await send(wan, { ...key, ...ways.session(own) })).status).toBe(200);
  expect((await send(lan, ways.header(await token(rhombus.cameras[1]!.uuid)))).status).toBe(403);
  expect((await send(lan, {})).status).toBe(401);
  passMs(61_000);
  expect((await send(lan, ways.header(own))).status).toBe(401);
  const listing = await send(
    `${rhombus.apiUrl}/api/org/getOrgV2`,
    { ...ways.header(await token(camera().uuid)), 'content-type': 'application/json' },
    '{}',
  );
  expect(listing.status).toBe(403);
});

test('a key that is shown to a device is refused and noted', async () => {
  expect((await send(await manifestUrl('lan', 'video'), key)).status).toBe(401);
  expect(rhombus.ledger.leaks).toMatchObject([{ device: camera().uuid, key: 'simulated-api-token' }]);
});

test('a gap shows the placeholder with 200, and is not in the presence windows; neither are the last two minutes', async () => {
  rhombus.scenario.addGap(camera().uuid, { startSec: startSec + 4, durationSec: 2 });
  const shown = await clocks(Buffer.concat(await fetchWindow('lan', 'video', 8)));
  expect(shown.slice(4, 6)).toEqual([placeholderCode, placeholderCode]);
  const ask = { cameraUuid: camera().uuid, startTimeSec: startSec, durationSec: 2000 };
  const { presenceWindows } = await post<{ presenceWindows: Record<string, unknown> }>(
    'camera/getPresenceWindows',
    ask,
  );
  expect(presenceWindows['VideoLocal']).toEqual([
    { startSeconds: startSec, durationSeconds: 4 },
    { startSeconds: startSec + 6, durationSeconds: nowSec - 120 - startSec - 6 },
  ]);
});

test('an offline device ends connections; the edge still has what the cloud has', async () => {
  const lan = await manifestUrl('lan', 'video');
  camera().recording.cloud.push({ startSec, durationSec: 60 });
  rhombus.scenario.setOnline(camera().uuid, false);
  await expect(send(lan, ways.header(await token()))).rejects.toThrow();
  expect(await clocks(Buffer.concat(await fetchWindow('wan', 'video', 4)))).not.toContain(placeholderCode);
});
