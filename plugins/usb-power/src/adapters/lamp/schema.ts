import { timeSchema } from '@porchlight/core';
import * as z from 'zod';

/** What is kept of each lamp, by its id. */
export const memorySchema = z.record(
  z.string(),
  z.object({
    on: z.boolean(),
    offAt: timeSchema.exactOptional(),
    port: z.string().exactOptional(),
  }),
);
