import * as z from 'zod';

/** Longest and shortest life of a token that is believed, in seconds. */
const lifeSeconds = { least: 60, most: 30 * 86_400, usual: 3600 };

export const tokenSchema = z.object({
  access_token: z.string().min(1),
  refresh_token: z
    .string()
    .min(1)
    .exactOptional()
    .catch(undefined as never),
  expires_in: z
    .number()
    .catch(lifeSeconds.usual)
    .transform((seconds) => Math.min(lifeSeconds.most, Math.max(lifeSeconds.least, seconds))),
});

/** The answer that says that a PIN is on its way. */
export const pinWantedSchema = z.object({
  phone: z.string().max(40).optional().catch(undefined),
  tsv_state: z.string().optional().catch(undefined),
  tsv_methods: z.array(z.string()).optional().catch(undefined),
  next_time_in_secs: z.number().optional().catch(undefined),
});

export const refusalSchema = z.object({
  error: z.string().catch(''),
  error_cause: z.string().optional().catch(undefined),
});

/** What the sign-in page says in its `oauth-args`. */
export const pageSchema = z.object({ 'csrf-token': z.string().min(1) });
