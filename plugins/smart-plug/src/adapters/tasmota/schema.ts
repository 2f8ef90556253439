import * as z from 'zod';

/** Answers come with the key POWER, or POWER1 and so on where there are several relays. */
export const powerSchema = z.record(z.string(), z.unknown());

/** `PulseTime1`: what is set, and what is left of it. */
export const pulseSchema = z.object({ Set: z.number() });

const figure = z.number().nullish();

/** `Status 8`: what the meter says. */
export const sensorSchema = z.object({
  StatusSNS: z.object({
    ENERGY: z.object({ Power: figure, Voltage: figure, Current: figure, Total: figure }).optional().catch(undefined),
  }),
});

/** `tele/<topic>/SENSOR`. */
export const telemetrySchema = sensorSchema.shape.StatusSNS;
