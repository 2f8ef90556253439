import * as z from 'zod';

/** The body of a webhook. */
export const webhookBodySchema = z.object({
  id: z.string(),
  severity: z.enum(['info', 'warning', 'alarm']),
  title: z.string(),
  text: z.string(),
  images: z.array(z.object({ name: z.string(), type: z.string(), base64: z.string() })),
});
