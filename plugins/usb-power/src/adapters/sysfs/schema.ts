import * as z from 'zod';

const hex4 = z.string().regex(/^[0-9a-fA-F]{4}$/);
/** A device calls itself what it likes; control characters would end up in logs and on screens. */
// eslint-disable-next-line no-control-regex
const controlCharacters = /[\u0000-\u001F\u007F]/g;
const text = z
  .string()
  .transform((value) => value.replaceAll(controlCharacters, '').trim().slice(0, 64))
  .optional();

/** The attributes of a device, as the kernel writes them. */
export const attributesSchema = z.object({
  idVendor: hex4,
  idProduct: hex4,
  bDeviceClass: z.string().optional(),
  manufacturer: text,
  product: text,
  serial: text,
});

export type Attributes = z.output<typeof attributesSchema>;

export const attributeNames = Object.keys(attributesSchema.shape);

/** The class of hubs in `bDeviceClass`. */
export const hubClass = '09';
