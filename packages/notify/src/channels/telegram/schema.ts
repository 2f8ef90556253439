import * as z from 'zod';

/** What the bot API answers when it refuses. */
export const telegramErrorSchema = z.object({
  error_code: z.number(),
  description: z.string(),
  parameters: z.object({ retry_after: z.number().optional() }).optional(),
});
