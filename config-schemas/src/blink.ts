import * as z from 'zod';
import { brokerSchema } from './shared/broker.ts';
import { secret } from './shared/secret.ts';

const armedModes = ['home', 'away', 'night'] as const;

const cameraSchema = z.object({
  camera: z
    .string()
    .min(1)
    .max(128)
    .meta({ title: 'Camera', description: 'Its name or its id at Blink.', placeholder: 'Front Door' }),
  name: z.string().min(1).max(64).exactOptional().meta({ title: 'New name', description: 'Empty: as at Blink.' }),
  hide: z.boolean().default(false).meta({ title: 'Hide', description: 'Leave this camera out.' }),
});

const followSchema = z
  .object({
    enabled: z.boolean().default(false).meta({
      title: 'Follow the alarm',
      description: 'Arm Blink when the alarm is armed, disarm it when the alarm is disarmed.',
    }),
    modes: z
      .array(z.enum(armedModes))
      .min(1)
      .default([...armedModes])
      .meta({
        title: 'Armed in',
        description: 'In the other modes of the alarm Blink is disarmed.',
        item: 'mode',
        showWhen: { key: 'enabled', in: [true] },
      }),
    systems: z
      .array(z.string().min(1).max(128))
      .max(100)
      .default([])
      .meta({
        title: 'Systems',
        description: 'Names of the Blink systems that follow. Empty: all.',
        item: 'system',
        showWhen: { key: 'enabled', in: [true] },
      }),
  })
  .prefault({})
  .meta({ title: 'Alarm', description: 'The event alarm of this home decides when Blink is armed.', section: 'Alarm' });

const clipsSchema = z
  .object({
    save: z
      .enum(['never', 'alarm', 'motion'])
      .default('never')
      .meta({
        title: 'Save clips',
        description: 'Keep films on this machine, also when Blink deletes them.',
        labels: { never: 'Only when asked for', alarm: 'Around an alarm', motion: 'Every motion' },
      }),
    folder: z.string().min(1).max(1024).exactOptional().meta({
      title: 'Folder',
      description: 'Where films go. Empty: "clips" in the storage folder of the plugin.',
      placeholder: '/media/blink',
    }),
    keepDays: z
      .int()
      .min(1)
      .max(3650)
      .default(30)
      .meta({ title: 'Keep for', description: 'Older films are removed.', unit: 'days' }),
    maxMegabytes: z
      .int()
      .min(10)
      .max(10_000_000)
      .default(2000)
      .meta({ title: 'At most', description: 'Beyond it the oldest films are removed.', unit: 'MB' }),
  })
  .prefault({})
  .meta({ title: 'Clips', description: 'Films of motion.', section: 'Clips' });

const pollingSchema = z
  .object({
    armedSeconds: z.int().min(5).max(600).default(8).meta({
      title: 'Look for motion every',
      description: 'While a system is armed; for two minutes after a motion twice as often, down to 5 s.',
      unit: 's',
      advanced: true,
    }),
    idleSeconds: z.int().min(15).max(3600).default(60).meta({
      title: 'While disarmed every',
      description: 'Only a press of a doorbell can happen then.',
      unit: 's',
      advanced: true,
    }),
    stateSeconds: z.int().min(30).max(3600).default(60).meta({
      title: 'Read the cameras every',
      description: 'Battery, temperature, armed or not.',
      unit: 's',
      advanced: true,
    }),
    requestsPerHour: z.int().min(60).max(5000).default(900).meta({
      title: 'Request budget',
      description: 'Never exceeded, whatever happens. Blink locks accounts that ask too much.',
      unit: 'per hour',
      advanced: true,
    }),
  })
  .prefault({})
  .meta({ title: 'How often it asks', description: 'Adapts by itself within these limits.', section: 'Asking' });

/** Calls of the API whose paths can be replaced. */
export const blinkCalls = [
  'tier',
  'homescreen',
  'media',
  'arm',
  'disarm',
  'camera-enable',
  'camera-disable',
  'camera-snapshot',
  'owl-config',
  'owl-snapshot',
  'doorbell-enable',
  'doorbell-disable',
  'doorbell-snapshot',
  'command',
  'manifest-request',
  'manifest',
  'stored-clip',
] as const;

/** Fields by which the sign-in presents itself; `browser` and `client` are its user agents. */
export const blinkIdentityFields = [
  'client_id',
  'redirect_uri',
  'scope',
  'app_brand',
  'app_version',
  'device_brand',
  'device_model',
  'device_os_version',
  'browser',
  'client',
] as const;

