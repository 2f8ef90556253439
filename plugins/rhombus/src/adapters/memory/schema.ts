import * as z from 'zod';

const family = z.enum(['alert', 'rule', 'movement']);

export const seenSchema = z.object({
  id: z.string(),
  key: z.string(),
  at: z.number(),
  until: z.number(),
  family,
  label: z.string().exactOptional(),
  twins: z.array(family),
});

const movementSchema = z.object({
  camera: z.string(),
  id: z.string(),
  from: z.number(),
  to: z.number(),
  activities: z.array(z.string()),
});

const air = ['humidity', 'co2', 'pm25', 'tvoc', 'iaq'] as const;

const deviceSchema = z.object({
  uuid: z.string(),
  kind: z.enum(['camera', 'doorbell', 'door', 'climate', 'occupancy']),
  name: z.string().min(1).max(64),
  location: z.string().exactOptional(),
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
  air: z.partialRecord(z.enum(air), z.number()).exactOptional(),
  isOpen: z.boolean().exactOptional(),
});

/** What must survive a restart, beside what has been seen. */
export const memorySchema = z.object({
  movements: z.array(movementSchema),
  /** Up to when all alerts have been asked for, epoch ms. */
  checkedTo: z.number().exactOptional(),
  /** Up to when all marks have been asked for, epoch ms. */
  marksTo: z.number().exactOptional(),
  /** Our ids by the uuids of Rhombus. */
  ids: z.record(z.string(), z.string()),
  /** As they were last, so that a start without internet shows them; who was seen then may have gone since. */
  devices: z.array(deviceSchema),
});

export type Memory = z.output<typeof memorySchema>;
