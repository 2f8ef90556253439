import * as z from 'zod';
import { modeLabels, modes, seconds } from './words.ts';

/** Time to leave and to come back, of one mode. */
export const delaySchema = z.object({
  mode: z.enum(modes).meta({ title: 'Mode', description: 'The delays of this mode.', labels: modeLabels }),
  exitSeconds: seconds(0, 600, 'Exit delay', 'Time to leave after arming.'),
  entrySeconds: seconds(0, 600, 'Entry delay', 'Time to disarm before it rings.'),
});

/** A time at which it is armed or disarmed by itself. */
export const scheduleSchema = z.object({
  cron: z
    .string()
    .regex(/^\s*(\S+\s+){4,5}\S+\s*$/, 'must have five fields, such as "30 22 * * *" for 22:30')
    .meta({ title: 'When', description: 'Minute, hour, day, month, weekday.', placeholder: '30 22 * * *' }),
  mode: z.enum(['disarmed', ...modes]).meta({ title: 'Mode', description: 'What it is set to.', labels: modeLabels }),
});
