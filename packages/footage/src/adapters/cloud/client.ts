import { type Clock, PorchlightError, retry } from '@porchlight/core';
import type * as z from 'zod';
import type { Alert } from '../../domain/job.ts';
import type { MediaDevice, Organisation } from '../../domain/organisation.ts';
import type { Presence } from '../../domain/recorded.ts';
import type { Span } from '../../domain/spans.ts';
import { keyRefused } from '../../errors.ts';
import type { AlertQuery, Cloud, MediaUris } from '../../ports.ts';
import { type CallParts, createCall } from './call.ts';
import { toAlert, toCamera, toGateway, toSpans } from './map.ts';
import { alertSchema, answers, cursorSchema } from './schema.ts';

const pageSize = 100;
/** Longest stretch that presence is asked for at once, seconds. */
const presenceSec = 86_400;
/** Life of a media token, seconds. */
export const tokenSec = 3600;
const attempts = 5;

export interface CloudParts extends CallParts {
  clock: Clock;
  signal: AbortSignal;
  onRetry?: (error: unknown, waitMs: number) => void;
}

/** The cloud's API. Passing failures are tried again; what is left rejects with a coded error. */
export class RhombusCloud implements Cloud {
  readonly #parts: CloudParts;
  readonly #send: ReturnType<typeof createCall>;
  /** By how much their time is ahead of our monotonic one, ms. */
  #aheadMs: number | undefined;

  constructor(parts: CloudParts) {
    this.#parts = parts;
    const { clock } = parts;
    this.#send = createCall({ ...parts, onTime: (theirs) => (this.#aheadMs = theirs - clock.monotonic()) });
  }

  now(): number {
    const { clock } = this.#parts;
    return this.#aheadMs === undefined ? clock.now() : clock.monotonic() + this.#aheadMs;
  }

  async organisation(): Promise<Organisation> {
    const [cameras, gateways, places] = await Promise.all([
      this.#call('camera/getMinimalCameraStateList', { includeMummified: true }, answers.cameras),
      this.#call('audiogateway/getMinimalAudioGatewayStateList', {}, answers.gateways),
      this.#locations(),
    ]);
    return {
      cameras: cameras.cameraStates.map(toCamera),
      gateways: gateways.audioGatewayStates.map(toGateway),
      places,
    };
  }

  // Only names are lost without them.
  async #locations(): Promise<Organisation['places']> {
    try {
      const { locations } = await this.#call(
        'location/getLocations',
        { subLocationsIncluded: true },
        answers.locations,
      );
      return locations.map(({ uuid, name, subLocations = [] }) => ({
        uuid,
        name,
        parts: subLocations.map((part) => part.uuid),
      }));
    } catch (error) {
      if (error instanceof PorchlightError && error.retry === 'later') throw error;
      return [];
    }
  }

  async alerts(query: AlertQuery): Promise<{ alerts: Alert[]; isCut: boolean }> {
    const found = new Map<string, Alert>();
    const seen = new Set<string>();
    let cursor: object = {};
    for (;;) {
      const page = await this.#alertPage(query, cursor);
      for (const alert of page.alerts) {
        if (!isWithin(alert, query)) continue;
        if (found.size >= query.max && !found.has(alert.uuid)) return { alerts: [...found.values()], isCut: true };
        found.set(alert.uuid, alert);
      }
      // A cursor that was there already would go round in circles.
      if (!page.next || seen.has(page.next.lastUuid)) return { alerts: [...found.values()], isCut: false };
      seen.add(page.next.lastUuid);
      cursor = page.next;
    }
  }

  async #alertPage(
    { beforeSec, afterSec, cameraUuids, locationUuids }: AlertQuery,
    cursor: object,
  ): Promise<{ alerts: Alert[]; next?: { lastUuid: string; lastTimestampMs: number } }> {
    // Whether the edges belong to the window is not documented: asked for a second wider, then sorted out here.
    const body = {
      maxResults: pageSize,
      ...(beforeSec !== undefined && { beforeTimestampMs: (beforeSec + 1) * 1000 }),
      ...(afterSec !== undefined && { afterTimestampMs: Math.max(0, afterSec - 1) * 1000 }),
      ...(cameraUuids && { deviceFilter: cameraUuids }),
      ...(locationUuids && { locationFilter: locationUuids }),
      ...cursor,
    };
    const policyAlerts = (await this.#call('event/getPolicyAlerts', body, answers.alerts)).policyAlerts ?? [];
    const alerts = policyAlerts.flatMap((raw) => {
      const result = alertSchema.safeParse(raw);
      return result.success && !result.data.deleted ? [toAlert(result.data)] : [];
    });
    const last = policyAlerts
      .map((raw) => cursorSchema.safeParse(raw).data)
      .findLast((one) => one?.timestampMs !== undefined);
    if (policyAlerts.length < pageSize || last?.timestampMs === undefined) return { alerts };
    return { alerts, next: { lastUuid: last.uuid, lastTimestampMs: last.timestampMs } };
  }

  async presence(device: MediaDevice, span: Span): Promise<Presence> {
    const presence: { local: Span[]; cloud: Span[] } = { local: [], cloud: [] };
    for (let startTimeSec = span.startSec; startTimeSec < span.endSec; startTimeSec += presenceSec) {
      const durationSec = Math.min(presenceSec, span.endSec - startTimeSec);
      const isCamera = device.kind === 'camera';
      const path = isCamera ? 'camera/getPresenceWindows' : 'audiogateway/getPresenceWindows';
      const name = isCamera ? { cameraUuid: device.uuid } : { deviceUuid: device.uuid };
      const { presenceWindows } = await this.#call(path, { ...name, startTimeSec, durationSec }, answers.presence);
      presence.local.push(...toSpans(presenceWindows.VideoLocal));
      presence.cloud.push(...toSpans(presenceWindows.VideoCloud));
    }
    return presence;
  }

  async mediaUris(device: MediaDevice): Promise<MediaUris> {
    const isCamera = device.kind === 'camera';
    const path = isCamera ? 'camera/getMediaUris' : 'audiogateway/getMediaUris';
    const body = isCamera ? { cameraUuid: device.uuid } : { gatewayUuid: device.uuid };
    const { lanVodMpdUrisTemplates: lan = [], wanVodMpdUriTemplate: wan } = await this.#call(path, body, answers.uris);
    if (lan.length === 0 && wan === undefined) throw keyRefused('the addresses of recorded video');
    return { lan, ...(wan !== undefined && { wan }) };
  }

  async token(device: MediaDevice): Promise<string> {
    const body = { durationSec: tokenSec, deviceUUid: device.uuid };
    return (await this.#call('org/generateFederatedSessionToken', body, answers.token)).federatedSessionToken;
  }

  #call<T>(path: string, body: object, schema: z.ZodType<T, unknown>): Promise<T> {
    const { clock, signal, onRetry } = this.#parts;
    const options = { clock, signal, attempts, firstMs: 500, maxMs: 20_000, ...(onRetry && { onRetry }) };
    return retry(options, () => this.#send(path, body, schema));
  }
}

function isWithin({ timestampMs }: Alert, { beforeSec, afterSec }: AlertQuery): boolean {
  if (timestampMs === undefined) return true;
  return timestampMs <= (beforeSec ?? Infinity) * 1000 && timestampMs >= (afterSec ?? 0) * 1000;
}
