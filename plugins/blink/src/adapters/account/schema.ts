import * as z from 'zod';

/** Sign-ins of the last day, by whichever process: it is counted before Blink is asked. */
export const loginsSchema = z.object({
  logins: z
    .array(z.object({ at: z.number(), by: z.enum(['person', 'service']), succeeded: z.boolean().exactOptional() }))
    .default([]),
});

/** A sign-in of the running service that waits for its PIN, for the settings page and the command line. */
export const waitingSchema = z.object({
  phone: z.string().exactOptional(),
  /** Epoch ms; renewed while it waits. */
  at: z.number().exactOptional(),
  problem: z.string().exactOptional(),
});

/** A PIN that the settings page or the command line hands to the running service. */
export const pinSchema = z.object({ pin: z.string().exactOptional(), at: z.number().exactOptional() });

const digits = z.string().regex(/^\d{4,8}$/);

/** A PIN as it comes over MQTT: the digits alone or `{"pin": "123456"}`. */
export const pinMessageSchema = z.union([
  digits,
  z.int().nonnegative().transform(String).pipe(digits),
  z
    .object({ pin: z.union([digits, z.int().nonnegative().transform(String).pipe(digits)]) })
    .transform(({ pin }) => pin),
]);
