import * as z from 'zod';
import { timeSchema } from '../time.ts';
import { defineCapability } from './define.ts';

export const motion = defineCapability({
  name: 'motion',
  state: z.object({
    detected: z.boolean(),
    since: timeSchema.exactOptional(),
    /** What moved, as the source names it: motion, person, vehicle, animal… */
    label: z.string().exactOptional(),
  }),
  options: z.object({}),
});
