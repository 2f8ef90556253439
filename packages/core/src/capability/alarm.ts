import * as z from 'zod';
import { timeSchema } from '../time.ts';
import { defineCapability } from './define.ts';

export const armedModes = ['home', 'away', 'night'] as const;
export type ArmedMode = (typeof armedModes)[number];

export const alarmModeSchema = z.enum(['disarmed', ...armedModes]);
export type AlarmMode = z.output<typeof alarmModeSchema>;

export const alarmPhaseSchema = z.enum(['idle', 'arming', 'armed', 'pending', 'triggered']);
export type AlarmPhase = z.output<typeof alarmPhaseSchema>;

const code = z.string().max(32).exactOptional();

export const alarm = defineCapability({
  name: 'alarm',
  state: z.object({
    /** The mode that is set; while arming, the mode that will be. */
    mode: alarmModeSchema,
    phase: alarmPhaseSchema,
    /** When the running delay or the sounding ends. */
    until: timeSchema.exactOptional(),
    /** Why it rings, pends or could not be armed; one sentence. */
    reason: z.string().exactOptional(),
  }),
  command: z.discriminatedUnion('action', [
    z.object({
      action: z.literal('set-mode'),
      mode: alarmModeSchema,
      code,
      /** Arm although a source is offline. */
      force: z.boolean().exactOptional(),
      /** Arm without the exit delay. */
      skipDelay: z.boolean().exactOptional(),
    }),
    z.object({ action: z.literal('silence'), code }),
    z.object({ action: z.literal('trigger'), code }),
  ]),
  options: z.object({
    modes: z.array(z.enum(armedModes)).min(1),
    /** What a keypad must offer; absent when no code is asked for. */
    code: z.enum(['number', 'text']).exactOptional(),
    codeToArm: z.boolean().exactOptional(),
  }),
});
