import type { Sighting } from '../../domain/sighting.ts';
import { toSighting } from '../cloud/map.ts';
import { organisationBodySchema, ruleBodySchema } from './schema.ts';

/** The sightings that a webhook of either kind tells of; undefined when it is neither. */
export function readWebhook(body: unknown, now: number): Sighting[] | undefined {
  const organisation = organisationBodySchema.safeParse(body);
  if (organisation.success) {
    const { alertUuid, activityTrigger, ...fields } = organisation.data;
    const activities = activityTrigger.split(',').map((activity) => activity.trim());
    return one({ uuid: alertUuid, policyAlertTriggers: activities, ...fields }, now);
  }
  const rule = ruleBodySchema.safeParse(body);
  if (!rule.success) return undefined;
  return rule.data.deviceEvents.flatMap(({ eventUuid, deviceUuid, timestampMs, activities }) =>
    one(
      {
        uuid: eventUuid,
        policyAlertTriggers: activities,
        deviceUuid,
        timestampMs,
        durationSec: undefined,
        thumbnailLocation: undefined,
      },
      now,
    ),
  );
}

function one(fields: Omit<Parameters<typeof toSighting>[0], 'deleted'>, now: number): Sighting[] {
  return [toSighting({ ...fields, deleted: undefined }, 'webhook', now) ?? []].flat();
}
