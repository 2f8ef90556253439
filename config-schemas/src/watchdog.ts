import * as z from 'zod';
import { brokerSchema } from './shared/broker.ts';
import { notificationsSchema } from './shared/notifications.ts';
import { secret } from './shared/secret.ts';
import { timeZoneSchema } from './shared/time-zone.ts';

const deviceAddress = z.string().regex(/^[a-z0-9-]+\/[a-z0-9-]+$/, 'must be service/device, such as smart-plug/router');
const host = z.string().regex(/^[A-Za-z0-9_][A-Za-z0-9_.:%-]{0,252}$/, 'must be a host name or an address');
const ipAddress = z.union([z.ipv4(), z.ipv6()], { error: 'must be an address such as 192.168.1.1' });
const timeOfDay = z.string().regex(/^([01]\d|2[0-3]):[0-5]\d$/, 'must be a time such as 22:00');

const seconds = (fallback: number, [min, max]: [number, number], title: string, description: string) =>
  z.number().min(min).max(max).default(fallback).meta({ title, description, unit: 's' });

const name = z.string().min(1).max(64);
const owner = name
  .exactOptional()
  .meta({ title: 'Owner', description: 'Checks of one owner count once. Empty: the host itself.', advanced: true });
const hostSetting = host.meta({ title: 'Host', description: 'Name or address.', placeholder: '1.1.1.1' });

const tcp = z.object({
  type: z.literal('tcp').meta({ title: 'TCP' }),
  host: hostSetting,
  port: z.int().min(1).max(65_535).default(443).meta({ title: 'Port', description: 'A refusal is an answer too.' }),
  owner,
});

const ping = z.object({ type: z.literal('ping').meta({ title: 'Ping' }), host: hostSetting, owner });

const dns = z.object({
  type: z.literal('dns').meta({ title: 'DNS' }),
  server: z
    .string()
    .regex(/^(system|[\da-fA-F.:[\]]{2,64})$/, 'must be an address such as 1.1.1.1, or "system"')
    .default('system')
    .meta({
      title: 'DNS server',
      description: '"system" asks what this machine uses, most often the router.',
      placeholder: '1.1.1.1',
    }),
  query: host
    .default('example.com')
    .meta({ title: 'Name to look up', description: 'Any answer counts, also that there is no such name.' }),
  owner,
});

const http = z.object({
  type: z.literal('http').meta({ title: 'HTTP' }),
  url: z
    .url({ protocol: /^https?$/, error: 'must look like http://example.org/path' })
    .meta({ title: 'Address', description: 'Plain http finds captive portals; https does not.' }),
  status: z.int().min(100).max(599).default(200).meta({ title: 'Status', description: 'The answer must have it.' }),
  body: z.string().max(1024).exactOptional().meta({
    title: 'Content',
    description: 'The answer must be exactly this, apart from blanks at its ends. Empty: it is not looked at.',
  }),
  owner,
});

const command = z.object({
  type: z.literal('command').meta({ title: 'Command' }),
  command: z
    .array(z.string().max(1024))
    .min(1)
    .max(32)
    .meta({ title: 'Program and arguments', description: 'Exit code 0: connected; 1: not; others: it is broken.' }),
  owner,
});

export const probeSchema = z.discriminatedUnion('type', [tcp, ping, dns, http, command]);
export type ProbeConfig = z.output<typeof probeSchema>;

const heartbeatSchema = z
  .object({
    url: z
      .url({ protocol: /^(wss?|mqtts?)$/, error: 'must look like wss://example.org/beat' })
      .refine((url) => !url.startsWith('mqtt') || /^mqtts?:\/\/[a-z0-9-]+@[^@/]+\/?$/.test(url), {
        error: 'must look like mqtts://home@broker.example.org, with the id of the home',
      })
      .meta({ title: 'Address', description: 'wss://host/beat of your watchtower, or mqtts://home@broker.' }),
    token: secret('Token', 'As "porchlight-watchtower homes add" prints it; over MQTT, the password at the broker.'),
  })
  .exactOptional()
  .meta({
    title: 'Watchtower',
    description: 'Beats every 15 s to a server elsewhere, which tells you when this home falls silent.',
    section: 'Heartbeat',
  });

const pushSchema = z.object({
  kind: z
    .enum(['healthchecks', 'uptime-kuma'])
    .default('healthchecks')
    .meta({
      title: 'Kind',
      description: 'What receives it.',
      labels: { healthchecks: 'Healthchecks', 'uptime-kuma': 'Uptime Kuma' },
    }),
  url: z
    .url({ protocol: /^https?$/, error: 'must look like https://hc-ping.com/…' })
    .meta({ title: 'Push address', description: 'As the service shows it.', secret: true }),
  everySeconds: seconds(60, [15, 86_400], 'Every', 'Healthchecks takes at most five a minute.'),
});

const causeLabels = {
  wan: 'No internet behind the router',
  lan: 'The router does not answer',
  dns: 'Names are not resolved',
};

const general = {
  name: name.default('Internet').meta({ title: 'Name', description: 'Of the sensor in Apple Home.' }),
  device: deviceAddress.exactOptional().meta({
    title: 'Plug of the router',
    description: 'A smart plug of Porchlight, as service/device. Empty: it only watches.',
    placeholder: 'smart-plug/router',
  }),
  dryRun: z.boolean().default(false).meta({
    title: 'Dry run',
    description: 'Decides and tells as always, but restarts nothing by itself.',
  }),
};

