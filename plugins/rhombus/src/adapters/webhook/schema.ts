import * as z from 'zod';

/** Numbers come as numbers or as text. */
const number = z
  .union([
    z.number(),
    z
      .string()
      .regex(/^\d+(\.\d+)?$/)
      .transform(Number),
  ])
  .nullish()
  .catch(undefined)
  .transform((value) => value ?? undefined);
const text = z
  .string()
  .nullish()
  .catch(undefined)
  .transform((value) => value ?? undefined);

/** An alert as the organisation's webhook tells of it. */
export const organisationBodySchema = z.object({
  alertUuid: z.string().min(1).max(64),
  activityTrigger: z.string(),
  deviceUuid: z.string().min(1).max(64),
  timestampMs: number,
  durationSec: number,
  thumbnailLocation: text,
});

/** The events of a rule's webhook. */
export const ruleBodySchema = z.object({
  uuid: z.string().min(1).max(64),
  deviceEvents: z
    .array(
      z.object({
        eventUuid: z.string().min(1).max(64),
        deviceUuid: z.string().min(1).max(64),
        timestampMs: number,
        activities: z.array(z.string()),
      }),
    )
    .max(1000),
});
