import type { Answer } from '../../shared/http.ts';
import { type Cloud, writeTime } from '../cloud.ts';
import { makeClip, makeStill } from '../film/film.ts';
import { renderMedia } from '../render/media.ts';
import type { MediaRow } from '../state.ts';
import { type Call, Refusal, type Route } from './route.ts';

const account = '/api/v1/accounts/{account}';
const newer = '/api/v4/accounts/{account}';
const device = '/api/v3/media/accounts/{account}/networks/{network}/{type}/{camera}';

/** The list of clips, what the owner does with them, and their bytes. */
export const mediaRoutes: Route[] = [
  { name: `GET ${account}/media/changed`, answer: listChanges },
  { name: `POST ${account}/media/delete`, answer: deleteMany },
  { name: `GET ${account}/media/count`, answer: ({ cloud }) => ({ body: { count: present(cloud).length } }) },
  { name: 'GET /api/v2/videos/count', answer: ({ cloud }) => ({ body: { count: present(cloud).length } }) },
  {
    name: `GET ${newer}/unwatched_media`,
    answer: ({ cloud }) => ({ body: { unwatched_clips: present(cloud).filter(({ watched }) => !watched).length } }),
  },
  { name: `POST ${newer}/media`, answer: listNewer },
  { name: `POST ${newer}/media/mark_viewed`, answer: markViewed },
  { name: `POST ${newer}/media/mark_all_viewed`, answer: ({ cloud }) => mark(cloud, present(cloud)) },
  { name: `DELETE ${newer}/media/{media}/delete`, answer: deleteOne },
  { name: `GET ${device}/thumbnail/thumbnail.jpg`, answer: readThumbnail },
  { name: 'GET /media/production/account/{account}/network/{network}/camera/{camera}/{file}', answer: readThumbnail },
  { name: `GET ${device}/{source}/{media}.jpg`, answer: (call) => readPicture(call) },
  { name: `GET ${device}/{source}/{media}.mp4`, answer: (call) => readClip(call) },
  { name: 'GET /api/v2/accounts/{account}/media/thumb/{media}.jpg', answer: (call) => readPicture(call) },
  { name: 'GET /api/v2/accounts/{account}/media/clip/{media}.mp4', answer: (call) => readClip(call) },
];

function visible({ account: { media }, now }: Cloud): MediaRow[] {
  return media.filter(({ uploadedAt }) => uploadedAt <= now());
}

const present = (cloud: Cloud): MediaRow[] => visible(cloud).filter(({ deleted }) => !deleted);

function listChanges({ cloud, request }: Call): Answer {
  const query = request.url.searchParams;
  const since = readTime(query.get('since'));
  const page = Math.max(1, Number(query.get('page') ?? 1));
  const { pageRows, doubleRows } = cloud.quirks;
  // By id, not by time: the real order is not promised, and late uploads then fall between older rows.
  const rows = visible(cloud)
    .filter(({ updatedAt }) => !(updatedAt < since))
    .toSorted((a, b) => b.id - a.id)
    .slice((page - 1) * pageRows, page * pageRows)
    .flatMap((row) => (doubleRows ? [row, row] : [row]));
  return {
    body: { limit: pageRows, purge_id: 1, refresh_count: 0, media: rows.map((row) => renderMedia(cloud, row)) },
  };
}

/** Epoch ms of any way that clients write a time; NaN, which is before nothing, for what is none. */
function readTime(text: string | null): number {
  // A plus sign that was not encoded arrives as a space.
  const plain = (text ?? '').replace(/ (\d\d:?\d\d)$/, '+$1').replace(' ', 'T');
  const zoned = /(Z|[+-]\d\d:?\d\d)$/.test(plain) ? plain : `${plain}Z`;
  return Date.parse(zoned.replace(/(\d\d)(\d\d)$/, '$1:$2'));
}

function deleteMany({ cloud, body }: Call): Answer {
  const ids = Array.isArray(body.media_list) ? body.media_list.map(Number) : [];
  for (const row of present(cloud)) if (ids.includes(row.id)) erase(cloud, row);
  return { body: { message: 'Successfully deleted media', code: 711 } };
}

function deleteOne(call: Call): Answer {
  erase(call.cloud, rowOf(call));
  return { body: { message: 'Successfully deleted media', code: 711 } };
}

function erase({ now }: Cloud, row: MediaRow): void {
  row.deleted = true;
  row.updatedAt = now();
}

function markViewed({ cloud, body }: Call): Answer {
  const ids = Array.isArray(body.media_list) ? body.media_list.map(Number) : [];
  const rows = present(cloud).filter(({ id }) => ids.includes(id));
  return mark(cloud, rows);
}

function mark({ now }: Cloud, rows: readonly MediaRow[]): Answer {
  for (const row of rows) {
    if (!row.watched) row.updatedAt = now();
    row.watched = true;
  }
  return { body: { message: 'Media marked as viewed' } };
}

/** The app's newer list: by time of recording, the newest first, continued by a key. */
function listNewer({ cloud, request }: Call): Answer {
  const query = request.url.searchParams;
  const [from, to] = [readTime(query.get('start_time')), readTime(query.get('end_time'))];
  const offset = Number(query.get('pagination_key') ?? 0);
  const fitting = present(cloud)
    .filter(({ createdAt }) => !(createdAt < from) && !(createdAt > to))
    .toSorted((a, b) => b.createdAt - a.createdAt);
  const end = offset + cloud.quirks.pageRows;
  const media = fitting.slice(offset, end).map((row) => {
    const times = { created_at: writeTime(cloud, row.createdAt), updated_at: writeTime(cloud, row.updatedAt) };
    return { ...(renderMedia(cloud, row) as object), ...times, camera_id: row.camera.id, camera_name: row.camera.name };
  });
  return { body: { media, pagination_key: end < fitting.length ? String(end) : null } };
}

function rowOf({ cloud, number }: Call): MediaRow {
  const row = present(cloud).find(({ id }) => id === number('media'));
  if (!row) throw new Refusal(404, 'Media not found', 700);
  return row;
}

function readThumbnail({ cloud, number }: Call): Answer {
  const camera = cloud.account.cameras.find(({ id }) => id === number('camera'));
  if (!camera) throw new Refusal(404, 'Media not found', 700);
  return picture(`camera ${camera.id} at ${writeTime(cloud, camera.thumbnailAt)}`);
}

function readPicture(call: Call): Answer {
  return picture(`media ${rowOf(call).id}`);
}

function readClip(call: Call): Answer {
  return { headers: { 'content-type': 'video/mp4' }, body: makeClip(`media ${rowOf(call).id}`) };
}

function picture(note: string): Answer {
  return { headers: { 'content-type': 'image/jpeg' }, body: makeStill(note) };
}