const reboots = {
  offSeconds: seconds(20, [5, 600], 'Off for', 'How long the router is without power.'),
  bootGraceSeconds: seconds(240, [30, 3600], 'Time to start', 'What the router gets before it is judged again.'),
  cooldownMinutes: z.number().min(1).max(360).default(10).meta({
    title: 'Cool-down',
    description: 'Least time between two restarts. It doubles with each one of an outage, up to six hours.',
    unit: 'minutes',
  }),
  maxRebootsPerOutage: z
    .int()
    .min(0)
    .max(20)
    .default(3)
    .meta({ title: 'Restarts per outage', description: 'Then it only watches, and tells you.' }),
  maxRebootsPerDay: z
    .int()
    .min(0)
    .max(48)
    .default(6)
    .meta({ title: 'Restarts per 24 hours', description: 'Those by hand count too, but are never refused for it.' }),
  rebootFor: z
    .array(z.enum(['wan', 'lan', 'dns']))
    .default(['wan', 'lan'])
    .meta({
      title: 'Restart for',
      description: 'A loose cable or a login page is never a reason.',
      labels: causeLabels,
    }),
  quietHours: z
    .object({
      from: timeOfDay.meta({ title: 'Quiet from', description: 'No restart from this time on.', placeholder: '22:00' }),
      to: timeOfDay.meta({ title: 'Quiet until', description: 'Then again, if still needed.', placeholder: '07:00' }),
    })
    .exactOptional()
    .meta({ title: 'Quiet hours', description: 'Restarts wait until these hours are over.', advanced: true }),
  timeZone: timeZoneSchema,
  pauseMinutes: z.number().min(0).max(10_080).default(120).meta({
    title: 'Pause ends after',
    description: 'The pause switch goes off by itself, so that it is not forgotten. 0: only by hand.',
    unit: 'minutes',
  }),
};

const checks = {
  probes: z.array(probeSchema).max(30).default([]).meta({
    title: 'Checks',
    description: 'In place of the built-in ones, which ask Cloudflare, Google, Quad9, Mozilla and the DNS.',
    item: 'check',
  }),
  gateway: z
    .union([z.literal('auto'), z.literal('none'), ipAddress], { error: 'must be an address, "auto" or "none"' })
    .default('auto')
    .meta({ title: 'Router', description: '"auto" finds its address; it tells a dead router from a dead line.' }),
  minHealthy: z
    .int()
    .min(1)
    .max(30)
    .default(1)
    .meta({ title: 'Needed', description: 'Connected while checks of at least this many owners succeed.' }),
  intervalSeconds: seconds(15, [2, 3600], 'Every', 'Time between two rounds of checks.'),
  timeoutSeconds: seconds(5, [1, 60], 'Limit', 'A check without an answer after this has failed.'),
  offlineAfterSeconds: seconds(60, [5, 86_400], 'Offline after', 'Time without any success.'),
  recoveryRounds: z
    .int()
    .min(1)
    .max(20)
    .default(2)
    .meta({ title: 'Back after', description: 'Good rounds in a row.', unit: 'rounds' }),
  startupGraceSeconds: seconds(120, [0, 3600], 'Hold-off after a start', 'No restart for this long after a start.'),
};

/** Puts settings under one heading; all but the named ones are folded away. */
function inSection<T extends Record<string, z.ZodType>>(section: string, shape: T, shown: readonly (keyof T)[]): T {
  const entries = Object.entries(shape).map(([key, schema]) => {
    return [key, schema.meta({ ...schema.meta(), section, ...(!shown.includes(key) && { advanced: true }) })];
  });
  return Object.fromEntries(entries) as T;
}

export const watchdogSchema = z
  .object({
    ...general,
    ...inSection('Restarting the router', reboots, ['offSeconds', 'bootGraceSeconds', 'maxRebootsPerOutage']),
    ...inSection('How it checks', checks, ['probes']),
    sensor: z
      .enum(['contact', 'occupancy'])
      .default('contact')
      .meta({
        title: 'Sensor',
        description: 'What Apple Home shows.',
        labels: { contact: 'Contact: open while offline', occupancy: 'Occupancy: occupied while online' },
        section: 'In Apple Home',
      }),
    groupSensors: z.boolean().default(false).meta({
      title: 'Sensor per kind of check',
      description: 'One more sensor each for addresses, names, web and the router.',
      section: 'In Apple Home',
    }),
    heartbeat: heartbeatSchema,
    pushes: z.array(pushSchema).max(10).default([]).meta({
      title: 'Push addresses',
      description: 'Healthchecks or Uptime Kuma are told as long as there is a connection.',
      section: 'Heartbeat',
      item: 'address',
    }),
    notifications: notificationsSchema,
    broker: brokerSchema,
  })
  .check(({ value, issues }) => {
    if (issues.length > 0) return;
    const push = (path: string, message: string): void =>
      void issues.push({ code: 'custom', input: value, path: [path], message });
    if (value.timeoutSeconds > value.intervalSeconds) {
      push('timeoutSeconds', `must be at most ${value.intervalSeconds}, the time between two rounds`);
    }
    if (value.offlineAfterSeconds < value.intervalSeconds) {
      push('offlineAfterSeconds', `must be at least ${value.intervalSeconds}, the time between two rounds`);
    }
    if (value.cooldownMinutes * 60 < value.offSeconds) push('cooldownMinutes', 'must be longer than offSeconds');
  });

export type WatchdogConfig = z.output<typeof watchdogSchema>;
