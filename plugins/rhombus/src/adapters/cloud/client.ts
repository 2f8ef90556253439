import { parseRetryAfter, PorchlightError, type Clock } from '@porchlight/core';
import type * as z from 'zod';
import { takeCall, tokensAt, type Budget } from '../../domain/budget.ts';
import type { Sighting } from '../../domain/sighting.ts';
import {
  callFailed,
  keyRefused,
  noPicture,
  notUnderstood,
  refusedInBand,
  schemeRefused,
  tooMany,
  unreachable,
} from '../../errors.ts';
import type { AlertPage, Cloud, DeviceKind, FoundDevice } from '../../ports.ts';
import type { Credentials } from './credentials.ts';
import { createHttp, type Http } from './http.ts';
import { toDevice, toMarks, toSighting } from './map.ts';
import { answers, outcomeSchema, type WireDevice } from './schema.ts';
import { readActivity } from '../../domain/activity.ts';

export interface CloudSettings {
  apiUrl: string;
  mediaUrl: string;
  credentials: Credentials;
  requestsPerMinute: number;
}

const pageSize = 100;
const timeoutMs = 15_000;
const maxBytes = 16 * 1024 * 1024;

/** The cloud's API with one budget for all calls. */
export class RhombusCloud implements Cloud {
  readonly #settings: CloudSettings;
  readonly #clock: Clock;
  readonly #signal: AbortSignal;
  readonly #http: Http;
  #budget: Budget;

  constructor(settings: CloudSettings, { clock, signal }: { clock: Clock; signal: AbortSignal }) {
    this.#settings = settings;
    this.#clock = clock;
    this.#signal = signal;
    this.#budget = { tokens: this.#limits.burst, at: clock.monotonic() };
    const { headers, tls } = settings.credentials;
    this.#http = createHttp({ headers, tls, timeoutMs, maxBytes });
  }

