import * as z from 'zod';

/** An IANA time zone; absent means the machine's own. */
export const timeZoneSchema = z
  .string()
  .refine(isTimeZone, 'must be a time zone such as Europe/Berlin')
  .exactOptional()
  .meta({
    title: 'Time zone',
    description: 'For schedules and quiet hours. Empty takes the one of this machine.',
    placeholder: 'Europe/Berlin',
    advanced: true,
  });

function isTimeZone(name: string): boolean {
  try {
    return new Intl.DateTimeFormat('en', { timeZone: name }).resolvedOptions().timeZone !== '';
  } catch {
    return false;
  }
}
