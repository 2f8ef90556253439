import * as z from 'zod';

export const answerSchema = z.object({ error_code: z.number(), result: z.unknown().optional() });

export const infoSchema = z.object({
  device_on: z.boolean(),
  model: z.string().optional(),
  fw_ver: z.string().optional(),
  mac: z.string().optional(),
});

/** `get_energy_usage`: milliwatts now, watt-hours today; plugs without a meter refuse it. */
export const energySchema = z.object({ current_power: z.number() });

export const batchSchema = z.object({
  responses: z.array(z.object({ method: z.string(), error_code: z.number(), result: z.unknown().optional() })),
});
