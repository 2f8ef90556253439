import * as z from 'zod';

const seenSchema = z.object({
  id: z.string(),
  key: z.string(),
  at: z.number(),
  isMark: z.boolean(),
  isPaired: z.boolean(),
});

const deviceSchema = z.object({
  uuid: z.string(),
  kind: z.enum(['camera', 'doorbell', 'door', 'climate', 'occupancy']),
  name: z.string().min(1).max(64),
  room: z.string().exactOptional(),
  model: z.string().exactOptional(),
  serial: z.string().exactOptional(),
  firmware: z.string().exactOptional(),
  isOnline: z.boolean(),
  problem: z.string().exactOptional(),
  region: z.string().exactOptional(),
  policy: z.string().exactOptional(),
  batteryPercent: z.number().min(0).max(100).exactOptional(),
  celsius: z.number().min(-100).max(200).exactOptional(),
  isOpen: z.boolean().exactOptional(),
  hasMotion: z.boolean().exactOptional(),
});

/** What must survive a restart. */
export const memorySchema = z.object({
  seen: z.array(seenSchema),
  /** Up to when all alerts have been asked for, epoch ms. */
  checkedTo: z.number().exactOptional(),
  /** Our ids by the uuids of Rhombus. */
  ids: z.record(z.string(), z.string()),
  /** As they were last, so that a start without internet shows them. */
  devices: z.array(deviceSchema),
});

export type Memory = z.output<typeof memorySchema>;
