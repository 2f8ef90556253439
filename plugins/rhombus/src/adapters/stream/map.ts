import type { Sighting } from '../../domain/sighting.ts';
import type { PartOfAlert } from '../../ports.ts';
import { isOurs, isWhole, toSighting } from '../cloud/map.ts';
import { alertSchema } from '../cloud/schema.ts';
import { changeSchema } from './schema.ts';

export type Told =
  | { type: 'sighting'; sighting: Sighting }
  /** An alert was told of without saying all. */
  | ({ type: 'part' } & PartOfAlert)
  | { type: 'devices' };

/** What concerns the lists of devices; configurations and shadows change all the time and do not. */
const deviceEntities = new Set([
  'CAMERA',
  'CAMERA_STATE',
  'CLIMATE_SENSOR',
  'CLIMATE_STATE',
  'DEVICE',
  'DOOR',
  'DOOR_SENSOR',
  'DOOR_STATE',
  'LOCATION',
  'OCCUPANCY_STATE',
]);

/** What a message of the change stream tells; undefined when it is nothing for us. */
export function readChange(body: string, now: number): Told | undefined {
  const result = changeSchema.safeParse(parse(body));
  if (!result.success) return undefined;
  const { entity, entityUuid, type, deviceUuid, update, ...rest } = result.data;
  if (entity !== 'POLICY_ALERT') return deviceEntities.has(entity) ? { type: 'devices' } : undefined;
  // Dismissing an alert does not undo the movement.
  if (type === 'DELETE') return undefined;
  const fields: Record<string, unknown> = { deviceUuid, ...rest, ...update };
  const alert = alertSchema.safeParse({ ...fields, uuid: entityUuid ?? fields['uuid'] });
  if (!alert.success || !isOurs(alert.data)) return undefined;
  const sighting = toSighting(alert.data, 'stream', now);
  if (sighting && isWhole(alert.data, now)) return { type: 'sighting', sighting };
  return { type: 'part', uuid: alert.data.uuid, ...(type === 'CREATE' && sighting && { asOfNow: sighting }) };
}

function parse(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}
