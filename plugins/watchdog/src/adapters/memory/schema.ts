import * as z from 'zod';
import { firstState, type WatchdogState } from '../../domain/watchdog-state.ts';

const cause = z.enum(['local-link', 'lan', 'wan', 'dns', 'captive-portal']);

/** The last verdict is not kept: what was true before a restart says nothing now. */
const stateSchema: z.ZodType<WatchdogState, unknown> = z.object({
  phase: z.enum(['starting', 'online', 'suspect', 'offline', 'rebooting', 'boot-grace', 'exhausted']),
  phaseAt: z.number(),
  failures: z.int().min(0),
  successes: z.int().min(0),
  goodAt: z.number(),
  goodSince: z.number().exactOptional(),
  outage: z
    .object({
      startedAt: z.number(),
      cause: z.enum([...cause.options, 'restart']),
      reboots: z.int().min(0),
      manual: z.int().min(0),
      told: z.array(z.string()),
    })
    .exactOptional(),
  isCut: z.boolean().exactOptional(),
  reboots: z.array(z.number()),
  paused: z.object({ until: z.number().exactOptional() }).exactOptional(),
});

/** All that the watchdog must know after a restart. */
export const memorySchema = z.object({
  /** Reading of the clock that all times here are on, and the machine's own at that time. */
  clock: z.object({ elapsedMs: z.number(), bootId: z.string(), uptimeMs: z.number() }),
  state: stateSchema,
  days: z.array(z.object({ day: z.string(), watchedMs: z.number(), offlineMs: z.number() })),
});
export type Memory = z.output<typeof memorySchema>;

export const emptyMemory: Memory = {
  clock: { elapsedMs: 0, bootId: '', uptimeMs: 0 },
  state: firstState,
  days: [],
};
