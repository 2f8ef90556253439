import { errorCode, PorchlightError, type Clock } from '@porchlight/core';
import { readActivity } from '../../domain/activity.ts';
import type { Window } from '../../domain/look-back.ts';
import type { Mark } from '../../domain/movements.ts';
import type { Sighting } from '../../domain/sighting.ts';
import type { AlertPage, Cloud, DeviceKind, DeviceLists, FoundDevice } from '../../ports.ts';
import { Caller, type CallerSettings } from './caller.ts';
import { isOurs, isWhole, timeOf, toDevice, toMarks, toSighting } from './map.ts';
import { fetchPicture } from './picture.ts';
import { answers, type WireAlert, type WireDevice } from './schema.ts';

export interface CloudSettings extends CallerSettings {
  mediaUrl: string;
}

const pageSize = 100;
/** Marks may be stamped a little before and after what was asked for, in ms. */
const markSlackMs = 60_000;

/** Answers that concern one list only. */
const garbled = new Set(['rhombus.answer', 'rhombus.refused']);

type List = { what: string; kind: DeviceKind; ask: () => Promise<WireDevice[]> };

/** The organisation as its API shows it. */
export class RhombusCloud implements Cloud {
  readonly #settings: CloudSettings;
  readonly #clock: Clock;
  readonly #caller: Caller;

  constructor(settings: CloudSettings, parts: { clock: Clock; signal: AbortSignal }) {
    this.#settings = settings;
    this.#clock = parts.clock;
    this.#caller = new Caller(settings, parts);
  }

  get budget(): number {
    return this.#caller.budget;
  }

  get aheadMs(): number {
    return this.#caller.aheadMs;
  }

