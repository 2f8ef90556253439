import * as z from 'zod';
import { timeSchema } from '../time.ts';
import { defineCapability } from './define.ts';

export const powerCycle = defineCapability({
  name: 'power-cycle',
  state: z.object({
    phase: z.enum(['idle', 'off', 'restoring', 'failed']),
    /** When the last cycle began. */
    last: timeSchema.exactOptional(),
    problem: z.string().exactOptional(),
  }),
  command: z.object({
    action: z.literal('run'),
    /** How long the power stays off, seconds; the device's own setting when absent. */
    offSeconds: z.number().min(1).max(600).exactOptional(),
    reason: z.string().max(200).exactOptional(),
  }),
  options: z.object({}),
});
