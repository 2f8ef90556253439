import * as z from 'zod';
import { timeSchema } from '../time.ts';
import { defineCapability } from './define.ts';

/** A door, a window, or anything else that is open or closed. */
export const contact = defineCapability({
  name: 'contact',
  state: z.object({ open: z.boolean(), since: timeSchema.exactOptional() }),
  options: z.object({}),
});
