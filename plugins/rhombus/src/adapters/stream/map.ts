import type { Sighting } from '../../domain/sighting.ts';
import { toSighting } from '../cloud/map.ts';
import { alertSchema } from '../cloud/schema.ts';
import { changeSchema } from './schema.ts';

export type Told =
  | { type: 'sighting'; sighting: Sighting }
  /** An alert was told of without saying all. */
  | { type: 'part'; uuid: string }
  | { type: 'devices' };

const deviceEntities = /^(CAMERA|DOORBELL_CAMERA|DOOR|CLIMATE_SENSOR|OCCUPANCY_SENSOR|DEVICE_CONFIG|LOCATION)/;

/** What a message of the change stream tells; undefined when it is nothing for us. */
export function readChange(body: string, now: number): Told | undefined {
  const result = changeSchema.safeParse(parse(body));
  if (!result.success) return undefined;
  const { entity, entityUuid, type, deviceUuid, update, ...rest } = result.data;
  if (entity !== 'POLICY_ALERT') return deviceEntities.test(entity) ? { type: 'devices' } : undefined;
  // Dismissing an alert does not undo the movement.
  if (type === 'DELETE') return undefined;
  const fields: Record<string, unknown> = { deviceUuid, ...rest, ...update };
  const alert = alertSchema.safeParse({ ...fields, uuid: entityUuid ?? fields['uuid'] });
  if (!alert.success || alert.data.deleted) return undefined;
  const { uuid, timestampMs, policyAlertTriggers } = alert.data;
  const isWhole = timestampMs !== undefined && policyAlertTriggers !== undefined && alert.data.deviceUuid !== undefined;
  if (!isWhole) return { type: 'part', uuid };
  const sighting = toSighting(alert.data, 'stream', now);
  return sighting && { type: 'sighting', sighting };
}

function parse(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}
