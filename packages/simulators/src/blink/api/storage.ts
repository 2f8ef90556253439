import type { Answer } from '../../shared/http.ts';
import { writeTime } from '../cloud.ts';
import { makeClip } from '../film/film.ts';
import type { Network, StoredClip } from '../state.ts';
import { type Call, Refusal, type Route } from './route.ts';

const storage = '/api/v1/accounts/{account}/networks/{network}/sync_modules/{sync}/local_storage';
const clip = `${storage}/manifest/{manifest}/clip`;

/** The USB stick of a sync module: its manifest, its clips on request, and what else the app does with it. */
export const storageRoutes: Route[] = [
  { name: `GET ${storage}/status`, answer: describe },
  { name: `POST ${storage}/mount`, answer: (call) => order(call, 'local_storage_mount') },
  { name: `POST ${storage}/eject`, answer: (call) => order(call, 'local_storage_eject') },
  {
    name: `POST ${storage}/format`,
    answer: (call) => order(call, 'local_storage_format', (network) => void (network.clips = [])),
  },
  { name: `POST ${storage}/manifest/request`, answer: (call) => order(call, 'local_storage_manifest') },
  { name: `GET ${storage}/manifest/request/{command}`, answer: readManifest },
  { name: `POST ${clip}/request/{clip}`, answer: requestClip },
  { name: `GET ${clip}/request/{clip}`, answer: readClip },
  { name: `POST ${clip}/delete/{clip}`, answer: deleteClip },
];

function stickOf({ network, number }: Call): Network {
  if (network.syncless || network.syncId !== number('sync')) throw new Refusal(404, 'Sync module not found');
  return network;
}

function order(call: Call, word: string, effect: (network: Network) => void = () => {}): Answer {
  const network = stickOf(call);
  if (!network.localStorage) throw new Refusal(404, 'Local storage not available');
  return call.cloud.commands.start({ network, word, effect: () => effect(network) });
}

function describe(call: Call): Answer {
  const { localStorage, clips } = stickOf(call);
  const usedMb = Math.ceil(clips.length / 4);
  return { body: { status: localStorage ? 'active' : 'unavailable', usage: { used_mb: usedMb, total_mb: 65_536 } } };
}

/** Each manifest has a number of its own, and only the newest one counts. */
function readManifest(call: Call): Answer {
  const network = stickOf(call);
  const { cloud, number } = call;
  if (!cloud.commands.isComplete(number('command'))) throw new Refusal(409, 'Manifest not ready', 307);
  cloud.storage.renew(network.id);
  const saved = network.clips.filter(({ savedAt }) => savedAt <= cloud.now());
  const clips = saved.map(({ id, camera, createdAt }) => {
    const name = cloud.account.cameras.find((candidate) => candidate.id === camera)?.name ?? '';
    const camera_name = name.replaceAll(/[^a-z0-9]/gi, '');
    return { id, size: '234', camera_name, created_at: writeTime(cloud, createdAt) };
  });
  return { body: { version: '1.0', manifest_id: cloud.storage.manifest(network.id), clips } };
}

function clipOf(call: Call): StoredClip {
  const { cloud, word } = call;
  const network = stickOf(call);
  const isCurrent = cloud.storage.manifest(network.id) === word('manifest');
  const found = network.clips.find(({ id, savedAt }) => id === word('clip') && savedAt <= cloud.now());
  if (!isCurrent || !found) throw new Refusal(404, 'Media not found', 700);
  return found;
}

function requestClip(call: Call): Answer {
  const { id } = clipOf(call);
  return order(call, 'local_storage_clip', () => call.cloud.storage.upload(id));
}

function readClip(call: Call): Answer {
  const { id } = clipOf(call);
  if (!call.cloud.storage.isUploaded(id)) throw new Refusal(404, 'Media not found', 700);
  return { headers: { 'content-type': 'video/mp4' }, body: makeClip(`stored ${id}`) };
}

function deleteClip(call: Call): Answer {
  const { id } = clipOf(call);
  return order(call, 'local_storage_delete', (network) => {
    network.clips = network.clips.filter((other) => other.id !== id);
  });
}
