import * as z from 'zod';

/** A password, token or key: masked in forms, redacted in logs. */
export function secret(title: string, description: string): z.ZodString {
  return z.string().min(1).max(4096).meta({ title, description, secret: true });
}
