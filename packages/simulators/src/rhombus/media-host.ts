import type { ServerResponse } from 'node:http';
import type { Answer, Request } from '../shared/http.ts';
import { authoriseMedia, type MediaVerdict } from './auth.ts';
import type { Ledger, MediaEntry } from './ledger.ts';
import type { Wires } from './link.ts';
import { emptyAnswer, type MediaAnswer, writeMediaAnswer } from './media-answer.ts';
import type { MediaLibrary } from './media/library.ts';
import { type MediaPath, parseMediaPath, renderManifest, segmentSeconds } from './media/manifest.ts';
import { soundSegment, videoSegment } from './media/segments.ts';
import { isInCloud, isOnDevice } from './recording.ts';
import type { Settings } from './settings.ts';
import type { Camera, Gateway, Organisation } from './state.ts';
import { findMediaDevice } from './state.ts';
import type { FederatedTokens } from './tokens.ts';
import type { MediaFaults, MediaRequest, MediaTrouble } from './troubles.ts';

/** What the media hosts share. */
export interface MediaContext {
  org: Organisation;
  tokens: FederatedTokens;
  settings: Settings;
  library: MediaLibrary;
  faults: MediaFaults;
  ledger: Ledger;
  now: () => number;
}

interface Host {
  route: 'lan' | 'wan';
  wires: Wires;
  /** The only device that this host serves; the cloud's edge serves all. */
  device?: Camera | Gateway;
}

type Job = MediaContext &
  Host & { request: Request; path: MediaPath; owner: Camera | Gateway; openWindows: Set<string> };

const longestWindowSec = 86_400;

/** A host of recorded footage: a device on the LAN, or the cloud's edge. */
export function createMediaHost(context: MediaContext, host: Host): (request: Request) => Answer {
  const openWindows = new Set<string>();
  return (request) => {
    const path = parseMediaPath(request.url.pathname, host.route);
    const owner = path && (host.device ?? findMediaDevice(context.org, path.facet));
    if (!path || !owner || !path.facet.startsWith(`${owner.uuid}.`)) return { status: 404 };
    if (request.method !== 'GET') return { status: 405, headers: { allow: 'GET' } };
    const job = { ...context, ...host, request, path, owner, openWindows };
    return { stream: (response) => serve(job, response) };
  };
}

async function serve(job: Job, response: ServerResponse): Promise<void> {
  const { request, owner, ledger, wires, settings, route } = job;
  const connection = request.raw.socket;
  const done = ledger.begin(owner.uuid, connection);
  const at = job.now();
  noteLeak(job, at);
  const asked = describe(job, at);
  const trouble = job.faults.take(asked);
  const verdict = authorise(job, trouble);
  const answer = verdict.status === 200 ? answerFor(job, trouble) : emptyAnswer(verdict.status);
  const links = wires.between(owner.uuid, connection);
  const way = { latencyMs: settings.network[route].latencyMs ?? 0, links, url: request.url };
  const entry = record(job, asked, verdict);
  try {
    Object.assign(entry, await writeMediaAnswer(response, answer, { way, trouble }));
  } finally {
    entry.endedAt = job.now();
    done();
  }
}

function record({ ledger, path, request }: Job, asked: MediaRequest, verdict: MediaVerdict): MediaEntry {
  const { at, route, device, part, startSec } = asked;
  const outcome = { status: 0, bytes: 0, whole: false };
  const seen = { credentials: verdict.presented, headers: Object.keys(request.headers) };
  const when = startSec === undefined ? {} : { startSec };
  const entry = { at, route, device, facet: path.facet, path: asked.path, part, ...when, ...outcome, ...seen };
  ledger.media.push(entry);
  return entry;
}

// A device on the LAN has not proved who it is; nothing but a short-lived token may be shown to it.
function noteLeak({ route, request, owner, ledger }: Job, at: number): void {
  const key = request.headers['x-auth-apikey'];
  if (route === 'lan' && key) ledger.leaks.push({ at, device: owner.uuid, key: String(key) });
}

