import { z } from 'zod';
import { cloudWindows, localWindows } from '../recording.ts';
import { randomRuuid } from '../ruuid.ts';
import type { Camera, Gateway } from '../state.ts';
import { findCamera, findGateway, findMediaDevice } from '../state.ts';
import { type ApiContext, failed, flag, int, notFound, type Route, route, text } from './route.ts';

const longestTokenSec = 86_400;
const window = { startTimeSec: z.int(), durationSec: z.int() };
const percentage = z.int().min(0).max(10_000).nullish();

/** Endpoints that lead to footage, sound and pictures. */
export const mediaRoutes: Record<string, Route> = {
  'camera/getMediaUris': route(z.object({ cameraUuid: z.string() }), ({ cameraUuid }, context) => {
    const camera = findCamera(context.org, cameraUuid);
    if (!camera) return notFound();
    const facet = cameraUuid === camera.uuid ? `${camera.uuid}.${camera.facets[0] ?? 'v0'}` : cameraUuid;
    return mediaUris(camera, facet, context);
  }),
  'audiogateway/getMediaUris': route(z.object({ gatewayUuid: z.string() }), ({ gatewayUuid }, context) => {
    const gateway = findGateway(context.org, gatewayUuid);
    return gateway ? mediaUris(gateway, `${gateway.uuid}.a0`, context) : notFound();
  }),
  'org/generateFederatedSessionToken': route(
    z.object({ durationSec: z.int(), domain: text, deviceUUid: text }),
    ({ durationSec, domain, deviceUUid }, { tokens, principal }) => {
      if (principal.kind === 'token') return failed('Not allowed with a federated session token');
      if (durationSec < 1 || durationSec > longestTokenSec) return failed('Invalid durationSec');
      const scope = { ...(domain && { domain }), ...(deviceUUid && { deviceUuid: deviceUUid }) };
      return { federatedSessionToken: tokens.issue({ durationSec, ...scope }) };
    },
  ),
  'camera/getPresenceWindows': route(z.object({ cameraUuid: z.string(), ...window }), (body, context) =>
    presence(findCamera(context.org, body.cameraUuid), body, context),
  ),
  'audiogateway/getPresenceWindows': route(z.object({ deviceUuid: z.string(), ...window }), (body, context) =>
    presence(findGateway(context.org, body.deviceUuid), body, context),
  ),
  'video/getExactFrameUri': route(
    z.object({
      cameraUuid: z.string(),
      timestampMs: z.int(),
      downscaleFactor: int,
      jpgQuality: int,
      permyriadCropX: percentage,
      permyriadCropY: percentage,
      permyriadCropWidth: percentage,
      permyriadCropHeight: percentage,
    }),
    ({ cameraUuid, timestampMs }, { org, addresses }) =>
      findCamera(org, cameraUuid)
        ? { frameUri: `${addresses.wan}/media/frame/${cameraUuid}/${timestampMs}.jpeg` }
        : notFound(),
  ),
  'video/getMaxSpliceDuration': route(z.object({}), () => ({ maxDurationSec: 3600 })),
  'video/spliceV3': route(
    z.object({
      deviceUuids: z.array(z.string()).min(1),
      startTimeMillis: z.int(),
      durationSec: z.int().min(1),
      title: text,
      audioIncluded: flag,
      saveToConsole: flag,
    }),
    ({ deviceUuids, startTimeMillis, durationSec }, { org, principal, now }) => {
      if (principal.kind === 'token') return failed('Not allowed with a federated session token');
      const device = findMediaDevice(org, deviceUuids[0] ?? '');
      if (!device) return failed('Unknown device');
      const clipUuid = randomRuuid();
      const startSec = Math.floor(startTimeMillis / 1000);
      org.splices.push({ clipUuid, deviceUuid: device.uuid, startSec, durationSec, requestedAt: now() });
      return { clipUuid };
    },
  ),
  'event/getClipWithProgress': route(z.object({ clipUuid: z.string() }), ({ clipUuid }, { org, now }) => {
    const splice = org.splices.find((candidate) => candidate.clipUuid === clipUuid);
    if (!splice) return failed('Clip not found');
    const percentComplete = spliceProgress(splice, now());
    const status = percentComplete < 100 ? 'RENDERING' : 'COMPLETE';
    const region = findMediaDevice(org, splice.deviceUuid)?.mediaRegion;
    return { clip: { uuid: clipUuid, status, percentComplete, clipLocation: { region } } };
  }),
};

/** How far the cloud has rendered a clip, in per cent: ten seconds of footage a second. */
export function spliceProgress(splice: { requestedAt: number; durationSec: number }, now: number): number {
  const renderedSec = ((now - splice.requestedAt) / 1000) * 10;
  return Math.min(100, Math.floor((renderedSec / splice.durationSec) * 100));
}

function mediaUris(device: Camera | Gateway, facet: string, context: ApiContext): Record<string, unknown> {
  const { addresses, principal } = context;
  const lan = addresses.lan(device).map((address) => `${address}/dash/${facet}`);
  const wan = `${addresses.wan}/dash/${facet}`;
  const isVideo = facet.includes('.v');
  const recorded = {
    lanVodMpdUrisTemplates: lan.map((base) => `${base}/{START_TIME}_{DURATION}/clip.mpd`),
    wanVodMpdUriTemplate: `${wan}/{START_TIME}/{DURATION}/vod/file.mpd`,
    ...(isVideo && {
      lanVodM3u8UrisTemplates: lan.map((base) => `${base}/{START_TIME}_{DURATION}/clip.m3u8`),
      wanVodM3u8UriTemplate: `${wan}/{START_TIME}/{DURATION}/vod/file.m3u8`,
    }),
  };
  return {
    ...(principal.mayReadFootage && recorded),
    lanLiveMpdUris: lan.map((base) => `${base}/live/file.mpd`),
    wanLiveMpdUri: `${wan}/live/file.mpd`,
    ...(isVideo
      ? { lanLiveH264Uris: lan.map((base) => `${base}/ws`), wanLiveH264Uri: `${wan}/ws` }
      : { lanLiveOpusUris: lan.map((base) => `${base}/opus`), wanLiveOpusUri: `${wan}/opus` }),
    lanCheckUrls: addresses.lan(device).map((address) => `${address}/check`),
  };
}

function presence(
  device: Camera | Gateway | undefined,
  { startTimeSec, durationSec }: { startTimeSec: number; durationSec: number },
  { now }: ApiContext,
): Record<string, unknown> | ReturnType<typeof notFound> {
  if (!device) return notFound();
  const asked = { startSec: startTimeSec, durationSec };
  const nowSec = Math.floor(now() / 1000);
  const local = device.connectionStatus === 'RED' ? [] : localWindows(device.recording, asked, nowSec);
  const wire = ({ startSec, durationSec: length }: typeof asked): object => ({
    startSeconds: startSec,
    durationSeconds: length,
  });
  return {
    presenceWindows: {
      VideoCloud: cloudWindows(device.recording, asked).map(wire),
      VideoLocal: local.map(wire),
    },
  };
}
