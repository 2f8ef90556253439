import * as z from 'zod';
import { timeSchema } from '../time.ts';
import { defineCapability } from './define.ts';

const quantity = z.object({
  name: z.string(),
  unit: z.string().exactOptional(),
  /** Home Assistant's device class, where one fits: power, energy, duration, timestamp… */
  deviceClass: z.string().exactOptional(),
  /** Only of interest to who looks after the device. */
  diagnostic: z.boolean().exactOptional(),
});

/** Figures for dashboards (watts, latency, events in the window). HomeKit has no place for them. */
export const measurement = defineCapability({
  name: 'measurement',
  state: z.object({
    at: timeSchema.exactOptional(),
    values: z.record(z.string(), z.union([z.number(), z.string(), z.null()])),
  }),
  options: z.object({ quantities: z.record(z.string().regex(/^[a-z][a-zA-Z0-9]*$/), quantity) }),
});
