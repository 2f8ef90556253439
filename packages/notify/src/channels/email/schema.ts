import * as z from 'zod';

/** What nodemailer says when the server refuses. */
export const smtpErrorSchema = z.object({ responseCode: z.number().optional(), response: z.string().optional() });
