import { readActivity } from '../../domain/activity.ts';
import type { AirQuantity, FoundDevice } from '../../domain/found-device.ts';
import type { Mark } from '../../domain/movements.ts';
import type { Sighting } from '../../domain/sighting.ts';
import type { DeviceKind } from '../../ports.ts';
import type { answers, WireAlert, WireDevice } from './schema.ts';
import type * as z from 'zod';

const troubles: Readonly<Record<string, string>> = {
  DISCONNECTED: 'It is not connected to Rhombus.',
  NO_HEARTBEAT: 'Rhombus does not hear from it: is its battery empty, or is it too far away?',
  NOT_RECORDING: 'It does not record.',
  LINK_SPEED_LOW: 'Its network is slow.',
  MALFUNCTIONING_MODULES: 'A part of it does not work.',
};
/** Worth a word to the owner, but it works. */
const harmless = new Set(['FIRMWARE_BEHIND', 'CALIBRATING', 'DELAYED', 'NONE']);

/** A device of ours from one of any list. */
export function toDevice(kind: DeviceKind, wire: WireDevice, places: ReadonlyMap<string, string>): FoundDevice {
  const { isOnline, problem } = readHealth(wire);
  const location = places.get(wire.locationUuid ?? '');
  // The most precise part of the location stands last.
  const parts = wire.subLocationsHierarchyKey?.split('.') ?? [];
  const room = parts.map((uuid) => places.get(uuid)).findLast((name) => name !== undefined) ?? location;
  const celsius = wire.temperatureCelcius ?? wire.tempC ?? wire.probeTempC;
  const air = kind === 'climate' ? readAir(wire) : {};
  const status = wire.status?.toUpperCase();
  return {
    uuid: withoutFacet(wire.uuid),
    kind,
    name: cut(wire.name?.trim() || 'Unnamed'),
    isOnline,
    ...(location !== undefined && { location: cut(location) }),
    ...(room !== undefined && { room: cut(room) }),
    ...(wire.hwVariation && {
      model: wire.hwVariation.replace(/^(BADGE_READER|CAMERA|GATEWAY|SENSOR)_/, '').slice(0, 64),
    }),
    ...(wire.serialNumber && { serial: wire.serialNumber.slice(0, 64) }),
    ...(wire.firmwareVersion && { firmware: wire.firmwareVersion.slice(0, 64) }),
    ...(problem !== undefined && { problem }),
    ...(wire.mediaRegion && { region: wire.mediaRegion }),
    ...(wire.policyUuid && { policy: wire.policyUuid }),
    ...(isWithin(wire.batteryPercent, 0, 100) && { batteryPercent: wire.batteryPercent }),
    ...(isWithin(celsius, -100, 200) && { celsius }),
    ...(Object.keys(air).length > 0 && { air }),
    ...(kind === 'door' && status && /^(OPEN|CLOSED|AJAR)$/.test(status) && { isOpen: status !== 'CLOSED' }),
    ...(kind === 'occupancy' &&
      status &&
      /^(VACANT|MOVEMENT|OCCUPIED)$/.test(status) && {
        isOccupied: status !== 'VACANT',
      }),
  };
}

/** At most 64 units, and no half of a pair. */
function cut(name: string): string {
  let kept = '';
  for (const character of name) {
    if (kept.length + character.length > 64) break;
    kept += character;
  }
  return kept;
}

function readHealth(wire: WireDevice): { isOnline: boolean; problem: string | undefined } {
  const details = wire.healthStatusDetails ?? wire.healthDetails ?? 'NONE';
  const isOnline = wire.connectionStatus !== 'RED' && wire.connected !== false && details !== 'NO_HEARTBEAT';
  if (!isOnline) return { isOnline, problem: troubles[details] ?? troubles['DISCONNECTED'] };
  if (!harmless.has(details)) return { isOnline, problem: troubles[details] ?? 'Rhombus reports a fault of it.' };
  return { isOnline, problem: wire.health === 'RED' ? 'Rhombus reports a fault of it.' : undefined };
}

