import type { Answer, Request } from '../shared/http.ts';
import type { Commands } from './commands.ts';
import { renderHomescreen, renderMedia } from './homescreen.ts';
import { type Account, type BlinkCamera, stamp } from './state.ts';

export interface ApiContext {
  account: Account;
  commands: Commands;
  now: () => number;
  /** Rows per page of `media/changed`. */
  pageRows: number;
}

const jpeg = Buffer.from('ffd8ffe000104a46494600010100000100010000ffd9', 'hex');
const mp4 = Buffer.from('00000018667479706d703432000000006d70343269736f6d', 'hex');
const notFound: Answer = { status: 404, body: { message: 'Not found', code: 404 } };

/** The REST host: everything behind the access token. */
export function answerApi(context: ApiContext, request: Request): Answer {
  context.commands.settle();
  const path = request.url.pathname.replace(/\/$/, '');
  const { account } = context;
  if (path === '/api/v1/users/tier_info') return { body: { tier: account.tier, account_id: account.id } };
  if (/^\/api\/v[34]\/accounts\/\d+\/homescreen$/.test(path)) {
    const headers = { 'client-id': String(account.clientId), 'user-id': String(account.userId) };
    return { headers, body: renderHomescreen(account) };
  }
  if (/^\/api\/v1\/accounts\/\d+\/media\/changed$/.test(path)) return listMedia(context, request.url.searchParams);
  if (/\/media\/.*\.jpg$/.test(path)) return { headers: { 'content-type': 'image/jpeg' }, body: jpeg };
  if (/\/media\/.*\.mp4$/.test(path)) return { headers: { 'content-type': 'video/mp4' }, body: mp4 };
  return answerOrder(context, request, path) ?? answerStorage(context, path, request.method) ?? notFound;
}

function listMedia({ account, now, pageRows }: ApiContext, query: URLSearchParams): Answer {
  const since = Date.parse((query.get('since') ?? '').replace(/([+ ])(\d\d)(\d\d)$/, '+$2:$3'));
  const page = Math.max(1, Number(query.get('page') ?? 1));
  // By id, not by time: the real order is not promised, and late uploads then fall between older rows.
  const visible = account.media.filter(({ updatedAt }) => updatedAt <= now() && !(updatedAt < since));
  const rows = visible.toSorted((a, b) => b.id - a.id).slice((page - 1) * pageRows, page * pageRows);
  const media = rows.map((row) => renderMedia(account, row));
  return { body: { limit: pageRows, purge_id: 1, refresh_count: 0, media } };
}

function answerOrder({ account, commands, now }: ApiContext, request: Request, path: string): Answer | undefined {
  const poll = /^\/network\/(\d+)\/command\/(\d+)(\/done)?$/.exec(path);
  if (poll) return poll[3] ? commands.end(Number(poll[2])) : commands.poll(Number(poll[1]), Number(poll[2]));
  if (request.method !== 'POST') return undefined;
  const arm = /^\/api\/v1\/accounts\/\d+\/networks\/(\d+)\/state\/(arm|disarm)$/.exec(path);
  const network = account.networks.find(({ id }) => id === Number(arm?.[1]));
  if (arm && network) return commands.start(network.id, arm[2] ?? '', () => (network.armed = arm[2] === 'arm'));
  const pattern = /(?:\/network|\/networks)\/(\d+)\/(camera|owls|doorbells)\/(\d+)\/(enable|disable|config|thumbnail)$/;
  const order = pattern.exec(path);
  const camera = account.cameras.find(({ id }) => id === Number(order?.[3]));
  const word = order?.[4];
  if (!camera || !word || !suits(camera, order[2] ?? '', word)) return undefined;
  return commands.start(camera.networkId, word, () => {
    if (word === 'thumbnail') camera.thumbnailAt = now();
    else camera.enabled = word === 'config' ? wantsEnabled(request, camera) : word === 'enable';
  });
}

function suits({ kind }: BlinkCamera, folder: string, word: string): boolean {
  if (folder !== { camera: 'camera', owl: 'owls', doorbell: 'doorbells' }[kind]) return false;
  return word === 'thumbnail' || (kind === 'owl') === (word === 'config');
}

function wantsEnabled(request: Request, camera: BlinkCamera): boolean {
  const body = JSON.parse(request.body.toString() || '{}') as { enabled?: unknown };
  return typeof body.enabled === 'boolean' ? body.enabled : camera.enabled;
}

function answerStorage({ account, commands, now }: ApiContext, path: string, method: string): Answer | undefined {
  const found = /\/networks\/(\d+)\/sync_modules\/(\d+)\/local_storage\/manifest\/(.+)$/.exec(path);
  const network = account.networks.find(({ id, syncId }) => id === Number(found?.[1]) && syncId === Number(found?.[2]));
  if (!network?.localStorage) return undefined;
  const rest = found?.[3] ?? '';
  if (rest === 'request' && method === 'POST') return commands.start(network.id, 'local_storage_manifest', () => {});
  const ready = /^request\/(\d+)$/.exec(rest);
  if (ready) {
    if (!commands.isComplete(Number(ready[1]))) return { status: 409, body: { message: 'Manifest not ready' } };
    const clips = network.clips.map(({ id, camera, createdAt }) => {
      const name = account.cameras.find((candidate) => candidate.id === camera)?.name ?? '';
      return { id, size: '234', camera_name: name.replaceAll(/[^a-z0-9]/gi, ''), created_at: stamp(createdAt) };
    });
    return { body: { version: '1.0', manifest_id: String(now()), clips } };
  }
  if (!/^\d+\/clip\/request\/\d+$/.test(rest)) return undefined;
  if (method === 'POST') return commands.start(network.id, 'local_storage_clip', () => {});
  return { headers: { 'content-type': 'video/mp4' }, body: mp4 };
}
