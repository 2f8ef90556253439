import * as z from 'zod';

/** A number or a text of digits, as ids come in both forms. */
const id = z.union([z.int().positive(), z.string().regex(/^[1-9]\d{0,19}$/)]).transform((value) => String(value));
/** What is not as expected is as good as absent; only ids are needed. */
const text = z.string().min(1).max(256).optional().catch(undefined);
const flag = z.boolean().optional().catch(undefined);
const time = z.string().transform((value, context) => {
  const at = Date.parse(value.replace(/([+-]\d\d)(\d\d)$/, '$1:$2'));
  if (Number.isNaN(at)) context.addIssue('no time');
  return at;
});

export const tierSchema = z.object({ tier: z.string().regex(/^[a-z0-9]{2,12}$/i), account_id: id });

const list = z.array(z.unknown()).optional();

export const homescreenSchema = z.object({
  networks: z.array(z.unknown()),
  sync_modules: list,
  cameras: list,
  owls: list,
  doorbells: list,
  app_updates: z.object({ update_required: z.boolean() }).optional().catch(undefined),
});

/** A system of which it cannot be read whether it is armed must not look disarmed: it is not read at all. */
export const networkSchema = z.object({ id, name: text, armed: z.boolean() });

export const syncModuleSchema = z.object({
  id,
  network_id: id,
  status: text,
  serial: text,
  fw_version: text,
  local_storage_enabled: flag,
  local_storage_compatible: flag,
  local_storage_status: text,
});

export const cameraSchema = z.object({
  id,
  network_id: id,
  name: text,
  serial: text,
  type: text,
  enabled: flag,
  status: text,
  battery: text,
  fw_version: text,
  thumbnail: z
    .union([z.string().min(1).max(1000), z.int().positive()])
    .optional()
    .catch(undefined),
  signals: z
    .object({ temp: z.number().min(-150).max(300).optional().catch(undefined) })
    .optional()
    .catch(undefined),
});

export const mediaSchema = z.object({
  media: z.array(z.unknown()),
  limit: z.int().positive().catch(25),
});

const words = z.array(z.string().max(64)).max(20);

export const mediaRowSchema = z.object({
  id,
  created_at: time,
  device_id: id,
  network_id: id,
  device: text,
  device_name: text,
  deleted: z.union([z.boolean(), z.int()]).optional().nullable(),
  source: z.string().max(64),
  media: text,
  thumbnail: text,
  metadata: z.record(z.string(), z.unknown()).nullable().optional().catch(undefined),
});

/** Where a computer-vision label may stand; Blink has no documented place for it. */
export const labelSchema = z.union([
  z
    .string()
    .max(64)
    .transform((word) => [word]),
  words,
]);

export const commandSchema = z.object({ id: id.optional().catch(undefined) });

export const progressSchema = z.object({
  complete: z.boolean(),
  status_code: z.int().optional().catch(undefined),
  status_msg: text,
});

export const manifestSchema = z.object({ manifest_id: id, clips: z.array(z.unknown()) });

export const storedClipSchema = z.object({ id, camera_name: z.string().min(1).max(128), created_at: time });

export type WireHomescreen = z.output<typeof homescreenSchema>;
export type WireCamera = z.output<typeof cameraSchema>;
export type WireMediaRow = z.output<typeof mediaRowSchema>;
