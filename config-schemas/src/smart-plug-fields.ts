import * as z from 'zod';
import { secret } from './shared/secret.ts';

export const plugName = z.string().min(1).max(64);
export const host = z
  .string()
  .regex(/^[A-Za-z0-9.:_-]+$/, 'must be a name or an address, without http:// and without a path')
  .max(255)
  .meta({
    title: 'Address',
    description: 'Of the plug on your network. Give it a fixed one.',
    placeholder: '192.168.1.20',
  });
export const topic = z
  .string()
  .min(1)
  .max(256)
  .regex(/^[^+#]*$/, 'must be one topic, without + or #');
export const port = (fallback: number) =>
  z.int().min(1).max(65_535).default(fallback).meta({ title: 'Port', description: 'Of the plug.', advanced: true });
/** A text that means "on", or a regular expression when it is written as /…/. */
export const meaning = z
  .string()
  .min(1)
  .max(200)
  .refine(isPattern, 'is not a valid regular expression; write a plain text without the slashes');
export const webUrl = z.url({ protocol: /^https?$/, error: 'must look like http://192.168.1.20/on' });
export const command = z.string().min(1).max(1000);

/** One field of the form serves all kinds, so its help has to. */
export const userName = {
  title: 'User name',
  description: 'Shelly, Tasmota: admin, unless you have changed it. Tapo: the e-mail of your TP-Link account.',
};
export const password = secret('Password', 'Shelly, Tasmota: if the plug asks for one. Tapo: of your TP-Link account.');
export const deviceId = {
  title: 'Device id',
  description: 'Tuya: from the developer portal. HomeKit: as "porchlight plug discover" shows it; pair it there, too.',
};

export const common = {
  name: plugName.meta({ title: 'Name', description: 'In Apple Home.', placeholder: 'Router' }),
  mayStayOff: z.boolean().default(false).meta({
    title: 'May stay off',
    description: 'For a lamp and the like. Without a tick it feeds the router: it is kept on, and "off" restarts it.',
  }),
  offSeconds: z.number().min(3).max(600).default(20).meta({
    title: 'Off for',
    description: 'How long a restart leaves it without power. Less than 10 seconds is often not enough.',
    unit: 's',
  }),
  allowUnproven: z.boolean().default(false).meta({
    title: 'Restart without proof',
    description: 'Let other systems restart it although it has not passed its test, or is of grade D.',
    advanced: true,
  }),
  pollSeconds: z.number().min(2).max(3600).default(15).meta({
    title: 'Read every',
    description: 'How often its state is read.',
    unit: 's',
    advanced: true,
  }),
};

export const failSafe = z.boolean().default(false).meta({
  title: 'Comes back by itself',
  description: 'What restarts it is one message, after which the plug needs no network to come back on.',
});

export const relay = z
  .int()
  .min(1)
  .max(8)
  .default(1)
  .meta({ title: 'Relay', description: 'For plugs with several sockets.', advanced: true });

function isPattern(text: string): boolean {
  const [, source, flags] = /^\/(.+)\/([imsu]*)$/.exec(text) ?? [];
  if (source === undefined) return true;
  try {
    return new RegExp(source, flags) instanceof RegExp;
  } catch {
    return false;
  }
}
