import * as z from 'zod';
import { defineCapability } from './define.ts';

export const health = defineCapability({
  name: 'health',
  state: z.object({
    ok: z.boolean(),
    /** False when the device cannot be read or commanded at all; Apple Home then shows "No Response". */
    reachable: z.boolean().exactOptional(),
    /** What is wrong and what to do, one sentence. */
    problem: z.string().exactOptional(),
  }),
  options: z.object({}),
});
