import type { Sighting } from '../../domain/sighting.ts';
import type { PartOfAlert } from '../../ports.ts';
import { timeOf, toSighting } from '../cloud/map.ts';
import type { WireAlert } from '../cloud/schema.ts';
import { diagnosticBodySchema, organisationBodySchema, ruleBodySchema } from './schema.ts';

export type WebhookNews =
  | { type: 'sightings'; sightings: Sighting[] }
  /** An alert that does not say when it happened. */
  | ({ type: 'part' } & PartOfAlert)
  | { type: 'devices' };

const absent = {
  accessControlledDoorUuid: undefined,
  deleted: undefined,
  durationSec: undefined,
  thumbnailLocation: undefined,
};

/** What a webhook of any kind tells; undefined when it is none of them. */
export function readWebhook(body: unknown, now: number): WebhookNews | undefined {
  const organisation = organisationBodySchema.safeParse(body);
  if (organisation.success) {
    const { alertUuid: uuid, activityTrigger, ...fields } = organisation.data;
    const policyAlertTriggers = activityTrigger.split(',').map((activity) => activity.trim());
    const alert = { ...absent, uuid, policyAlertTriggers, ...fields };
    if (timeOf(fields, now) !== undefined) return toNews([alert], 'webhook', now);
    const asOfNow = toSighting(alert, 'webhook', now);
    return { type: 'part', uuid, ...(asOfNow && { asOfNow }) };
  }
  const rule = ruleBodySchema.safeParse(body);
  if (rule.success) {
    const alerts = rule.data.deviceEvents.map(({ eventUuid: uuid, activities: policyAlertTriggers, ...fields }) => {
      return { ...absent, uuid, policyAlertTriggers, ...fields };
    });
    return toNews(alerts, 'rule', now);
  }
  return diagnosticBodySchema.safeParse(body).success ? { type: 'devices' } : undefined;
}

function toNews(alerts: readonly WireAlert[], channel: Sighting['channel'], now: number): WebhookNews {
  return { type: 'sightings', sightings: alerts.flatMap((alert) => toSighting(alert, channel, now) ?? []) };
}
