import { capabilities, deviceDescriptionSchema, eventSchema, isCapabilityName, timeSchema } from '@porchlight/core';
import * as z from 'zod';

/** Version of the contract; CONTRACT.md says what each number changed. */
export const contractVersion = 1;

/** A payload with its contract version. Unknown fields are ignored, another version is refused. */
const versioned = { v: z.literal(contractVersion).default(contractVersion) };

export const serviceStatusSchema = z.object({
  ...versioned,
  state: z.enum(['online', 'offline']),
  /** The host that serves this account; two hosts never both do. */
  owner: z.string().min(1).max(200),
  since: timeSchema,
});

export const serviceInfoSchema = z.object({
  ...versioned,
  version: z.string(),
  startedAt: timeSchema,
  capabilities: z.array(z.string()),
});

export const serviceHealthSchema = z.object({
  ...versioned,
  at: timeSchema,
  uptimeSeconds: z.number(),
  rssBytes: z.number(),
  problem: z.string().exactOptional(),
  /** Messages since the start. */
  published: z.number(),
  received: z.number(),
  refused: z.number(),
  queuedEvents: z.number(),
  droppedEvents: z.number(),
  reconnects: z.number(),
});

export const deviceSchema = z.intersection(z.object(versioned), deviceDescriptionSchema);
export const busEventSchema = eventSchema.extend(versioned);

export const commandResultSchema = z.object({
  ...versioned,
  id: z.string().max(64),
  ok: z.boolean(),
  error: z.object({ code: z.string(), message: z.string() }).exactOptional(),
});

/** The state schema of a capability; undefined for one that this version does not know. */
export function stateSchema(capability: string): z.ZodType<object, unknown> | undefined {
  return isCapabilityName(capability) ? capabilities[capability].state : undefined;
}

/** A command with its envelope: `id` asks for an answer, `at` lets a late one be dropped. */
const envelopeSchema = z.object({ id: z.string().max(64).exactOptional(), at: timeSchema.exactOptional() });

export type Command = z.output<typeof envelopeSchema> & { command: object };

/** Made once each: making a schema takes longer than reading a hundred messages with it. */
const commandSchemas = new Map<string, z.ZodType<Command, unknown>>();

export function commandSchema(capability: string): z.ZodType<Command, unknown> | undefined {
  const known = commandSchemas.get(capability);
  if (known) return known;
  const command = isCapabilityName(capability) ? capabilities[capability].command : undefined;
  if (!command) return undefined;
  const schema = envelopeSchema.extend({ command: command as z.ZodType<object, unknown> });
  commandSchemas.set(capability, schema);
  return schema;
}
