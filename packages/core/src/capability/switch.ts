import * as z from 'zod';
import { defineCapability } from './define.ts';

const on = z.object({ on: z.boolean() });

export const switchCapability = defineCapability({
  name: 'switch',
  state: on.extend({
    /** Whether something draws power, where the device measures it. */
    inUse: z.boolean().exactOptional(),
  }),
  command: on,
  options: z.object({ as: z.enum(['switch', 'outlet', 'light']).exactOptional() }),
});
