import { channelSchema, timeZoneSchema, type ChannelConfig } from '@porchlight/config-schemas';
import { idSchema } from '@porchlight/core';
import * as z from 'zod';

const secondsOfDay = 86_400;
/** Three beats: below it, the watchtower's own trouble cannot be told from a home's, seconds. */
const minGraceSeconds = 45;

export const graceSchema = z.int().min(minGraceSeconds).max(secondsOfDay);

const secretSchema = z.string().min(12).max(200);

const database = z.discriminatedUnion('kind', [
  /** One process, one file. */
  z.object({ kind: z.literal('sqlite'), file: z.string().min(1).default('watchtower.sqlite') }),
  /** Several processes, which share the work. */
  z.object({
    kind: z.literal('postgres'),
    url: z.string().regex(/^postgres(ql)?:\/\//, 'must begin with postgres://'),
  }),
]);

const mqtt = z.object({
  url: z.string().regex(/^(mqtt|mqtts|ws|wss):\/\//, 'must look like mqtts://broker.example.org:8883'),
  username: z.string().min(1).exactOptional(),
  password: z.string().min(1).exactOptional(),
  caFile: z.string().min(1).exactOptional(),
  /** First level of the topics `<root>/<home>/beat`. */
  root: z
    .string()
    .regex(/^[^#+\s$/]+(\/[^#+\s/]+)*$/, 'must be a topic without wildcards')
    .default('porchlight-beats'),
  /** Workers of one group share the beats. */
  group: idSchema.default('watchtower'),
});

/** What `homes add --channel` calls a channel. */
export function channelName({ name, type }: ChannelConfig): string {
  return name ?? type;
}

/** `watchtower.json`. Everything has a default: an empty file listens on loopback and tells nobody. */
export const watchtowerSchema = z.object({
  listen: z
    .object({ host: z.string().min(1).default('127.0.0.1'), port: z.int().min(0).max(65_535).default(8443) })
    .prefault({}),
  tls: z.object({ certFile: z.string().min(1), keyFile: z.string().min(1) }).exactOptional(),
  /** Behind a proxy the address of a peer is the last one of X-Forwarded-For. */
  isBehindProxy: z.boolean().default(false),
  graceSeconds: graceSchema.default(60),
  reminderMinutes: z.int().min(5).max(10_080).default(60),
  /** Messages tell the time of people, who are seldom where the server is. */
  timeZone: timeZoneSchema.default('UTC'),
  maxConnections: z.int().min(1).max(1_000_000).default(20_000),
  channels: z
    .array(channelSchema)
    .max(20)
    .refine((channels) => new Set(channels.map(channelName)).size === channels.length, {
      error: 'have the same name twice; give each a "name" of its own',
    })
    .default([]),
  database: database.prefault({ kind: 'sqlite' }),
  mqtt: mqtt.exactOptional(),
  /** The status page is there when it has a password. */
  page: z.object({ password: secretSchema.exactOptional() }).prefault({}),
  /** Without a token, /metrics answers loopback only. */
  metrics: z.object({ token: secretSchema.exactOptional() }).prefault({}),
});

export type WatchtowerConfig = z.output<typeof watchtowerSchema>;
