import type { Cloud } from '../cloud.ts';
import type { BlinkCamera, MediaRow } from '../state.ts';

function folderOf({ account }: Cloud, { networkId, type, id }: BlinkCamera): string {
  return `/api/v3/media/accounts/${account.id}/networks/${networkId}/${type}/${id}`;
}

/** The address of a camera's newest picture, in the form that the quirks ask for. */
export function thumbnailPath(cloud: Cloud, camera: BlinkCamera): string | number {
  const seconds = Math.floor(camera.thumbnailAt / 1000);
  if (cloud.quirks.thumbnails === 'time') return seconds;
  if (cloud.quirks.thumbnails === 'query')
    return `${folderOf(cloud, camera)}/thumbnail/thumbnail.jpg?ts=${seconds}&ext=`;
  return `/media/production/account/${cloud.account.id}/network/${camera.networkId}/camera/${camera.id}/thumb_${seconds}`;
}

/** The addresses of a row's picture and clip. */
export function mediaPaths(cloud: Cloud, row: MediaRow): { thumbnail: string; media: string } {
  if (cloud.quirks.oldMediaPaths) {
    const folder = `/api/v2/accounts/${cloud.account.id}/media`;
    return { thumbnail: `${folder}/thumb/${row.id}`, media: `${folder}/clip/${row.id}.mp4` };
  }
  const base = `${folderOf(cloud, row.camera)}/${row.source}/${row.id}`;
  return { thumbnail: `${base}.jpg?ext=`, media: `${base}.mp4` };
}
