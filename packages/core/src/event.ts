import * as z from 'zod';
import { idSchema } from './ids.ts';
import { timeSchema } from './time.ts';

const mediaSchema = z.object({
  kind: z.enum(['image', 'video']),
  /** A file on the machine that published the event. */
  path: z.string(),
});

/**
 * A fact that happened at a device. `id` comes from the source's own id, so it stays the same across restarts and
 * re-reads and every consumer can count the event once.
 */
export const eventSchema = z.object({
  id: z.string().min(1).max(200),
  type: idSchema,
  service: idSchema,
  device: idSchema,
  /** The device's name at that time, for people. */
  name: z.string(),
  occurredAt: timeSchema,
  observedAt: timeSchema,
  /** What was seen: motion, person, vehicle, animal… */
  label: z.string().exactOptional(),
  /** What made the source record it: pir, cv_motion, liveview, button… */
  source: z.string().exactOptional(),
  media: z.array(mediaSchema).max(8).exactOptional(),
});

export type DeviceEvent = z.output<typeof eventSchema>;
