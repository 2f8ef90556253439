import * as z from 'zod';

/** ntfy's "publish as JSON". */
export const ntfyMessageSchema = z.object({
  topic: z.string(),
  title: z.string().transform((text) => text.slice(0, 250)),
  message: z.string().transform((text) => text.slice(0, 4000)),
  priority: z.int().min(1).max(5),
  tags: z.array(z.string()).readonly(),
});
