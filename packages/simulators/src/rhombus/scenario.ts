import type { PolicyAlert } from './alerts.ts';
import type { Change, ChangeStream } from './change-stream.ts';
import type { Span } from './recording.ts';
import { randomRuuid } from './ruuid.ts';
import type { Seekpoint } from './seekpoints.ts';
import {
  type Camera,
  findCamera,
  findMediaDevice,
  findSensor,
  type Gateway,
  type Organisation,
  type Sensor,
} from './state.ts';
import type { DeliveryOptions, Webhooks } from './webhooks.ts';

/** How an alert is made known. Everything is sent by default. */
export interface Announcement {
  /** `sparse`: only the triggers; `top-level`: the alert's fields beside `entity`; `anonymous`: without `entityUuid`. @default 'full' */
  stream?: 'full' | 'sparse' | 'top-level' | 'anonymous' | 'none';
  /** How often the same message is sent. @default 1 */
  repeats?: number;
  /** @default the signed webhooks that are registered */
  webhooks?: DeliveryOptions | 'none';
}

/** The fields of an alert that matter; the rest is filled in from the device. A field set to null is sent as null. */
export type AlertSpec = Partial<PolicyAlert> & {
  /** Fields that the alert is to lack. */
  without?: readonly string[];
};

interface Parts {
  org: Organisation;
  stream: ChangeStream;
  webhooks: Webhooks;
  now: () => number;
}

/** What may happen in the simulated organisation. */
export class Scenario {
  readonly #parts: Parts;
  #points = 0;

  constructor(parts: Parts) {
    this.#parts = parts;
  }

  /** Raises an alert and tells the stream and the webhooks of it; resolves when the webhooks have been tried. */
  async raiseAlert(spec: AlertSpec = {}, announcement: Announcement = {}): Promise<PolicyAlert> {
    const alert = this.#complete(spec);
    this.#parts.org.alerts.push(alert);
    await this.#announce('CREATE', alert, announcement);
    return alert;
  }

  /** Changes an alert, for instance `{finalized: true, durationSec: 12}`; webhooks are not sent again. */
  async updateAlert(uuid: string, change: Partial<PolicyAlert>, announcement: Announcement = {}): Promise<PolicyAlert> {
    const alert = this.#alert(uuid);
    Object.assign(alert, change);
    await this.#announce('UPDATE', alert, { ...announcement, webhooks: 'none' });
    return alert;
  }

  /** Dismisses an alert: it leaves the lists and is reported as deleted. */
  dismissAlert(uuid: string): void {
    const alert = this.#alert(uuid);
    alert.deleted = true;
    this.#parts.stream.publish({ entity: 'POLICY_ALERT', entityUuid: uuid, type: 'DELETE' });
  }

  /** Lists an alert a second time, as faulty answers do. */
  duplicateAlert(uuid: string): void {
    this.#parts.org.alerts.push(this.#alert(uuid));
  }

  /** A movement seen by a camera: a mark on its timeline and, if its policy has the activity, an alert. */
  async move(cameraUuid: string, activity = 'MOTION', spec: AlertSpec = {}): Promise<PolicyAlert | undefined> {
    const { org, now } = this.#parts;
    const camera = findCamera(org, cameraUuid);
    const policy = org.policies.find(({ uuid }) => uuid === camera?.policyUuid);
    const isAlert = policy?.activities.includes(activity) ?? false;
    this.addSeekpoint(cameraUuid, { a: activity, ts: spec.timestampMs ?? now(), m: true, al: isAlert });
    return isAlert ? this.raiseAlert({ deviceUuid: cameraUuid, policyAlertTriggers: [activity], ...spec }) : undefined;
  }

  addSeekpoint(cameraUuid: string, point: Seekpoint): void {
    const points = this.#parts.org.seekpoints.get(cameraUuid) ?? [];
    this.#points += 1;
    this.#parts.org.seekpoints.set(cameraUuid, [...points, { id: this.#points, ...point }]);
  }

