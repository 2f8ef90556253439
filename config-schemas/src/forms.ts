import type * as z from 'zod';
import { eventAlarmSchema } from './event-alarm.ts';
import { rhombusSchema } from './rhombus.ts';
import { blinkSchema } from './blink.ts';
import { usbPowerSchema } from './usb-power.ts';
import { smartPlugSchema } from './smart-plug.ts';
import { watchdogSchema } from './watchdog.ts';
import { footageSchema } from './footage.ts';

/** A service's configuration and how its form presents itself. */
export interface Form {
  /** The one word of the service. */
  service: string;
  /** What people call it. */
  title: string;
  /** `platform` in Homebridge's configuration; absent for a service that only the host runs. */
  platform?: string;
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
    title: 'Event alarm',
    platform: 'PorchlightEventAlarm',
    schema: eventAlarmSchema,
    header: 'Rings when enough happens in a short time. It works as it is: save, then arm it in Apple Home.',
  },
  {
    service: 'rhombus',
    title: 'Rhombus',
    platform: 'PorchlightRhombus',
    schema: rhombusSchema,
    header: 'Motion of your Rhombus cameras. Enter an API key that may view cameras, locations and alerts.',
    hasOwnPage: true,
  },
  {
    service: 'blink',
    title: 'Blink',
    platform: 'PorchlightBlink',
    schema: blinkSchema,
    header: 'Blink cameras and doorbells. Enter the account, save, then sign in above with the PIN that Blink sends.',
    hasOwnPage: true,
  },
  {
    service: 'usb-power',
    title: 'USB power',
    platform: 'PorchlightUsbPower',
    schema: usbPowerSchema,
    header: 'Lamps on USB ports or relays. Choose a port above, give the lamp a name, save.',
    hasOwnPage: true,
  },
  {
    service: 'smart-plug',
    title: 'Smart plugs',
    platform: 'PorchlightSmartPlug',
    schema: smartPlugSchema,
    header: 'Smart plugs that restart your router and always come back on. Add a plug, then test it with a lamp in it.',
    hasOwnPage: true,
  },
  {
    service: 'watchdog',
    title: 'Watchdog',
    platform: 'PorchlightWatchdog',
    schema: watchdogSchema,
    header:
      'Tells whether the internet is there, and restarts the router when it is not. Name the plug that feeds the router.',
  },
  {
    service: 'footage',
    title: 'Footage',
    schema: footageSchema,
    header: 'Copies films of Rhombus cameras onto a disk of yours, around every alarm or when asked for.',
  },
];
