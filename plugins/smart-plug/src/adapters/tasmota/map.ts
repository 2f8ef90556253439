import type * as z from 'zod';
import type { Grade } from '../../domain/grade.ts';
import type { Reading } from '../../domain/reading.ts';
import { pulseSchema, type telemetrySchema } from './schema.ts';

/** Off, a pause in the plug, on: one message. Nothing that begins with Backlog may follow while it runs. */
export function cutCommand(relay: number, offSeconds: number): { command: 'Backlog0'; payload: string } {
  // In tenths of a second, 2 to 3600.
  const tenths = Math.min(3600, Math.max(2, Math.round(offSeconds * 10)));
  return { command: 'Backlog0', payload: `Power${relay} OFF; Delay ${tenths}; Power${relay} ON` };
}

/** Longest pause that one Delay can make, seconds. */
export const maxOffSeconds = 360;

/** The state of one relay in an answer; undefined when it is not in it. */
export function powerOf(answer: Record<string, unknown>, relay: number): boolean | undefined {
  const value = answer[`POWER${relay}`] ?? (relay === 1 ? answer['POWER'] : undefined);
  return value === 'ON' ? true : value === 'OFF' ? false : undefined;
}

/** What decides whether every "off" ends by itself. */
export interface TasmotaSettings {
  powerOnState?: number;
  pulseTime?: number;
}

/** The settings in an answer, as far as they are in it. */
export function toSettings(answer: Record<string, unknown>, relay: number): TasmotaSettings {
  const pulse = pulseSchema.safeParse(answer[`PulseTime${relay}`]).data;
  const powerOnState = answer['PowerOnState'];
  return {
    ...(typeof powerOnState === 'number' && { powerOnState }),
    ...(pulse && { pulseTime: pulse.Set }),
  };
}

/** With PowerOnState 5 and a PulseTime every "off" ends by itself, also one that was cut short by a restart of the plug. */
export function gradeFrom({ powerOnState, pulseTime = 0 }: TasmotaSettings): Grade {
  return powerOnState === 5 && pulseTime > 0 ? 'A' : 'B';
}

export function toFigures({ ENERGY }: z.output<typeof telemetrySchema>): Partial<Reading> {
  const { Power, Voltage, Current, Total } = ENERGY ?? {};
  return {
    ...(typeof Power === 'number' && { watts: Power }),
    ...(typeof Voltage === 'number' && { volts: Voltage }),
    ...(typeof Current === 'number' && { amperes: Current }),
    ...(typeof Total === 'number' && { kilowattHours: Total }),
  };
}
