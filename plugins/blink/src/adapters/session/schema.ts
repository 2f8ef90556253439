import * as z from 'zod';

const tokensSchema = z.object({
  access: z.string().min(1),
  refresh: z.string().min(1),
  expiresAt: z.number(),
  obtainedAt: z.number(),
});

/** What is kept of the sign-in, in a file that only its owner can read. */
export const sessionSchema = z.object({
  /** Random, made once for this installation: clients that share one are locked out together. */
  hardwareId: z.string().exactOptional(),
  /** Whose tokens they are. */
  email: z.string().exactOptional(),
  tokens: tokensSchema.exactOptional(),
  /** A renewal was begun then and its answer is not known: the refresh token may have been used up. */
  renewingSince: z.number().exactOptional(),
  account: z.object({ id: z.string(), tier: z.string() }).exactOptional(),
});

export type StoredSession = z.output<typeof sessionSchema>;
