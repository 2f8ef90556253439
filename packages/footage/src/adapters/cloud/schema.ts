import * as z from 'zod';

/** Null stands for absent in every answer; a field of a wrong type is taken for absent too. */
function optional<T>(schema: z.ZodType<T, unknown>): z.ZodType<T | undefined, unknown> {
  return schema
    .nullish()
    .catch(undefined)
    .transform((value) => value ?? undefined);
}

const text = optional(z.string());
const flag = optional(z.boolean());
const number = optional(z.number());
// A uuid becomes part of file names and addresses, so nothing else than its own letters may be in it.
const uuid = z.string().regex(/^[\w-]{1,64}$/);
const facetUuid = z.string().regex(/^[\w-]{1,64}(\.[va]\d+)?$/);

/** A list in which what is not understood is left out. */
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

const texts = listOf(z.string()).optional().catch(undefined);

export const deviceSchema = z.object({
  uuid,
  name: text,
  serialNumber: text,
  locationUuid: text,
  connectionStatus: text,
  lanAddresses: texts,
  mummified: flag,
  associatedCameras: texts,
});
export type WireDevice = z.output<typeof deviceSchema>;

export const alertSchema = z.object({
  uuid,
  timestampMs: optional(z.number().min(0).max(8_640_000_000_000_000)),
  durationSec: optional(z.number().min(0).max(86_400)),
  policyAlertTriggers: texts,
  deviceUuid: optional(facetUuid),
  deviceType: text,
  deleted: flag,
});
export type WireAlert = z.output<typeof alertSchema>;

const window = z.object({
  startSeconds: z.number().min(0).max(253_402_300_799),
  durationSeconds: z.number().min(0).max(253_402_300_799),
});
const windows = listOf(window).optional().catch(undefined);

export const answers = {
  cameras: z.object({ cameraStates: listOf(deviceSchema) }),
  gateways: z.object({ audioGatewayStates: listOf(deviceSchema) }),
  locations: z.object({
    locations: listOf(
      z.object({ uuid, name: z.string(), subLocations: listOf(z.object({ uuid })).optional().catch(undefined) }),
    ),
  }),
  // Where the page ends has to be known even when its last members are not understood.
  alerts: z.object({ policyAlerts: z.array(z.unknown()).nullable() }),
  presence: z.object({ presenceWindows: z.object({ VideoCloud: windows, VideoLocal: windows }) }),
  uris: z.object({ lanVodMpdUrisTemplates: texts, wanVodMpdUriTemplate: text }),
  token: z.object({ federatedSessionToken: z.string().regex(/^[\x21-\x7e]{1,4096}$/) }),
} as const;

/** Where the next page begins. */
export const cursorSchema = z.object({ uuid, timestampMs: number });

/** What every answer may say about itself. */
export const outcomeSchema = z.object({ error: flag, errorMsg: text, message: text, msg: text });
