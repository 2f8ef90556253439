import type * as z from 'zod';
import { eventAlarmSchema } from './event-alarm.ts';
import { rhombusSchema } from './rhombus.ts';

/** A service's configuration and how its form presents itself. */
export interface Form {
  /** The one word of the service. */
  service: string;
  /** `platform` in Homebridge's configuration. */
  platform: string;
  schema: z.ZodType;
  /** The first lines of the form, Markdown. */
  header: string;
  /** The plugin has a settings page of its own beside the form. */
  hasOwnPage?: boolean;
}

/** Every form there is. A new service is one line here. */
export const forms: readonly Form[] = [
  {
    service: 'event-alarm',
    platform: 'PorchlightEventAlarm',
    schema: eventAlarmSchema,
    header: 'Rings when enough happens in a short time. It works as it is: save, then arm it in Apple Home.',
  },
  {
    service: 'rhombus',
    platform: 'PorchlightRhombus',
    schema: rhombusSchema,
    header: 'Motion of your Rhombus cameras. Enter an API key that may view cameras, locations and alerts.',
  },
];
