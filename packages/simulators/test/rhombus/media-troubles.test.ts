// requires: ffmpeg
import { expect, test } from '@jest/globals';
import { gunzipSync } from 'node:zlib';
import { readRhom, type MediaTrouble } from '../../src/index.ts';
import {
  camera,
  fetchWindow,
  type Got,
  manifestUrl,
  part,
  rhombus,
  send,
  startSec,
  token,
  ways,
} from './support/media-client.ts';

const spoilt: [trouble: MediaTrouble, seen: (got: Got, whole: Buffer) => unknown, expected: unknown][] = [
  [{ type: 'status', status: 500, body: 'no' }, ({ status, body }) => [status, body.toString()], [500, 'no']],
  [{ type: 'short', bytes: 99 }, ({ body }) => body.length, 99],
  [{ type: 'gzip' }, ({ body }, whole) => gunzipSync(body).equals(whole), true],
  [{ type: 'html' }, ({ headers }) => headers['content-type'], 'text/html'],
  [{ type: 'redirect' }, ({ status, headers }) => [status, String(headers.location).includes('moved=1')], [302, true]],
  [{ type: 'placeholder' }, ({ body }, whole) => body.length > 0 && !body.equals(whole), true],
  [{ type: 'shift', seconds: 60 }, ({ body }) => readRhom(body), (startSec + 62) * 1000],
  [{ type: 'expire-token' }, ({ status }) => status, 401],
];

test.each(spoilt)('trouble %j spoils one segment once', async (trouble, seen, expected) => {
  const headers = ways.header(await token());
  const url = await manifestUrl('lan', 'video');
  await send(url, headers);
  const { body: whole } = await send(part(url, 'seg_1.m4v'), headers);
  rhombus.mediaFaults.add({ part: 'segment', segment: 1, trouble, times: 1 });
  expect(seen(await send(part(url, 'seg_1.m4v'), headers), whole)).toEqual(expected);
  const again = await send(part(url, 'seg_1.m4v'), ways.header(await token()));
  expect(again.body.equals(whole)).toBe(true);
});

test.each([
  { type: 'cut', afterBytes: 100 },
  { type: 'wrong-length', deltaBytes: 100 },
] as const)('trouble %j ends the connection inside the body', async (trouble) => {
  const headers = ways.header(await token());
  const url = await manifestUrl('lan', 'video');
  rhombus.mediaFaults.add({ part: 'manifest', trouble, times: 1 });
  await expect(send(url, headers)).rejects.toThrow();
  expect((await send(url, headers)).status).toBe(200);
});

test('the speed of a device is kept, whatever the number of connections', async () => {
  rhombus.settings.network.lan.deviceBitsPerSecond = 4e6;
  const headers = ways.header(await token());
  const url = await manifestUrl('lan', 'audio', 60);
  await send(url, headers);
  rhombus.ledger.clear();
  const startedAt = performance.now();
  const names = Array.from({ length: 30 }, (_, place) => `seg_${place}.webm`);
  await Promise.all(names.map((name) => send(part(url, name), headers)));
  const bitsPerSecond = (rhombus.ledger.bytes() * 8000) / (performance.now() - startedAt);
  expect(bitsPerSecond).toBeLessThan(4.8e6);
});

test('the ledger counts requests for each segment and the most connections', async () => {
  await fetchWindow('lan', 'video', 4);
  await fetchWindow('lan', 'video', 4);
  expect([...rhombus.ledger.requestsPerSegment({ whole: true }).values()]).toEqual([2, 2]);
  expect(rhombus.ledger.peak(camera().uuid)).toEqual({ connections: 1, requests: 1 });
});
