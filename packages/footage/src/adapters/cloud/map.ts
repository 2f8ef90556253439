import type { Alert } from '../../domain/job.ts';
import { type Camera, type Gateway, type MediaDevice, withoutFacet } from '../../domain/organisation.ts';
import type { Span } from '../../domain/spans.ts';
import type { WireAlert, WireDevice } from './schema.ts';

function toDevice(wire: WireDevice): Omit<MediaDevice, 'kind'> {
  return {
    uuid: wire.uuid,
    name: wire.name ?? '',
    isOnline: wire.connectionStatus !== 'RED',
    lanAddresses: wire.lanAddresses ?? [],
    ...(wire.serialNumber !== undefined && { serial: wire.serialNumber }),
    ...(wire.locationUuid !== undefined && { locationUuid: wire.locationUuid }),
  };
}

export function toCamera(wire: WireDevice): Camera {
  return { kind: 'camera', ...toDevice(wire), isGone: wire.mummified ?? false };
}

export function toGateway(wire: WireDevice): Gateway {
  return { kind: 'gateway', ...toDevice(wire), cameras: (wire.associatedCameras ?? []).map(withoutFacet) };
}

export function toAlert(wire: WireAlert): Alert {
  const { uuid, timestampMs, durationSec, deviceUuid, deviceType } = wire;
  return {
    uuid,
    triggers: wire.policyAlertTriggers ?? [],
    ...(timestampMs !== undefined && { timestampMs }),
    ...(durationSec !== undefined && { durationSec }),
    ...(deviceUuid !== undefined && { deviceUuid }),
    ...(deviceType !== undefined && { deviceType }),
  };
}

/** Whole seconds that are recorded for certain. */
export function toSpans(windows: readonly { startSeconds: number; durationSeconds: number }[] | undefined): Span[] {
  return (windows ?? []).map(({ startSeconds, durationSeconds }) => ({
    startSec: Math.ceil(startSeconds),
    endSec: Math.floor(startSeconds + durationSeconds),
  }));
}
