import type { Answer, Request } from '../shared/http.ts';
import type { PolicyAlert } from './alerts.ts';
import { spliceProgress } from './api/media.ts';
import { authenticate, readCredentials } from './auth.ts';
import type { MediaContext } from './media-host.ts';
import { renderManifest, segmentSeconds } from './media/manifest.ts';
import { videoSegment } from './media/segments.ts';
import { findCamera } from './state.ts';

type Page = (context: MediaContext, found: string[]) => Answer;

const pages: [pattern: RegExp, respond: Page][] = [
  [/^\/media\/frame\/([^/]+)\/(\d+)\.jpeg$/, pictureOf],
  [
    /^\/media\/metadata\/([^/]+)\/([^/]+)\.(jpeg|mp4)$/,
    (context, [, uuid = '', kind]) => (kind === 'mp4' ? renderedClip(context, uuid) : alertPicture(context, uuid)),
  ],
  [/^\/media\/metadata\/([^/]+)\/[^/]+\/([^/]+)\/(clip\.mpd|seg_init\.mp4|seg_\d+\.m4v)$/, alertClip],
  [/^\/media\/([^/]+)\/[^/]+\/snapshot\.jpeg$/, pictureOf],
];

/** The cloud's pictures and clips under `/media/`; undefined for paths that are none of them. */
export function answerPicture(context: MediaContext, request: Request): Answer | undefined {
  for (const [pattern, respond] of pages) {
    const found = pattern.exec(request.url.pathname);
    if (!found) continue;
    const verdict = authenticate(readCredentials(request), context);
    return 'refusal' in verdict ? verdict.refusal : respond(context, found.slice(1));
  }
  return undefined;
}

function pictureOf(context: MediaContext, [uuid = '']: string[]): Answer {
  return findCamera(context.org, uuid) ? jpeg(context) : { status: 404 };
}

function alertPicture(context: MediaContext, uuid: string): Answer {
  return findAlert(context, uuid) ? jpeg(context) : { status: 404 };
}

function alertClip(context: MediaContext, [deviceUuid = '', uuid = '', file = '']: string[]): Answer {
  const alert = findAlert(context, uuid);
  if (!alert || alert.deviceUuid !== deviceUuid || alert.timestampMs == null) return { status: 404 };
  const startSec = Math.floor(alert.timestampMs / 1000);
  const durationSec = alert.durationSec ?? 0;
  if (file === 'clip.mpd') {
    const body = renderManifest({ kind: 'video', durationSec, startNumber: 1 });
    return { headers: { 'content-type': 'application/dash+xml' }, body };
  }
  if (file === 'seg_init.mp4') return mp4(context.library.film.init);
  const place = Number(/\d+/.exec(file)?.[0]) - 1;
  const seconds = Math.min(segmentSeconds, durationSec - place * segmentSeconds);
  if (place < 0 || seconds <= 0) return { status: 404 };
  return mp4(clipPart(context, { facet: `${deviceUuid}.v0`, startSec: startSec + place * segmentSeconds, seconds }));
}

function renderedClip(context: MediaContext, clipUuid: string): Answer {
  const clip = context.org.splices.find((candidate) => candidate.clipUuid === clipUuid);
  if (!clip || spliceProgress(clip, context.now()) < 100) return { status: 404 };
  const whole = { facet: `${clip.deviceUuid}.v0`, startSec: clip.startSec, seconds: clip.durationSec };
  return mp4(Buffer.concat([context.library.film.init, clipPart(context, whole)]));
}

function clipPart(context: MediaContext, part: { facet: string; startSec: number; seconds: number }): Buffer {
  return Buffer.concat(videoSegment(context.library, { ...part, isHeld: () => true, skewMs: 0, originSec: 0 }));
}

function findAlert({ org }: MediaContext, uuid: string): PolicyAlert | undefined {
  return org.alerts.find((alert) => alert.uuid === uuid);
}

function jpeg({ library }: MediaContext): Answer {
  return { headers: { 'content-type': 'image/jpeg' }, body: library.jpeg };
}

function mp4(body: Buffer): Answer {
  return { headers: { 'content-type': 'video/mp4' }, body };
}
