import { alarmModeSchema } from '@porchlight/core';
import * as z from 'zod';

const optionalText = z.string().exactOptional();

const cameraSchema = z.object({
  id: z.string(),
  network: z.string(),
  kind: z.enum(['camera', 'owl', 'doorbell']),
  type: z.string(),
  name: z.string().min(1),
  serial: optionalText,
  firmware: optionalText,
  isEnabled: z.boolean().exactOptional(),
  isOnline: z.boolean(),
  hasLowBattery: z.boolean().exactOptional(),
  celsius: z.number().exactOptional(),
  thumbnail: optionalText,
  isLearned: z.boolean().exactOptional(),
});

const networkSchema = z.object({
  id: z.string(),
  name: z.string().min(1),
  isArmed: z.boolean(),
  sync: z
    .object({ id: z.string(), isOnline: z.boolean(), serial: optionalText, firmware: optionalText })
    .exactOptional(),
  hasStorage: z.boolean(),
});

/** What must survive a restart. */
export const memorySchema = z.object({
  /** The account that all of it belongs to. */
  account: optionalText,
  diff: z
    .object({
      horizon: z.number(),
      seen: z.array(z.object({ id: z.string(), device: z.string(), createdAt: z.number() })),
    })
    .exactOptional(),
  /** When the last list of recordings came, epoch ms. */
  mediaAnsweredAt: z.number().exactOptional(),
  /** Systems whose recordings are in the cloud, and when the newest of them began, epoch ms. */
  cloudSeenAt: z.record(z.string(), z.number()).default({}),
  budget: z.object({ tokens: z.number(), at: z.number() }).exactOptional(),
  /** Our ids by those of Blink. */
  ids: z.record(z.string(), z.string()).default({}),
  /** As they were last, so that a start without internet shows them. */
  networks: z.array(networkSchema).default([]),
  cameras: z.array(cameraSchema).default([]),
  /** The modes of the alarm that systems were brought to; one whose order is on its way is absent. */
  followed: z.record(z.string(), alarmModeSchema).default({}),
});

export type Memory = z.output<typeof memorySchema>;
