import * as z from 'zod';
import { defineCapability } from './define.ts';

export const battery = defineCapability({
  name: 'battery',
  state: z.object({ percent: z.number().min(0).max(100).exactOptional(), low: z.boolean() }),
  options: z.object({}),
});
