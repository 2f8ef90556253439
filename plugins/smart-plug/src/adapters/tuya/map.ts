import type { Reading } from '../../domain/reading.ts';
import { meterSchema } from './schema.ts';

/** What the meter says; nothing when the data points that sockets use for it are not all there. */
export function toFigures(points: Record<string, unknown>): Partial<Reading> {
  const meter = meterSchema.safeParse(points).data;
  if (!meter) return {};
  return { amperes: meter['18'] / 1000, watts: meter['19'] / 10, volts: meter['20'] / 10 };
}