  get #now(): number {
    return this.#clock.now() + this.aheadMs;
  }

  close(): void {
    this.#caller.close();
  }

  async organisation(): Promise<string> {
    return (await this.#caller.call('org/getOrgV2', {}, answers.organisation)).org.uuid;
  }

  async devices(withSensors: boolean): Promise<DeviceLists> {
    const { cameraStates } = await this.#caller.call('camera/getMinimalCameraStateList', {}, answers.cameraStates);
    const unseen: string[] = [];
    const unread = new Set<DeviceKind>();
    const optional = async <T>(what: string, ask: () => Promise<T[]>, kind?: DeviceKind): Promise<T[]> => {
      try {
        return await ask();
      } catch (error) {
        const isRefused = error instanceof PorchlightError && error.retry !== 'later';
        // A network that fails, or a budget that is used up, concerns all lists.
        if (!isRefused && !garbled.has(errorCode(error) ?? '')) throw error;
        if (kind) unread.add(kind);
        if (isRefused) unseen.push(what);
        return [];
      }
    };
    const places = new Map(await optional('locations', () => this.#places()));
    const cameras = cameraStates.filter(({ mummified }) => !mummified);
    const devices = cameras.map((camera) => toDevice('camera', camera, places));
    const lists = withSensors ? this.#sensorLists() : [];
    for (const { what, kind, ask } of lists) {
      const found = await optional(what, ask, kind);
      devices.push(...found.map((sensor) => toDevice(kind, sensor, places)));
    }
    return { devices: unique(devices), unseen, unread, calls: 2 + lists.length };
  }

  /** Names of locations and of their parts, by uuid. */
  async #places(): Promise<[uuid: string, name: string][]> {
    const body = { subLocationsIncluded: true };
    const { locations } = await this.#caller.call('location/getLocations', body, answers.locations);
    return locations.flatMap((place) => [place, ...place.subLocations]).map(({ uuid, name }) => [uuid, name]);
  }

  #sensorLists(): List[] {
    const call: Caller['call'] = (path, body, schema) => this.#caller.call(path, body, schema);
    const { minimalStates, doorStates, climateStates, gatewayStates, occupancySensorStates } = answers;
    const list = (what: string, kind: DeviceKind, ask: List['ask']): List => ({ what, kind, ask });
    return [
      list(
        'doorbells',
        'doorbell',
        async () => (await call('doorbellcamera/getMinimalStateList', {}, minimalStates)).minimalStates,
      ),
      list('doors', 'door', async () => (await call('door/getMinimalDoorStateList', {}, doorStates)).doorStates),
      list(
        'climate sensors',
        'climate',
        async () => (await call('climate/getMinimalClimateStateList', {}, climateStates)).climateStates,
      ),
      list('environmental sensors', 'climate', async () => {
        const path = 'climate/getMinimalEnvironmentalGatewayStates';
        return (await call(path, {}, gatewayStates)).minimalEnvironmentalGatewayStates;
      }),
      list('occupancy sensors', 'occupancy', async () => {
        const path = 'occupancy/getMinimalOccupancySensorStateList';
        return (await call(path, {}, occupancySensorStates)).occupancySensorStates;
      }),
    ];
  }

  async motionPolicies(): Promise<ReadonlySet<string>> {
    const { policies } = await this.#caller.call('policy/getCameraPolicies', {}, answers.policies);
    const withMotion = policies.filter(({ defaultTriggers, scheduledTriggers }) => {
      const scheduled = scheduledTriggers.flatMap(({ activity, triggerSet }) => [activity ?? '', ...triggerSet]);
      return [...defaultTriggers, ...scheduled].some((activity) => readActivity(activity)?.type === 'motion');
    });
    return new Set(withMotion.map(({ uuid }) => uuid));
  }

  async alerts({ from, to }: Window, after?: AlertPage['next']): Promise<AlertPage> {
    // Whether the edges belong to the window is not known: one second more, told apart by uuid.
    const window = {
      maxResults: pageSize,
      afterTimestampMs: Math.max(0, Math.floor(from) - 1000),
      ...(to !== undefined && { beforeTimestampMs: Math.ceil(to) + 1000 }),
    };
    const cursor = after ? { lastTimestampMs: after.at, lastUuid: after.uuid } : {};
    const page = await this.#caller.call('event/getPolicyAlerts', { ...window, ...cursor }, answers.alerts);
    const { alerts, count } = page.policyAlerts;
    const now = this.#now;
    const next = count >= pageSize ? cursorOf(alerts, now) : undefined;
    return {
      sightings: alerts.flatMap((alert) => (isWhole(alert, now) ? (toSighting(alert, 'poll', now) ?? []) : [])),
      parts: alerts.filter((alert) => isOurs(alert) && !isWhole(alert, now)).map(({ uuid }) => uuid),
      ...(next && { next }),
    };
  }

  async alert(uuid: string): Promise<Sighting | undefined> {
    const body = { policyAlertUuid: uuid };
    const { policyAlert } = await this.#caller.call('event/getPolicyAlertDetails', body, answers.alert);
    const now = this.#now;
    return policyAlert && isWhole(policyAlert, now) ? toSighting(policyAlert, 'poll', now) : undefined;
  }

  async marks(cameras: readonly string[], from: number, to: number): Promise<Mark[]> {
    const startTimeSec = Math.floor(from / 1000);
    const body = { cameraUuids: cameras, startTimeSec, durationSec: Math.ceil(to / 1000) - startTimeSec + 1 };
    const path = 'camera/getFootageSeekpointsForMultiple';
    const { footageSeekPointMap } = await this.#caller.call(path, { ...body, includeAnyMotion: true }, answers.marks);
    return toMarks(footageSeekPointMap ?? {}, { from: from - markSlackMs, to: to + markSlackMs });
  }

  picture(camera: { uuid: string; region?: string }, sighting?: Sighting): Promise<Buffer> {
    return fetchPicture(this.#caller, { mediaUrl: this.#settings.mediaUrl, camera, sighting });
  }
}

/** A doorbell may stand in the list of cameras too; it is a camera then. */
function unique(devices: readonly FoundDevice[]): FoundDevice[] {
  return [...new Map(devices.toReversed().map((device) => [device.uuid, device])).values()].toReversed();
}

function cursorOf(alerts: readonly WireAlert[], now: number): AlertPage['next'] {
  const last = alerts.findLast((alert) => timeOf(alert, now) !== undefined);
  const at = last && timeOf(last, now);
  return last && at !== undefined ? { at, uuid: last.uuid } : undefined;
}
