import * as z from 'zod';
import { secret } from './secret.ts';

const common = {
  name: z
    .string()
    .min(1)
    .max(64)
    .exactOptional()
    .meta({ title: 'Name', description: 'Tells channels of one kind apart in the log.', advanced: true }),
  minSeverity: z
    .enum(['info', 'warning', 'alarm'])
    .default('info')
    .meta({
      title: 'Messages',
      description: 'What goes to this channel.',
      labels: { info: 'Everything', warning: 'Warnings and alarms', alarm: 'Alarms only' },
    }),
};

const webUrl = z.url({ protocol: /^https?$/, error: 'must look like https://example.org/path' });

const apiUrl = webUrl
  .exactOptional()
  .meta({ title: 'API address', description: 'For a proxy or an API server of your own.', advanced: true });

const people = (title: string, description: string, placeholder: string) =>
  z.array(z.string().min(1)).min(1).meta({ title, description, placeholder, item: 'chat' });

const telegram = z.object({
  type: z.literal('telegram'),
  ...common,
  token: secret('Bot token', 'From @BotFather.'),
  chatIds: people('Chat ids', 'Who receives the messages.', '123456789'),
  apiUrl,
});

const ntfy = z.object({
  type: z.literal('ntfy').meta({ title: 'ntfy' }),
  ...common,
  server: webUrl.default('https://ntfy.sh').meta({ title: 'Server', description: 'ntfy.sh, or a server of your own.' }),
  topic: secret('Topic', 'Whoever knows the topic can read it: choose one that nobody guesses.').regex(
    /^[A-Za-z0-9_-]+$/,
    'use letters, digits, - and _',
  ),
  token: secret('Access token', 'If the topic is protected.').exactOptional(),
});

const pushover = z.object({
  type: z.literal('pushover'),
  ...common,
  token: secret('Application token', 'Of the application that you made at pushover.net.'),
  user: secret('User key', 'Yours, or that of a group.'),
  apiUrl,
});

const webhook = z.object({
  type: z.literal('webhook'),
  ...common,
  url: webUrl.meta({ title: 'Address', description: 'Receives each message as JSON by POST.', secret: true }),
  secret: secret(
    'Signing secret',
    'Signs each message (HMAC-SHA256) so that the receiver can trust it.',
  ).exactOptional(),
});

const email = z.object({
  type: z.literal('email').meta({ title: 'E-mail' }),
  ...common,
  server: z
    .string()
    .regex(/^smtps?:\/\/[^/@\s]+$/, 'must look like smtps://smtp.example.org:465')
    .meta({
      title: 'Mail server',
      description: 'The SMTP server of your provider, without user name.',
      placeholder: 'smtps://smtp.example.org:465',
    }),
  username: z.string().min(1).exactOptional().meta({ title: 'User name', description: 'Often your address.' }),
  password: secret('Password', 'Often an app password.').exactOptional(),
  from: z.email().meta({ title: 'From', description: 'The address of the sender.', placeholder: 'home@example.org' }),
  to: z
    .array(z.email())
    .min(1)
    .meta({ title: 'To', description: 'Who receives it.', placeholder: 'me@example.org', item: 'receiver' }),
});

const phoneNumber = z.string().regex(/^\+[1-9]\d{6,14}$/, 'must look like +14155550100');

const twilio = z.object({
  type: z.literal('twilio'),
  ...common,
  accountSid: z
    .string()
    .regex(/^AC[0-9a-f]{32}$/i, 'must be AC and 32 hexadecimal digits')
    .meta({ title: 'Account SID', description: 'From the Twilio console.', placeholder: 'AC…' }),
  authToken: secret('Auth token', 'From the Twilio console.'),
  from: phoneNumber.meta({ title: 'From', description: 'Your Twilio number.', placeholder: '+14155550100' }),
  to: z
    .array(phoneNumber)
    .min(1)
    .meta({ title: 'To', description: 'Numbers to reach.', placeholder: '+14155550101', item: 'receiver' }),
  sms: z.boolean().default(true).meta({ title: 'Text message', description: 'Send an SMS.' }),
  call: z
    .boolean()
    .default(false)
    .meta({ title: 'Phone call', description: 'Call on alarms, and read the message out.' }),
  apiUrl,
});

export const channelSchema = z.discriminatedUnion('type', [telegram, ntfy, pushover, webhook, email, twilio]);
export type ChannelConfig = z.output<typeof channelSchema>;

const timeOfDay = z.string().regex(/^([01]\d|2[0-3]):[0-5]\d$/, 'must be a time such as 22:00');

/** Messages to people; the same block in every service that has something to say. */
export const notificationsSchema = z
  .object({
    channels: z.array(channelSchema).max(20).default([]).meta({
      title: 'Channels',
      description: 'Ways to reach you.',
      item: 'channel',
    }),
    quietHours: z
      .object({
        from: timeOfDay.meta({ title: 'From', description: 'Messages wait from this time on.', placeholder: '22:00' }),
        to: timeOfDay.meta({ title: 'To', description: 'They are sent together at this time.', placeholder: '07:00' }),
      })
      .exactOptional()
      .meta({ title: 'Quiet hours', description: 'Alarms come through at any time.', advanced: true }),
  })
  .prefault({})
  .meta({ title: 'Notifications', description: 'Messages to people.' });

export type NotificationsConfig = z.output<typeof notificationsSchema>;
