import * as z from 'zod';
import { ruuidSchema } from '../cloud/schema.ts';

/** Numbers come as numbers or as text. */
const number = z
  .union([
    z.number(),
    z
      .string()
      .regex(/^\d{1,16}(\.\d+)?$/)
      .transform(Number),
  ])
  .nullish()
  .catch(undefined)
  .transform((value) => value ?? undefined);
const text = z
  .string()
  .max(64)
  .nullish()
  .catch(undefined)
  .transform((value) => value ?? undefined);

/** An alert as the organisation's webhook tells of it. */
export const organisationBodySchema = z.object({
  alertUuid: ruuidSchema,
  activityTrigger: z.string().max(4096),
  deviceUuid: ruuidSchema,
  timestampMs: number,
  durationSec: number,
  thumbnailLocation: text,
});

/** The organisation's other kind of webhook: a camera has gone or come back. */
export const diagnosticBodySchema = z.object({ diagnosticTrigger: z.string() });

/** The events of a rule's webhook. */
export const ruleBodySchema = z.object({
  uuid: ruuidSchema,
  deviceEvents: z
    .array(
      z.object({
        eventUuid: ruuidSchema,
        deviceUuid: ruuidSchema,
        timestampMs: number,
        activities: z.array(z.string().max(64)).max(200),
      }),
    )
    .max(1000),
});
