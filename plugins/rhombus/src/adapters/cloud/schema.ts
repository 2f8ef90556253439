import * as z from 'zod';

/** Null stands for absent in every answer; a field of a wrong type is taken for absent too. */
function optional<T>(schema: z.ZodType<T, unknown>): z.ZodType<T | undefined, unknown> {
  return z
    .unknown()
    .optional()
    .transform((value) => {
      const result = schema.safeParse(value);
      return result.success ? result.data : undefined;
    });
}

const text = optional(z.string());
const number = optional(z.number());
const flag = optional(z.boolean());

/** Ids are 22 characters of base64; a stream's name may follow. Anything else was garbled on its way. */
export const ruuidSchema = z.string().regex(/^[\w-]{16,40}(\.[av]\d{1,3})?$/);
const uuid = optional(ruuidSchema);

/** A list in which what is not understood is left out; a missing list is another kind of answer. */
function listOf<T>(member: z.ZodType<T, unknown>): z.ZodType<T[], unknown> {
  return z
    .array(z.unknown())
    .nullable()
    .transform((members) => (members ?? []).flatMap((one) => understood(member, one)));
}

function understood<T>(schema: z.ZodType<T, unknown>, value: unknown): [T] | [] {
  const result = schema.safeParse(value);
  return result.success ? [result.data] : [];
}

/** A device of any list: cameras have a `uuid`, sensors a `sensorUuid`, environmental gateways a `deviceUuid`. */
export const deviceSchema = z
  .object({
    uuid,
    sensorUuid: uuid,
    deviceUuid: uuid,
    name: text,
    locationUuid: text,
    subLocationsHierarchyKey: text,
    connectionStatus: text,
    connected: flag,
    health: text,
    healthDetails: text,
    healthStatusDetails: text,
    firmwareVersion: text,
    hwVariation: text,
    serialNumber: text,
    mediaRegion: text,
    policyUuid: text,
    mummified: flag,
    batteryPercent: number,
    temperatureCelcius: number,
    tempC: number,
    probeTempC: number,
    humidity: number,
    relHumid: number,
    co2: number,
    co2Ppm: number,
    pm25: number,
    pm2p5: number,
    tvoc: number,
    iaq: number,
    status: text,
  })
  .transform(({ uuid: own, sensorUuid, deviceUuid, ...rest }, context) => {
    const id = own ?? sensorUuid ?? deviceUuid;
    if (id !== undefined) return { ...rest, uuid: id };
    context.addIssue({ code: 'custom', message: 'has no id' });
    return z.NEVER;
  });
export type WireDevice = z.output<typeof deviceSchema>;

const region = optional(
  z.union([z.string(), z.object({ region: z.string() }).transform((place) => place.region)]).pipe(z.string().max(64)),
);

export const alertSchema = z.object({
  uuid: ruuidSchema,
  timestampMs: number,
  durationSec: number,
  policyAlertTriggers: optional(z.array(z.string())),
  deviceUuid: uuid,
  accessControlledDoorUuid: text,
  deleted: flag,
  thumbnailLocation: region,
});
export type WireAlert = z.output<typeof alertSchema>;

/** A page of alerts, with the number of those that it had before what is not understood was left out. */
const alertPage = z
  .array(z.unknown())
  .nullable()
  .transform((members) => ({
    count: members?.length ?? 0,
    alerts: (members ?? []).flatMap((one) => understood(alertSchema, one)),
  }));

const placeSchema = z.object({ uuid: ruuidSchema, name: z.string().min(1).max(200) });

const activityCounts = z.record(z.string(), optional(z.record(z.string(), optional(z.number()))));

const trigger = z.union([z.string(), z.object({ activity: z.string() }).transform(({ activity }) => activity)]);
const triggers = listOf(trigger).prefault(null);

export const answers = {
  organisation: z.object({ org: z.object({ uuid: ruuidSchema }) }),
  locations: z.object({ locations: listOf(placeSchema.extend({ subLocations: listOf(placeSchema).prefault(null) })) }),
  cameraStates: z.object({ cameraStates: listOf(deviceSchema) }),
  minimalStates: z.object({ minimalStates: listOf(deviceSchema) }),
  doorStates: z.object({ doorStates: listOf(deviceSchema) }),
  climateStates: z.object({ climateStates: listOf(deviceSchema) }),
  gatewayStates: z.object({ minimalEnvironmentalGatewayStates: listOf(deviceSchema) }),
  occupancySensorStates: z.object({ occupancySensorStates: listOf(deviceSchema) }),
  policies: z.object({
    policies: listOf(
      z.object({
        uuid: ruuidSchema,
        defaultTriggers: triggers,
        scheduledTriggers: listOf(z.object({ activity: text, triggerSet: triggers })).prefault(null),
      }),
    ),
  }),
  alerts: z.object({ policyAlerts: alertPage }),
  alert: z.object({ policyAlert: optional(alertSchema) }),
  marks: z.object({
    footageSeekPointMap: z.record(z.string(), optional(z.object({ activityCountMap: activityCounts }))).nullish(),
  }),
  frame: z.object({ frameUri: z.string().min(1) }),
} as const;

/** What every answer may say about itself. */
export const outcomeSchema = z.object({ error: flag, errorMsg: text, message: text, msg: text });
