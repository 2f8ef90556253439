import { afterEach, beforeEach, expect, test } from '@jest/globals';
import { type Blink, type MediaCause, startBlink } from '../../src/blink/index.ts';
import { type Client, type Json, signedIn } from './support/client.ts';

let nowMs = 0;
let blink: Blink;
let client: Client;

beforeEach(async () => {
  nowMs = Date.UTC(2026, 0, 1);
  blink = await startBlink({ now: () => nowMs });
  client = await signedIn(blink);
});

afterEach(() => blink.close());

const zeros = (atMs: number) => new Date(atMs).toISOString().replace(/\.\d+Z$/, '+0000');
const changes = (query: Record<string, string> = {}): Promise<Json> =>
  client.read(`/api/v1/accounts/1001/media/changed?${new URLSearchParams(query)}`);
const ids = async (query: Record<string, string> = {}): Promise<number[]> =>
  (await changes(query)).media.map(({ id }: Json) => id);

/** Rows of the yard, one every 20 s, all of them uploaded. */
function makeRows(count: number) {
  return Array.from({ length: count }, () => {
    const row = blink.scenario.trigger(4001)!;
    nowMs += 20_000;
    return row;
  });
}

test('shows motion when clip and upload are over, dated at its start', async () => {
  const startedAt = nowMs;
  const row = blink.scenario.trigger(4001)!;
  nowMs += 8999;
  expect(await ids()).toEqual([]);
  nowMs += 1;
  const { media, limit } = await changes({ since: zeros(startedAt) });
  expect(limit).toBe(25);
  expect(media).toEqual([
    {
      id: row.id,
      created_at: '2026-01-01T00:00:00+00:00',
      updated_at: '2026-01-01T00:00:09+00:00',
      deleted: false,
      device: 'catalina',
      device_id: 4001,
      device_name: 'Yard',
      network_id: 2001,
      network_name: 'Home',
      type: 'video',
      source: 'pir',
      watched: false,
      partial: false,
      thumbnail: `/api/v3/media/accounts/1001/networks/2001/catalina/4001/pir/${row.id}.jpg?ext=`,
      media: `/api/v3/media/accounts/1001/networks/2001/catalina/4001/pir/${row.id}.mp4`,
      metadata: null,
      additional_devices: [],
      time_zone: 'UTC',
    },
  ]);
});

test('brings a late upload after newer rows, between them', async () => {
  const late = blink.scenario.trigger(4001, 'pir', { uploadMs: 120_000 })!;
  const prompt = blink.scenario.trigger(4002)!;
  nowMs += 9000;
  expect(await ids()).toEqual([prompt.id]);
  nowMs += 116_000;
  const since = zeros(nowMs - 10_000);
  expect(await ids({ since })).toEqual([late.id]);
  expect(await ids()).toEqual([prompt.id, late.id]);
});

test('pages by 25 rows; page 0 is page 1; the page after the last is empty', async () => {
  const rows = makeRows(60);
  const newestFirst = rows.map(({ id }) => id).toReversed();
  expect(await ids({ page: '1' })).toEqual(newestFirst.slice(0, 25));
  expect(await ids({ page: '0' })).toEqual(newestFirst.slice(0, 25));
  expect(await ids()).toEqual(newestFirst.slice(0, 25));
  expect(await ids({ page: '2' })).toEqual(newestFirst.slice(25, 50));
  expect(await ids({ page: '3' })).toEqual(newestFirst.slice(50));
  expect(await ids({ page: '4' })).toEqual([]);
  blink.quirks.pageRows = 500;
  expect(await ids()).toHaveLength(60);
});

test('compares since with the time of change: watching and deleting bring old rows back', async () => {
  const [first, second] = makeRows(2);
  nowMs += 3_600_000;
  const since = zeros(nowMs);
  expect(await ids({ since })).toEqual([]);
  blink.scenario.watch(first!);
  blink.scenario.remove(second!);
  const { media } = await changes({ since });
  expect(media).toMatchObject([
    { id: second!.id, deleted: true, watched: false },
    { id: first!.id, deleted: false, watched: true, created_at: '2026-01-01T00:00:00+00:00' },
  ]);
});

test.each([
  ['2026-01-01T00:00:25+0000'],
  ['2026-01-01T00:00:25+00:00'],
  ['2026-01-01T00:00:25 00:00'],
  ['2026-01-01T01:00:25+01:00'],
  ['2026-01-01T00:00:25.000Z'],
  ['2026-01-01 00:00:25'],
])('understands since=%s', async (since) => {
  const [, second] = makeRows(2);
  expect(await ids({ since })).toEqual([second!.id]);
});

test('gives everything for a since that is no time', async () => {
  makeRows(2);
  expect(await ids({ since: 'yesterday' })).toHaveLength(2);
});

test.each<[MediaCause, boolean]>([
  ['pir', false],
  ['cv_motion', false],
  ['liveview', true],
  ['snapshot', true],
  ['button_press', true],
])('keeps %s of a disarmed system: %s', async (source, isKept) => {
  blink.scenario.arm(2001, false);
  expect(blink.scenario.trigger(6001, source) !== undefined).toBe(isKept);
});

test('records motion only when armed, enabled, online and not in the retrigger time', () => {
  const camera = blink.scenario.camera(4001);
  expect(blink.scenario.trigger(4001)).toBeDefined();
  nowMs += 14_999;
  expect(blink.scenario.trigger(4001)).toBeUndefined();
  nowMs += 1;
  expect(blink.scenario.trigger(4001)).toBeDefined();
  nowMs += 60_000;
  camera.enabled = false;
  expect(blink.scenario.trigger(4001)).toBeUndefined();
  Object.assign(camera, { enabled: true, online: false });
  expect([blink.scenario.trigger(4001), blink.scenario.trigger(4001, 'liveview')]).toEqual([undefined, undefined]);
});

