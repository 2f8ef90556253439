import type { Sighting } from '../../domain/sighting.ts';
import { noPicture, notUnderstood } from '../../errors.ts';
import type { Caller } from './caller.ts';
import { answers } from './schema.ts';

interface Wanted {
  mediaUrl: string;
  camera: { uuid: string; region?: string };
  sighting: Sighting | undefined;
}

const usualRegion = 'us-west-2';
/** Pictures leave so many calls to alerts. */
const reserve = 5;

/** A JPEG of an alert: its own picture, else the frame of that moment, else the latest of the camera. */
export async function fetchPicture(caller: Caller, wanted: Wanted): Promise<Buffer> {
  const { mediaUrl, camera, sighting } = wanted;
  const region = sighting?.region ?? camera.region ?? usualRegion;
  const isAlert = sighting?.channel !== 'timeline' && sighting?.channel !== 'rule';
  const ofAlert =
    sighting && isAlert ? `${mediaUrl}/media/metadata/${encodeURIComponent(region)}/${sighting.id}.jpeg` : undefined;
  const latest = `${mediaUrl}/media/${camera.uuid}/${encodeURIComponent(camera.region ?? usualRegion)}/snapshot.jpeg`;
  const ways: (() => Promise<string | undefined>)[] = [
    async () => ofAlert,
    async () => (sighting && caller.budget > reserve ? frameUri(caller, wanted, sighting.at) : undefined),
    async () => latest,
  ];
  for (const way of ways) {
    const picture = await take(caller, way).catch(() => undefined);
    if (picture) return picture;
  }
  throw noPicture();
}

async function take(caller: Caller, way: () => Promise<string | undefined>): Promise<Buffer | undefined> {
  const url = await way();
  const picture = url === undefined ? undefined : await caller.fetch(url);
  const isJpeg = picture?.[0] === 0xff && picture[1] === 0xd8;
  return isJpeg ? picture : undefined;
}

async function frameUri(caller: Caller, { camera, mediaUrl }: Wanted, timestampMs: number): Promise<string> {
  const path = 'video/getExactFrameUri';
  const body = { cameraUuid: camera.uuid, timestampMs, jpgQuality: 80 };
  const { frameUri: uri } = await caller.call(path, body, answers.frame);
  const { hostname, protocol } = new URL(uri);
  const media = new URL(mediaUrl);
  // The key goes with the request, so it must not go anywhere else.
  const isTheirs = hostname.endsWith('.rhombussystems.com') || hostname === media.hostname;
  if (!isTheirs || (protocol !== 'https:' && protocol !== media.protocol)) throw notUnderstood(path);
  return uri;
}