function authorise(job: Job, trouble: MediaTrouble | undefined): MediaVerdict {
  const { request, settings, owner } = job;
  const context = { ...job, deviceUuid: owner.uuid, refusedPresentations: settings.refusedPresentations };
  const verdict = authoriseMedia(request, context);
  if (trouble?.type !== 'expire-token') return verdict;
  if (verdict.token) job.tokens.expire(verdict.token);
  return { ...verdict, status: 401 };
}

function describe(job: Job, at: number): MediaRequest {
  const { owner, route, path, request } = job;
  const place = segmentPlace(job);
  return {
    device: owner.uuid,
    route,
    part: path.part.file,
    path: request.url.pathname,
    at,
    ...(place !== undefined && { segment: place, startSec: path.startSec + place * segmentSeconds }),
  };
}

function segmentPlace({ path, settings, route }: Job): number | undefined {
  return path.part.file === 'segment' ? path.part.number - settings.startNumber[route] : undefined;
}

function answerFor(job: Job, trouble: MediaTrouble | undefined): MediaAnswer {
  const { path, settings, route, library, openWindows } = job;
  const { startSec, durationSec, part, facet } = path;
  if (durationSec < 1 || durationSec > longestWindowSec) return emptyAnswer(400);
  const kind = facet.includes('.a') ? 'audio' : 'video';
  const window = `${facet}/${startSec}/${durationSec}`;
  if (part.file === 'manifest') {
    openWindows.add(window);
    const xml = renderManifest({ kind, durationSec, startNumber: settings.startNumber[route] });
    return { status: 200, contentType: 'application/dash+xml', parts: [Buffer.from(xml)] };
  }
  if (route === 'lan' && settings.partsBeforeManifest !== 'served' && !openWindows.has(window)) {
    return emptyAnswer(settings.partsBeforeManifest);
  }
  if (part.file === 'segment') return segmentAnswer(job, trouble);
  const init = kind === 'audio' ? library.sound.init : library.film.init;
  return { status: 200, contentType: `${kind}/${kind === 'audio' ? 'webm' : 'mp4'}`, parts: [init] };
}

function segmentAnswer(job: Job, trouble: MediaTrouble | undefined): MediaAnswer {
  const { path, settings, owner, library, now } = job;
  const place = segmentPlace(job) ?? -1;
  const seconds = secondsOf(place, path.durationSec, settings.oddSecond);
  const startSec = path.startSec + place * segmentSeconds + (trouble?.type === 'shift' ? trouble.seconds : 0);
  const isFuture = startSec + seconds > Math.ceil(now() / 1000);
  if (place < 0 || seconds === 0 || (isFuture && settings.beyondNow === 404)) return emptyAnswer(404);
  const plan = {
    facet: path.facet,
    startSec,
    seconds,
    isHeld: (second: number) => trouble?.type !== 'placeholder' && isHeld(job, second),
    skewMs: owner.clockSkewMs,
    originSec: settings.decodeTime === 'absolute' ? 0 : path.startSec,
  };
  if (!path.facet.includes('.a')) {
    return { status: 200, contentType: 'video/mp4', parts: videoSegment(library, plan) };
  }
  const isBare = path.part.file === 'segment' && path.part.form === 'packets';
  const sound = soundSegment(library, plan, isBare ? 'packets' : 'webm');
  return { status: 200, contentType: isBare ? 'application/octet-stream' : 'audio/webm', parts: [sound] };
}

function secondsOf(place: number, durationSec: number, oddSecond: Settings['oddSecond']): number {
  const left = Math.min(segmentSeconds, durationSec - place * segmentSeconds);
  if (left <= 0) return 0;
  if (left === segmentSeconds) return segmentSeconds;
  return { short: left, full: segmentSeconds, absent: 0 }[oddSecond];
}

// The edge fetches from the device while it is online; what the cloud has is there in any case.
function isHeld({ owner, route, now }: Job, second: number): boolean {
  const { recording, connectionStatus } = owner;
  const onDevice = connectionStatus !== 'RED' && isOnDevice(recording, second, Math.floor(now() / 1000));
  return onDevice || (route === 'wan' && isInCloud(recording, second));
}
