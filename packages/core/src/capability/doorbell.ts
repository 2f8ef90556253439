import * as z from 'zod';
import { timeSchema } from '../time.ts';
import { defineCapability } from './define.ts';

export const doorbell = defineCapability({
  name: 'doorbell',
  state: z.object({ lastPress: timeSchema.exactOptional() }),
  options: z.object({}),
});