test('passes on labels, presses and live views', async () => {
  blink.scenario.network(2001).saveLiveViews = true;
  blink.scenario.trigger(4001, 'cv_motion', { labels: ['person'] });
  blink.scenario.press(6001);
  blink.scenario.openLiveView(5001, 30);
  nowMs += 34_000;
  const { media } = await changes();
  expect(media).toMatchObject([
    { source: 'liveview', device: 'owl', created_at: '2026-01-01T00:00:00+00:00' },
    { source: 'button_press', device: 'lotus' },
    { source: 'cv_motion', metadata: { cv_detection: ['person'] } },
  ]);
  expect(() => blink.scenario.press(4001)).toThrow('no doorbell');
});

test('serves a picture and a clip of each row, of no other, and of none that is gone', async () => {
  const [row, other] = makeRows(2);
  const { media } = await changes();
  const fetched = async (path: string) => {
    const answer = await client.get(path);
    return {
      status: answer.status,
      type: answer.headers.get('content-type'),
      bytes: Buffer.from(await answer.arrayBuffer()),
    };
  };
  const [picture, clip] = [await fetched(media[0].thumbnail), await fetched(media[0].media)];
  expect([picture.type, picture.bytes.subarray(0, 2).toString('hex')]).toEqual(['image/jpeg', 'ffd8']);
  expect([clip.type, clip.bytes.subarray(4, 8).toString()]).toEqual(['video/mp4', 'ftyp']);
  expect((await fetched(media[1].media)).bytes.equals(clip.bytes)).toBe(false);
  blink.scenario.remove(other!);
  const gone = await client.get(media[0].media);
  expect([gone.status, await gone.json()]).toEqual([404, { message: 'Media not found', code: 700 }]);
  blink.scenario.purge(row!);
  expect((await client.get(media[1].thumbnail)).status).toBe(404);
  expect(await ids()).toEqual([other!.id]);
  const unnamed = await fetch(blink.url + media[1].media);
  expect(unnamed.status).toBe(401);
});

test.each(['query', 'bare', 'time'] as const)('serves thumbnails whose address is %s', async (style) => {
  blink.quirks.thumbnails = style;
  const { cameras } = await client.read('/api/v3/accounts/1001/homescreen');
  const { thumbnail, type } = cameras[0];
  const folder = `/api/v3/media/accounts/1001/networks/2001/${type}/4001/thumbnail`;
  const path = { query: thumbnail, bare: `${thumbnail}.jpg`, time: `${folder}/thumbnail.jpg?ts=${thumbnail}&ext=` }[
    style
  ];
  const before = Buffer.from(await (await client.get(path)).arrayBuffer());
  expect(before.subarray(0, 2).toString('hex')).toBe('ffd8');
  blink.scenario.camera(4001).thumbnailAt += 60_000;
  const after = Buffer.from(await (await client.get(path)).arrayBuffer());
  expect(after.equals(before)).toBe(false);
});

test('serves the older addresses of clips', async () => {
  blink.quirks.oldMediaPaths = true;
  makeRows(1);
  const { media } = await changes();
  expect(media[0].thumbnail).toMatch(/^\/api\/v2\/accounts\/1001\/media\/thumb\/\d+$/);
  expect((await client.get(`${media[0].thumbnail}.jpg`)).status).toBe(200);
  expect((await client.get(media[0].media)).status).toBe(200);
});

test('deletes, counts and marks for clients', async () => {
  const [first, second, third] = makeRows(3);
  const account = '/api/v4/accounts/1001';
  expect(await client.send('/api/v1/accounts/1001/media/delete', { media_list: [first!.id] })).toMatchObject({
    code: 711,
  });
  expect(await client.read('/api/v1/accounts/1001/media/count')).toEqual({ count: 2 });
  expect(await client.read('/api/v2/videos/count')).toEqual({ count: 2 });
  await client.send(`${account}/media/mark_viewed`, { media_list: [second!.id] });
  expect(await client.read(`${account}/unwatched_media`)).toEqual({ unwatched_clips: 1 });
  await client.send(`${account}/media/mark_all_viewed`);
  expect(await client.read(`${account}/unwatched_media`)).toEqual({ unwatched_clips: 0 });
  expect((await client.call('DELETE', `${account}/media/${third!.id}/delete`)).status).toBe(200);
  expect(await ids({ since: zeros(nowMs) })).toEqual([third!.id, second!.id, first!.id]);
});

test("gives the app's newer list by key", async () => {
  blink.quirks.pageRows = 2;
  makeRows(3);
  const list = (query: Record<string, string>): Promise<Json> =>
    client.send(`/api/v4/accounts/1001/media?${new URLSearchParams(query)}`, { filters: {} });
  const first = await list({ start_time: '2026-01-01T00:00:00Z', end_time: '2026-01-02T00:00:00Z' });
  expect([first.media.length, first.pagination_key, first.media[0].camera_name]).toEqual([2, '2', 'Yard']);
  expect(await list({ pagination_key: first.pagination_key })).toMatchObject({ pagination_key: null });
  expect((await list({ start_time: '2026-01-02T00:00:00Z' })).media).toEqual([]);
});

test('doubles rows and leaves dates out where the account is like that', async () => {
  makeRows(1);
  Object.assign(blink.quirks, { doubleRows: true, undatedRows: true });
  const { media } = await changes();
  expect(media).toHaveLength(2);
  expect(media[0]).not.toHaveProperty('created_at');
});
