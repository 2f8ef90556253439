import { alarmModeSchema, alarmPhaseSchema, eventSchema } from '@porchlight/core';
import * as z from 'zod';
import { disarmedState, type AlarmState } from '../../domain/alarm.ts';

const incidentSchema = z.object({
  id: z.string(),
  startedAt: z.number(),
  reason: z.string(),
  events: z.array(eventSchema),
  isTest: z.boolean(),
});

const alarmStateSchema: z.ZodType<AlarmState, unknown> = z.object({
  mode: alarmModeSchema,
  phase: alarmPhaseSchema,
  until: z.number().exactOptional(),
  reason: z.string().exactOptional(),
  incident: incidentSchema.exactOptional(),
  notifyAt: z.number().exactOptional(),
  armedAt: z.number().exactOptional(),
  alarmsByDevice: z.record(z.string(), z.number()),
});

/** All that the alarm must know after a restart. */
export const memorySchema = z.object({
  alarm: alarmStateSchema,
  /** The events of the look-back, so that the next one counts with them. */
  events: z.array(z.object({ event: eventSchema, isUsed: z.boolean() })),
  /** Wrong codes survive a restart, or restarting would be a way to go on guessing. */
  guard: z.object({ wrong: z.number(), blockedUntil: z.number() }),
  /** Until when the schedule was followed; absent before the first start. */
  scheduledAt: z.number().exactOptional(),
});
export type Memory = z.output<typeof memorySchema>;

export const emptyMemory: Memory = { alarm: disarmedState, events: [], guard: { wrong: 0, blockedUntil: 0 } };
