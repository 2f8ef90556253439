import * as z from 'zod';

/** `GET /shelly`, the same path for all generations; the first has no `gen`. */
export const identitySchema = z.object({
  gen: z.int().exactOptional(),
  type: z.string().exactOptional(),
  model: z.string().exactOptional(),
  mac: z.string().exactOptional(),
  fw: z.string().exactOptional(),
  ver: z.string().exactOptional(),
});
export type Identity = z.output<typeof identitySchema>;

const figure = z.number().nullish();

/** `Switch.GetStatus` of the second generation and later. */
export const switchStatusSchema = z.object({
  output: z.boolean(),
  apower: figure,
  voltage: figure,
  current: figure,
  /** Watt-hours. */
  aenergy: z.object({ total: z.number() }).nullish(),
  temperature: z.object({ tC: figure }).nullish(),
});

export const switchSetSchema = z.object({ was_on: z.boolean() });

/** `GET /relay/n` of the first generation. */
export const relaySchema = z.object({ ison: z.boolean() });

/** `GET /status` of the first generation. */
export const statusSchema = z.object({
  relays: z.array(relaySchema),
  meters: z
    .array(z.object({ power: figure, total: figure }))
    .optional()
    .catch(undefined),
  temperature: figure.catch(undefined),
});
