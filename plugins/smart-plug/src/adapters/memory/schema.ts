import * as z from 'zod';
import type { PendingCycle } from '../../domain/power-cycle.ts';
import type { PendingSequence } from '../../domain/sequence.ts';

const cycleSchema: z.ZodType<PendingCycle, unknown> = z.object({
  id: z.string(),
  startedAt: z.number(),
  offMs: z.number(),
  reason: z.string().exactOptional(),
});

const sequenceSchema: z.ZodType<PendingSequence, unknown> = z.object({
  id: z.string(),
  startedAt: z.number(),
  index: z.int().min(0),
  isPausing: z.boolean(),
  reason: z.string().exactOptional(),
});

/** What must be finished after a crash, by the id of the device. */
export const memorySchema = z.object({
  cycles: z.record(z.string(), cycleSchema),
  sequences: z.record(z.string(), sequenceSchema),
  /** When each was last restarted, epoch milliseconds. */
  last: z.record(z.string(), z.number()),
});
export type Memory = z.output<typeof memorySchema>;

export const emptyMemory: Memory = { cycles: {}, sequences: {}, last: {} };
