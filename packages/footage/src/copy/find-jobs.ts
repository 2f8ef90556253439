import { describeError } from '@porchlight/core';
import { alertJob, type Job, manualJobs } from '../domain/job.ts';
import { type Camera, chooseCameras, type Organisation } from '../domain/organisation.ts';
import { wrongUse } from '../errors.ts';
import type { AlertQuery } from '../ports.ts';
import type { CopyParts } from './parts.ts';

/** The films that are asked for, oldest first. Rejects with `footage.usage` when a camera or location is not known. */
export async function findJobs(organisation: Organisation, parts: CopyParts, since?: number): Promise<Job[]> {
  const { settings, screen } = parts;
  const chosen = chooseCameras(organisation, settings.only);
  if (!chosen.ok) throw wrongUse(chosen.problem);
  if (settings.mode === 'alerts') {
    return alertJobs(organisation, { ...chosen, ...(since !== undefined && { since }) }, parts);
  }
  // A camera that has left is copied only when it is named.
  const isNamed = settings.only.cameraUuid !== undefined || settings.only.cameras.length > 0;
  const cameras = chosen.cameras.filter(({ isGone }) => isNamed || !isGone);
  if (cameras.length === 0) {
    if (!isEveryCamera(parts)) throw wrongUse('no camera fits the choice; --dry-run without it lists them all');
    screen.warn('There is no camera.');
  }
  return manualJobs(cameras, settings.window);
}

async function alertJobs(
  { cameras: all }: Organisation,
  choice: { cameras: readonly Camera[]; locationUuids?: string[]; since?: number },
  parts: CopyParts,
): Promise<Job[]> {
  const { settings, cloud, screen, stampOf } = parts;
  const { alerts, isCut } = await cloud.alerts(toQuery(choice, parts)).catch((error: unknown) => {
    screen.error(`Failed to retrieve policy alerts: ${describeError(error)}`);
    throw error;
  });
  if (alerts.length === 0) screen.info('No policy alerts found');
  if (isCut)
    screen.warn(`There are more than ${settings.alerts.max} alerts; only the newest are copied (--max_alerts).`);
  const cameras = new Map(all.map((camera) => [camera.uuid, camera]));
  const wanted = new Set(choice.cameras.map(({ uuid }) => uuid));
  const jobs: Job[] = [];
  for (const alert of alerts) {
    const verdict = alertJob(alert, { cameras, bufferSec: settings.alerts.bufferSec, stampOf });
    if ('skipped' in verdict) screen[verdict.isWorthWarning ? 'warn' : 'debug'](verdict.skipped);
    else if (wanted.has(verdict.job.camera.uuid) || isEveryCamera(parts)) jobs.push(verdict.job);
  }
  return jobs.toSorted((a, b) => a.window.startSec - b.window.startSec);
}

function isEveryCamera({ settings: { only } }: CopyParts): boolean {
  const { cameraUuid, locationUuid, cameras, locations } = only;
  return cameraUuid === undefined && locationUuid === undefined && cameras.length + locations.length === 0;
}

function toQuery(
  { cameras, since, locationUuids }: { cameras: readonly Camera[]; since?: number; locationUuids?: string[] },
  parts: CopyParts,
): AlertQuery {
  const { max, beforeSec, afterSec } = parts.settings.alerts;
  const from = since ?? afterSec;
  const { cameraUuid, cameras: named } = parts.settings.only;
  const isNarrow = cameraUuid !== undefined || named.length > 0;
  return {
    max,
    ...(beforeSec !== undefined && { beforeSec }),
    ...(from !== undefined && { afterSec: from }),
    ...(isNarrow && { cameraUuids: cameras.length > 0 ? cameras.map(({ uuid }) => uuid) : [cameraUuid ?? ''] }),
    ...(locationUuids && { locationUuids }),
  };
}
