import * as z from 'zod';

/** What both sides know of each other after pairing; as secret as a key. */
const pairingSchema = z.object({
  AccessoryPairingID: z.string(),
  AccessoryLTPK: z.string(),
  iOSDevicePairingID: z.string(),
  iOSDeviceLTSK: z.string(),
  iOSDeviceLTPK: z.string(),
});
export type Pairing = z.output<typeof pairingSchema>;

/** By the id of the accessory, in capitals. */
export const pairingsSchema = z.record(z.string(), pairingSchema);

/** `GET /accessories`. */
export const accessoriesSchema = z.object({
  accessories: z.array(
    z.object({
      aid: z.coerce.number(),
      services: z.array(
        z.object({
          type: z.string(),
          characteristics: z.array(
            z.object({ iid: z.coerce.number(), type: z.string(), value: z.unknown().optional() }),
          ),
        }),
      ),
    }),
  ),
});

export const valuesSchema = z.object({
  characteristics: z.array(z.object({ value: z.union([z.boolean(), z.number()]) })).min(1),
});
