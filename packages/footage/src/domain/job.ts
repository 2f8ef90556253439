import type { FilmNaming } from './names.ts';
import { type Camera, withoutFacet } from './organisation.ts';
import type { Span } from './spans.ts';

/** One film to be made. */
export interface Job {
  camera: Camera;
  window: Span;
  naming: FilmNaming;
  alertUuid?: string;
}

/** A policy alert as far as copying needs it. */
export interface Alert {
  uuid: string;
  timestampMs?: number;
  durationSec?: number;
  triggers: string[];
  deviceUuid?: string;
  deviceType?: string;
}

/** Length of an alert that does not say how long it lasted, seconds. */
const assumedAlertSec = 120;

/** The films of manual mode: the same window of every camera. */
export function manualJobs(cameras: readonly Camera[], window: { startSec: number; durationSec: number }): Job[] {
  const { startSec, durationSec } = window;
  return cameras.map((camera) => ({
    camera,
    window: { startSec, endSec: startSec + durationSec },
    naming: { mode: 'manual', cameraName: camera.name, cameraUuid: camera.uuid, startSec },
  }));
}

export type AlertVerdict = { job: Job } | { skipped: string; isWorthWarning: boolean };

export interface AlertParts {
  cameras: ReadonlyMap<string, Camera>;
  bufferSec: number;
  /** `YYYYMMDD_HHMMSS` of epoch seconds in the machine's time zone. */
  stampOf: (epochSec: number) => string;
}

/** The film of an alert, or why there is none. */
export function alertJob(alert: Alert, { cameras, bufferSec, stampOf }: AlertParts): AlertVerdict {
  const { timestampMs, deviceUuid, uuid } = alert;
  if (timestampMs === undefined) return { skipped: `Alert missing timestamp: ${uuid}`, isWorthWarning: true };
  if (deviceUuid === undefined) return { skipped: `Alert ${uuid} belongs to no device.`, isWorthWarning: false };
  const camera = cameras.get(withoutFacet(deviceUuid)) ?? unknownCamera(alert, withoutFacet(deviceUuid));
  if (!camera) return { skipped: `Alert ${uuid} is of no camera (${alert.deviceType}).`, isWorthWarning: false };
  const window = alertWindow(timestampMs, alert.durationSec, bufferSec);
  const alertType = safeType(alert.triggers[0]);
  const stamp = stampOf(window.startSec);
  const naming = { mode: 'alert', cameraName: camera.name, cameraUuid: camera.uuid, stamp, alertType } as const;
  return { job: { camera, window, naming: { ...naming, alertUuid: uuid }, alertUuid: uuid } };
}

function alertWindow(timestampMs: number, durationSec: number | undefined, bufferSec: number): Span {
  const startSec = Math.max(0, Math.floor(timestampMs / 1000) - bufferSec);
  const lengthSec = Math.max(0, Math.floor(durationSec ?? assumedAlertSec)) + 2 * bufferSec;
  return { startSec, endSec: startSec + Math.max(1, lengthSec) };
}

function safeType(trigger: string | undefined): string {
  return trigger?.toLowerCase() || 'alert';
}

// A camera that has been removed is in no list, but its footage may still be in the cloud.
function unknownCamera({ deviceType }: Alert, uuid: string): Camera | undefined {
  if (deviceType !== undefined && deviceType !== 'CAMERA') return undefined;
  return { kind: 'camera', uuid, name: 'Unknown', isOnline: true, isGone: true, lanAddresses: [] };
}
