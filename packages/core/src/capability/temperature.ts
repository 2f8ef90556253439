import * as z from 'zod';
import { defineCapability } from './define.ts';

export const temperature = defineCapability({
  name: 'temperature',
  state: z.object({ celsius: z.number().min(-100).max(200) }),
  options: z.object({}),
});
