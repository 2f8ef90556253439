import * as z from 'zod';

/** The file that lets a start after a crash bring the switches back. */
export const switchesMemorySchema = z.object({
  /** Written while it may ring; false after a disarming. */
  isWatching: z.boolean(),
  before: z.record(z.string(), z.boolean()),
});
export type SwitchesMemory = z.output<typeof switchesMemorySchema>;

export const nothingSwitched: SwitchesMemory = { isWatching: false, before: {} };
