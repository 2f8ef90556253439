import { readActivity } from '../../domain/activity.ts';
import type { Sighting } from '../../domain/sighting.ts';
import type { DeviceKind, FoundDevice } from '../../ports.ts';
import type { WireAlert, WireDevice } from './schema.ts';

const troubles: Readonly<Record<string, string>> = {
  DISCONNECTED: 'It is not connected to Rhombus.',
  NOT_RECORDING: 'It does not record.',
  LINK_SPEED_LOW: 'Its network is slow.',
  MALFUNCTIONING_MODULES: 'A part of it does not work.',
  FIRMWARE_BEHIND: 'Its firmware is old.',
};
/** Worth a word to the owner, but it works. */
const harmless = new Set(['FIRMWARE_BEHIND', 'CALIBRATING', 'DELAYED', 'NONE']);

/** A device of ours from one of any list. */
export function toDevice(kind: DeviceKind, wire: WireDevice, rooms: ReadonlyMap<string, string>): FoundDevice {
  const isOnline = wire.connectionStatus !== 'RED';
  const details = wire.healthStatusDetails ?? 'NONE';
  const problem = isOnline
    ? harmless.has(details)
      ? undefined
      : (troubles[details] ?? 'Rhombus reports a fault of it.')
    : troubles['DISCONNECTED'];
  const room = rooms.get(wire.locationUuid ?? '');
  const celsius = wire.temperatureCelcius ?? wire.temperatureCelsius;
  const isOpen = wire.state && /^(OPEN|CLOSED|AJAR)/i.test(wire.state) ? !/^CLOSED/i.test(wire.state) : undefined;
  return {
    uuid: wire.uuid,
    kind,
    name: (wire.name?.trim() || 'Unnamed').slice(0, 64),
    isOnline,
    ...(room !== undefined && { room }),
    ...(wire.hwVariation && { model: wire.hwVariation.replace(/^CAMERA_/, '') }),
    ...(wire.serialNumber && { serial: wire.serialNumber }),
    ...(wire.firmwareVersion && { firmware: wire.firmwareVersion }),
    ...(problem !== undefined && { problem }),
    ...(wire.mediaRegion && { region: wire.mediaRegion }),
    ...(wire.policyUuid && { policy: wire.policyUuid }),
    ...(isWithin(wire.batteryPercent, 0, 100) && { batteryPercent: wire.batteryPercent }),
    ...(isWithin(celsius, -100, 200) && { celsius }),
    ...(isOpen !== undefined && { isOpen }),
    ...(wire.motionDetected !== undefined && { hasMotion: wire.motionDetected }),
  };
}

function isWithin(value: number | undefined, least: number, most: number): value is number {
  return value !== undefined && value >= least && value <= most;
}

/** Largest time in epoch ms that a date can hold. */
const latestMs = 8_640_000_000_000_000;

/** A sighting from an alert; undefined when it was dismissed, or has no device. Without a time it happened at `now`. */
export function toSighting(wire: WireAlert, channel: Sighting['channel'], now: number): Sighting | undefined {
  if (wire.deleted || !wire.deviceUuid) return undefined;
  const at = isWithin(wire.timestampMs, 0, latestMs) ? Math.floor(wire.timestampMs) : now;
  const durationSec = isWithin(wire.durationSec, 0, 86_400) ? wire.durationSec : 0;
  return {
    id: wire.uuid,
    device: withoutFacet(wire.deviceUuid),
    at,
    durationMs: durationSec * 1000,
    activities: wire.policyAlertTriggers ?? [],
    channel,
    ...(wire.thumbnailLocation && { region: wire.thumbnailLocation }),
  };
}

/** One sighting for every mark that means motion. The times are seconds or milliseconds; both are understood. */
export function toMarks(
  map: Readonly<Record<string, { activityCountMap: Record<string, Record<string, number>> } | null | undefined>>,
): Sighting[] {
  return Object.entries(map).flatMap(([time, entry]) => {
    const stamp = Number(time);
    const at = stamp < 100_000_000_000 ? stamp * 1000 : stamp;
    if (!entry || !isWithin(at, 0, latestMs)) return [];
    return Object.entries(entry.activityCountMap).flatMap(([activity, cameras]) =>
      readActivity(activity)?.type === 'motion'
        ? Object.entries(cameras).flatMap(([camera, count]) =>
            count > 0 ? [mark(withoutFacet(camera), Math.floor(at), activity)] : [],
          )
        : [],
    );
  });
}

function mark(device: string, at: number, activity: string): Sighting {
  return { id: `${device}.${at}.${activity}`, device, at, durationMs: 0, activities: [activity], channel: 'timeline' };
}

/** A device's uuid without the name of one of its streams. */
export function withoutFacet(uuid: string): string {
  return uuid.replace(/\.[va]\d+$/, '');
}