function readAir(wire: WireDevice): Partial<Record<AirQuantity, number>> {
  const humidity = wire.humidity ?? wire.relHumid;
  // Some sensors give a fraction; air of one per cent humidity does not occur.
  const percent = humidity !== undefined && humidity <= 1 ? humidity * 100 : humidity;
  const figures: [AirQuantity, number | undefined, number][] = [
    ['humidity', percent === undefined ? undefined : Math.round(percent * 10) / 10, 100],
    ['co2', wire.co2 ?? wire.co2Ppm, 100_000],
    ['pm25', wire.pm25 ?? wire.pm2p5, 100_000],
    ['tvoc', wire.tvoc, 1_000_000],
    ['iaq', wire.iaq, 1000],
  ];
  return Object.fromEntries(
    figures.flatMap(([name, value, most]) => (isWithin(value, 0, most) ? [[name, value]] : [])),
  );
}

function isWithin(value: number | undefined, least: number, most: number): value is number {
  return value !== undefined && value >= least && value <= most;
}

/** Clocks may differ so far; what is said to happen later is not believed, in ms. */
const aheadMs = 600_000;
const longestSec = 86_400;

/** When an alert says that it happened, epoch ms; undefined when it says nothing that can be. */
export function timeOf({ timestampMs }: Pick<WireAlert, 'timestampMs'>, now: number): number | undefined {
  return isWithin(timestampMs, 1, now + aheadMs) ? Math.floor(timestampMs) : undefined;
}

/** A sighting from an alert; undefined when it was dismissed, or has no device. Without a time it happened at `now`. */
export function toSighting(wire: WireAlert, channel: Sighting['channel'], now: number): Sighting | undefined {
  if (wire.deleted || !wire.deviceUuid) return undefined;
  const durationSec = isWithin(wire.durationSec, 0, longestSec) ? wire.durationSec : 0;
  return {
    id: wire.uuid,
    device: withoutFacet(wire.deviceUuid),
    at: timeOf(wire, now) ?? now,
    durationMs: durationSec * 1000,
    activities: wire.policyAlertTriggers ?? [],
    channel,
    ...(wire.thumbnailLocation && { region: wire.thumbnailLocation }),
  };
}

/** Whether it may be an alert of a device of ours: doors of the access control are none. */
export function isOurs({ deleted, deviceUuid, accessControlledDoorUuid }: WireAlert): boolean {
  return !deleted && (deviceUuid !== undefined || accessControlledDoorUuid === undefined);
}

/** Whether an alert says everything that is needed: when, where and what. */
export function isWhole(wire: WireAlert, now: number): boolean {
  return timeOf(wire, now) !== undefined && wire.deviceUuid !== undefined && wire.policyAlertTriggers !== undefined;
}

type WireMarks = NonNullable<z.output<typeof answers.marks>['footageSeekPointMap']>;

/** The marks that mean motion, between two times. Their own times are seconds or milliseconds; both are understood. */
export function toMarks(map: WireMarks, { from, to }: { from: number; to: number }): Mark[] {
  return Object.entries(map).flatMap(([time, entry]) => {
    const stamp = Number(time);
    const at = Math.floor(stamp < 100_000_000_000 ? stamp * 1000 : stamp);
    if (!entry || !isWithin(at, from, to)) return [];
    return Object.entries(entry.activityCountMap).flatMap(([activity, cameras]) =>
      readActivity(activity)?.type === 'motion'
        ? Object.entries(cameras ?? {}).flatMap(([camera, count = 0]) =>
            count > 0 ? [{ camera: withoutFacet(camera), at, activity }] : [],
          )
        : [],
    );
  });
}

/** A device's uuid without the name of one of its streams. */
export function withoutFacet(uuid: string): string {
  return uuid.replace(/\.[va]\d+$/, '');
}
