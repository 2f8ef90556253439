import * as z from 'zod';

/** Null stands for absent in every answer; a field of a wrong type is taken for absent too. */
const text = z
  .string()
  .nullish()
  .catch(undefined)
  .transform((value) => value ?? undefined);
const number = z
  .number()
  .nullish()
  .catch(undefined)
  .transform((value) => value ?? undefined);
const flag = z
  .boolean()
  .nullish()
  .catch(undefined)
  .transform((value) => value ?? undefined);
const uuid = z.string().min(1).max(64);

/** A list in which what is not understood is left out; a missing list is another kind of answer. */
function listOf<T>(member: z.ZodType<T, unknown>): z.ZodType<T[], unknown> {
  return z
    .array(z.unknown())
    .nullable()
    .transform((members) =>
      (members ?? []).flatMap((one) => {
        const result = member.safeParse(one);
        return result.success ? [result.data] : [];
      }),
    );
}

const region = z
  .union([z.string(), z.object({ region: z.string() }).transform((place) => place.region)])
  .nullish()
  .catch(undefined)
  .transform((value) => value ?? undefined);

export const deviceSchema = z.object({
  uuid,
  name: text,
  locationUuid: text,
  connectionStatus: text,
  healthStatus: text,
  healthStatusDetails: text,
  firmwareVersion: text,
  hwVariation: text,
  serialNumber: text,
  mediaRegion: text,
  policyUuid: text,
  mummified: flag,
  batteryPercent: number,
  temperatureCelcius: number,
  temperatureCelsius: number,
  state: text,
  motionDetected: flag,
});
export type WireDevice = z.output<typeof deviceSchema>;

export const alertSchema = z.object({
  uuid,
  timestampMs: number,
  durationSec: number,
  policyAlertTriggers: z
    .array(z.string())
    .nullish()
    .catch(undefined)
    .transform((value) => value ?? undefined),
  deviceUuid: text,
  deleted: flag,
  thumbnailLocation: region,
});
export type WireAlert = z.output<typeof alertSchema>;

const activityCounts = z.record(z.string(), z.record(z.string(), z.number()));

const triggers = listOf(z.object({ activity: z.string() })).prefault(null);

export const answers = {
  organisation: z.object({ org: z.object({ uuid }) }),
  locations: z.object({ locations: listOf(z.object({ uuid, name: z.string().min(1) })) }),
  cameraStates: z.object({ cameraStates: listOf(deviceSchema) }),
  minimalStates: z.object({ minimalStates: listOf(deviceSchema) }),
  doorStates: z.object({ doorStates: listOf(deviceSchema) }),
  climateStates: z.object({ climateStates: listOf(deviceSchema) }),
  occupancySensorStates: z.object({ occupancySensorStates: listOf(deviceSchema) }),
  policies: z.object({
    policies: listOf(
      z.object({
        uuid,
        defaultTriggers: triggers,
        scheduledTriggers: listOf(z.object({ activity: text, triggerSet: triggers })).prefault(null),
      }),
    ),
  }),
  alerts: z.object({ policyAlerts: listOf(alertSchema) }),
  alert: z.object({ policyAlert: alertSchema.nullish().catch(undefined) }),
  marks: z.object({
    footageSeekPointMap: z
      .record(z.string(), z.object({ activityCountMap: activityCounts }).nullish().catch(undefined))
      .nullish(),
  }),
  frame: z.object({ frameUri: z.string().min(1) }),
} as const;

/** What every answer may say about itself. */
export const outcomeSchema = z.object({ error: flag, errorMsg: text, message: text, msg: text, status: z.unknown() });
