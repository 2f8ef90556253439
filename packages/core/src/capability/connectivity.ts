import * as z from 'zod';
import { timeSchema } from '../time.ts';
import { defineCapability } from './define.ts';

export const connectivity = defineCapability({
  name: 'connectivity',
  state: z.object({
    status: z.enum(['unknown', 'online', 'degraded', 'offline', 'rebooting']),
    /** What is broken: local-link, lan, wan, dns, captive-portal… */
    cause: z.string().exactOptional(),
    since: timeSchema.exactOptional(),
  }),
  options: z.object({ as: z.enum(['contact', 'occupancy']).exactOptional() }),
});