const pair = <Name extends z.ZodType<string, string>>(name: Name, title: string, description: string) =>
  z.object({
    name: name.meta({ title, description }),
    value: z.string().max(1024).meta({ title: 'Value', description: 'What it is set to.' }),
  });

const apiSchema = z
  .object({
    oauthUrl: z.url().default('https://api.oauth.blink.com').meta({
      title: 'Sign-in address',
      description: 'Where the account signs in.',
      advanced: true,
    }),
    restUrl: z.string().min(8).max(256).default('https://rest-{tier}.immedia-semi.com').meta({
      title: 'API address',
      description: '{tier} stands for the region of the account.',
      advanced: true,
    }),
    headers: z
      .array(pair(z.string().min(1).max(128), 'Header', 'Sent with every request to the API.'))
      .max(20)
      .default([])
      .meta({ title: 'Extra headers', description: 'If Blink begins to ask for one.', item: 'header', advanced: true }),
    identity: z
      .array(pair(z.enum(blinkIdentityFields), 'Field', 'A field of the sign-in.'))
      .max(20)
      .default([])
      .meta({
        title: 'App identity',
        description: 'Fields of the sign-in that shall differ from those of the plugin.',
        item: 'field',
        advanced: true,
      }),
    paths: z
      .array(pair(z.enum(blinkCalls), 'Call', 'Whose path differs.'))
      .max(40)
      .default([])
      .meta({
        title: 'Paths',
        description: 'Paths of the API that shall differ from those of the plugin.',
        item: 'path',
        advanced: true,
      }),
    timeoutSeconds: z.number().min(0.1).max(120).default(20).meta({
      title: 'Patience',
      description: 'How long an answer may take.',
      unit: 's',
      advanced: true,
    }),
  })
  .prefault({})
  .meta({
    title: 'Blink API',
    description: 'Only if Blink changes something, or for a simulated account.',
    section: 'API',
    advanced: true,
  });

export const blinkSchema = z.object({
  email: z
    .email()
    .exactOptional()
    .meta({ title: 'E-mail', description: 'Of your Blink account.', placeholder: 'me@example.org' }),
  password: secret(
    'Password',
    'Of your Blink account. Needed for the sign-in only; you may remove it afterwards.',
  ).exactOptional(),
  cameras: z.array(cameraSchema).max(200).default([]).meta({
    title: 'Cameras',
    description: 'Rename or hide cameras; those not listed are shown as they are.',
    section: 'Devices',
    item: 'camera',
  }),
  onlyListed: z.boolean().default(false).meta({
    title: 'Only these cameras',
    description: 'Leave out every camera that is not listed.',
    section: 'Devices',
  }),
  systems: z.boolean().default(true).meta({
    title: 'Arm switches',
    description: 'A switch for every Blink system: on is armed.',
    section: 'Devices',
  }),
  cameraSwitches: z.boolean().default(true).meta({
    title: 'Camera switches',
    description: 'A switch for every camera: on is motion detection.',
    section: 'Devices',
  }),
  snapshots: z.boolean().default(true).meta({
    title: 'Pictures',
    description: 'Fetch the picture of every motion, for messages.',
    section: 'Devices',
  }),
  motionSeconds: z.int().min(1).max(600).default(30).meta({
    title: 'Motion lasts',
    description: 'Blink does not tell when a motion ends.',
    unit: 's',
    section: 'Devices',
    advanced: true,
  }),
  temperatureUnit: z
    .enum(['fahrenheit', 'celsius'])
    .default('fahrenheit')
    .meta({
      title: 'Blink measures in',
      description: 'Change it only if temperatures are wrong.',
      labels: { fahrenheit: '°F', celsius: '°C' },
      section: 'Devices',
      advanced: true,
    }),
  localStorage: z
    .enum(['auto', 'on', 'off'])
    .default('auto')
    .meta({
      title: 'USB storage',
      description: 'Motion of systems that record on a USB stick, without a subscription.',
      labels: { auto: 'Where the cloud has no clips', on: 'Always', off: 'Never' },
      section: 'Devices',
    }),
  followAlarm: followSchema,
  clips: clipsSchema,
  polling: pollingSchema,
  api: apiSchema,
  broker: brokerSchema,
});

export type BlinkConfig = z.output<typeof blinkSchema>;