  get #limits(): { requestsPerMinute: number; burst: number } {
    const { requestsPerMinute } = this.#settings;
    return { requestsPerMinute, burst: Math.max(20, Math.floor(requestsPerMinute / 6)) };
  }

  get budget(): number {
    return tokensAt(this.#limits, this.#budget, this.#clock.monotonic());
  }

  close(): void {
    this.#http.close();
  }

  async organisation(): Promise<string> {
    return (await this.#call('org/getOrgV2', {}, answers.organisation)).org.uuid;
  }

  async devices(withSensors: boolean): Promise<{ devices: FoundDevice[]; unseen: string[] }> {
    const { cameraStates } = await this.#call('camera/getMinimalCameraStateList', {}, answers.cameraStates);
    const unseen: string[] = [];
    const optional = async <T>(what: string, ask: () => Promise<T[]>): Promise<T[]> => {
      try {
        return await ask();
      } catch (error) {
        // Whoever may not see sensors still has cameras; a network that fails is another matter.
        if (!(error instanceof PorchlightError) || error.retry === 'later') throw error;
        unseen.push(what);
        return [];
      }
    };
    const places = await optional(
      'locations',
      async () => (await this.#call('location/getLocations', {}, answers.locations)).locations,
    );
    const rooms = new Map(places.map(({ uuid, name }) => [uuid, name]));
    const cameras = cameraStates.filter(({ mummified }) => !mummified);
    const devices = cameras.map((camera) => toDevice('camera', camera, rooms));
    if (!withSensors) return { devices, unseen };
    for (const [what, kind, ask] of this.#sensorLists()) {
      devices.push(...(await optional(what, ask)).map((sensor) => toDevice(kind, sensor, rooms)));
    }
    return { devices, unseen };
  }

  #sensorLists(): [what: string, kind: DeviceKind, ask: () => Promise<WireDevice[]>][] {
    const { minimalStates, doorStates, climateStates, occupancySensorStates } = answers;
    return [
      [
        'doorbells',
        'doorbell',
        async () => (await this.#call('doorbellcamera/getMinimalStateList', {}, minimalStates)).minimalStates,
      ],
      ['doors', 'door', async () => (await this.#call('door/getMinimalDoorStateList', {}, doorStates)).doorStates],
      [
        'climate sensors',
        'climate',
        async () => (await this.#call('climate/getMinimalClimateStateList', {}, climateStates)).climateStates,
      ],
      [
        'occupancy sensors',
        'occupancy',
        async () =>
          (await this.#call('occupancy/getMinimalOccupancySensorStateList', {}, occupancySensorStates))
            .occupancySensorStates,
      ],
    ];
  }

  async motionPolicies(): Promise<ReadonlySet<string>> {
    const { policies } = await this.#call('policy/getCameraPolicies', {}, answers.policies);
    const withMotion = policies.filter(({ defaultTriggers, scheduledTriggers }) => {
      const scheduled = scheduledTriggers.flatMap(({ activity, triggerSet }) => [
        activity ?? '',
        ...triggerSet.map((trigger) => trigger.activity),
      ]);
      const all = [...defaultTriggers.map(({ activity }) => activity), ...scheduled];
      return all.some((activity) => readActivity(activity)?.type === 'motion');
    });
    return new Set(withMotion.map(({ uuid }) => uuid));
  }

  async alerts(since: number, from?: AlertPage['next']): Promise<AlertPage> {
    // Whether the edge belongs to the window is not known: one second more, told apart by uuid.
    const window = { maxResults: pageSize, afterTimestampMs: Math.max(0, Math.floor(since) - 1000) };
    const cursor = from ? { lastTimestampMs: from.at, lastUuid: from.uuid } : {};
    const { policyAlerts } = await this.#call('event/getPolicyAlerts', { ...window, ...cursor }, answers.alerts);
    const now = this.#clock.now();
    const sightings = policyAlerts.flatMap((alert) => toSighting(alert, 'poll', now) ?? []);
    const last = policyAlerts.at(-1);
    const isFull = policyAlerts.length >= pageSize;
    return isFull && last?.timestampMs !== undefined
      ? { sightings, next: { at: last.timestampMs, uuid: last.uuid } }
      : { sightings };
  }

  async alert(uuid: string): Promise<Sighting | undefined> {
    const body = { policyAlertUuid: uuid };
    const { policyAlert } = await this.#call('event/getPolicyAlertDetails', body, answers.alert);
    return policyAlert ? toSighting(policyAlert, 'stream', this.#clock.now()) : undefined;
  }

  async marks(cameras: readonly string[], since: number, durationMs: number): Promise<Sighting[]> {
    const startTimeSec = Math.floor(since / 1000);
    const body = { cameraUuids: cameras, startTimeSec, durationSec: Math.ceil(durationMs / 1000) };
    const path = 'camera/getFootageSeekpointsForMultiple';
    const { footageSeekPointMap } = await this.#call(path, { ...body, includeAnyMotion: true }, answers.marks);
    return toMarks(footageSeekPointMap ?? {});
  }

  async picture({ uuid, region }: { uuid: string; region?: string }, sighting?: Sighting): Promise<Buffer> {
    const { mediaUrl } = this.#settings;
    const latest = `${mediaUrl}/media/${uuid}/${region ?? 'us-west-2'}/snapshot.jpeg`;
    const ofAlert =
      sighting && `${mediaUrl}/media/metadata/${sighting.region ?? region ?? 'us-west-2'}/${sighting.id}.jpeg`;
    const ways: (() => Promise<Buffer | undefined>)[] = [
      async () => (ofAlert && sighting.channel !== 'timeline' ? this.#fetchPicture(ofAlert) : undefined),
      async () => (sighting ? this.#fetchPicture(await this.#frameUri(uuid, sighting.at)) : undefined),
      () => this.#fetchPicture(latest),
    ];
    for (const way of ways) {
      const picture = await way().catch(() => undefined);
      if (picture) return picture;
    }
    throw noPicture();
  }

  async #frameUri(cameraUuid: string, timestampMs: number): Promise<string> {
    const body = { cameraUuid, timestampMs, jpgQuality: 80 };
    const { frameUri } = await this.#call('video/getExactFrameUri', body, answers.frame);
    const { hostname } = new URL(frameUri);
    // The key goes with the request, so it must not go anywhere else.
    const isTheirs = hostname.endsWith('.rhombussystems.com') || hostname === new URL(this.#settings.mediaUrl).hostname;
    if (!isTheirs) throw notUnderstood('video/getExactFrameUri');
    return frameUri;
  }

  async #fetchPicture(url: string): Promise<Buffer | undefined> {
    const { status, body } = await this.#http.send(url, undefined, this.#signal);
    const isJpeg = body[0] === 0xff && body[1] === 0xd8;
    return status === 200 && isJpeg ? body : undefined;
  }

  async #call<T>(path: string, body: object, schema: z.ZodType<T, unknown>): Promise<T> {
    const { budget, waitMs } = takeCall(this.#limits, this.#budget, this.#clock.monotonic());
    this.#budget = budget;
    if (waitMs > 0) await this.#clock.sleep(waitMs, this.#signal);
    const url = `${this.#settings.apiUrl}/api/${path}`;
    const answer = await this.#http.send(url, JSON.stringify(body), this.#signal).catch((cause: unknown) => {
      throw unreachable(path, cause);
    });
    if (answer.status === 401) throw schemeRefused();
    if (answer.status === 403) throw keyRefused(path);
    if (answer.status === 429)
      throw tooMany(parseRetryAfter(String(answer.headers['retry-after'] ?? ''), this.#clock.now()));
    if (answer.status !== 200) throw callFailed(path, answer.status);
    return readAnswer(path, answer.body, schema);
  }
}

/** A 200 is no success yet: failures come in band too. */
export function readAnswer<T>(path: string, body: Buffer, schema: z.ZodType<T, unknown>): T {
  let raw: unknown;
  try {
    raw = JSON.parse(body.toString());
  } catch (cause) {
    throw notUnderstood(path, { cause });
  }
  const outcome = outcomeSchema.safeParse(raw);
  if (outcome.success && outcome.data.error) {
    const { errorMsg, message, msg } = outcome.data;
    throw refusedInBand(path, errorMsg ?? message ?? msg ?? 'no reason given');
  }
  const result = schema.safeParse(raw);
  if (!result.success) throw notUnderstood(path);
  return result.data;
}
