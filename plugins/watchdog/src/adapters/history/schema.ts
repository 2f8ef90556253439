import { timeSchema } from '@porchlight/core';
import * as z from 'zod';

/** One outage that is over. */
export const pastOutageSchema = z.object({
  startedAt: timeSchema,
  endedAt: timeSchema,
  /** By the clock that does not jump. */
  durationSeconds: z.number().min(0),
  cause: z.enum(['local-link', 'lan', 'wan', 'dns', 'captive-portal', 'restart']),
  reboots: z.int().min(0),
  manual: z.int().min(0),
  dryRun: z.boolean().exactOptional(),
});
export type PastOutage = z.output<typeof pastOutageSchema>;