  /** Changes what a sensor reads, as it is on the wire. */
  setReadings(uuid: string, readings: Record<string, unknown>): void {
    const sensor = findSensor(this.#parts.org, uuid);
    if (!sensor) throw new Error(`no sensor ${uuid}`);
    Object.assign(sensor.readings, readings);
  }

  /** Takes a device off the net, or brings it back. */
  setOnline(uuid: string, isOnline: boolean): void {
    const device = findMediaDevice(this.#parts.org, uuid) ?? findSensor(this.#parts.org, uuid);
    if (!device) throw new Error(`no device ${uuid}`);
    const status = isOnline ? 'GREEN' : 'RED';
    const healthStatusDetails = isOnline ? 'NONE' : 'DISCONNECTED';
    Object.assign(device, { connectionStatus: status, healthStatus: status, healthStatusDetails });
    this.#parts.stream.publish({ entity: 'CAMERA', entityUuid: uuid, type: 'UPDATE', deviceUuid: uuid });
  }

  /** Takes footage away from a device. */
  addGap(uuid: string, gap: Span): void {
    const device = findMediaDevice(this.#parts.org, uuid);
    if (!device) throw new Error(`no device ${uuid}`);
    device.recording.gaps.push(gap);
  }

  /** Removes a device from all lists; its alerts stay. */
  removeDevice(uuid: string): void {
    const { org } = this.#parts;
    for (const list of [org.cameras, org.gateways, org.sensors]) {
      const place = list.findIndex((device) => device.uuid === uuid);
      if (place >= 0) list.splice(place, 1);
    }
  }

  /** Sends any change through the stream. */
  publish(change: Change): void {
    this.#parts.stream.publish(change);
  }

  #alert(uuid: string): PolicyAlert {
    const alert = this.#parts.org.alerts.find((candidate) => candidate.uuid === uuid);
    if (!alert) throw new Error(`no alert ${uuid}`);
    return alert;
  }

  #complete({ without = [], ...spec }: AlertSpec): PolicyAlert {
    const { org, now } = this.#parts;
    const device = spec.deviceUuid ? findMediaDevice(org, spec.deviceUuid) : org.cameras[0];
    const sensor = spec.deviceUuid ? findSensor(org, spec.deviceUuid) : undefined;
    const region = { region: device?.mediaRegion ?? 'us-west-2' };
    const isDoor = spec.type === 'ACCESS_CONTROLLED_DOOR_POLICY_ALERT';
    const alert: PolicyAlert = {
      uuid: randomRuuid(),
      type: 'POLICY_ALERT_V2',
      timestampMs: now(),
      durationSec: 10,
      policyAlertTriggers: ['MOTION'],
      textDescription: 'Movement',
      orgUuid: org.uuid,
      locationUuid: (device ?? sensor)?.locationUuid ?? null,
      policyUuid: device && 'policyUuid' in device ? device.policyUuid : null,
      ...(!isDoor && {
        deviceUuid: device?.uuid ?? null,
        deviceType: deviceTypeOf(device ?? sensor),
        thumbnailLocation: region,
        clipLocationMap: device ? { [device.uuid]: region } : {},
      }),
      finalized: true,
      deleted: false,
      ...spec,
    };
    for (const field of without) delete alert[field];
    return alert;
  }

  async #announce(type: 'CREATE' | 'UPDATE', alert: PolicyAlert, announcement: Announcement): Promise<void> {
    const { stream: form = 'full', repeats = 1, webhooks = {} } = announcement;
    const change = form === 'none' ? undefined : changeOf(type, alert, form);
    if (change) for (let time = 0; time < repeats; time += 1) this.#parts.stream.publish(change);
    if (webhooks !== 'none') await this.#parts.webhooks.announce(alert, webhooks);
  }
}

const sensorTypes: Partial<Record<Sensor['kind'], string>> = {
  door: 'DOOR_SENSOR',
  climate: 'ENVIRONMENTAL_SENSOR',
  environmental: 'ENVIRONMENTAL_SENSOR',
  occupancy: 'OCCUPANCY_SENSOR',
  nvr: 'NVR',
};

function deviceTypeOf(device: Camera | Gateway | Sensor | undefined): string {
  if (device && 'kind' in device) return sensorTypes[device.kind] ?? 'CAMERA';
  return device && 'associatedCameras' in device ? 'AUDIO_GATEWAY' : 'CAMERA';
}

function changeOf(
  type: 'CREATE' | 'UPDATE',
  alert: PolicyAlert,
  form: 'full' | 'sparse' | 'top-level' | 'anonymous',
): Change {
  const head = { entity: 'POLICY_ALERT', type, ...(alert.deviceUuid && { deviceUuid: alert.deviceUuid }) };
  switch (form) {
    case 'full':
      return { ...head, entityUuid: alert.uuid, update: { ...alert } };
    case 'sparse':
      return { ...head, entityUuid: alert.uuid, update: { policyAlertTriggers: alert.policyAlertTriggers } };
    case 'anonymous':
      return { ...head, update: { ...alert } };
    case 'top-level':
      // The alert's own type would hide the kind of the change.
      return { ...alert, deviceUuid: alert.deviceUuid ?? '', ...head, entityUuid: alert.uuid };
  }
}
