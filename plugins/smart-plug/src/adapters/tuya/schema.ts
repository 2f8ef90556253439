import * as z from 'zod';

/** All data points of a device, by number. */
export const pointsSchema = z.object({ dps: z.record(z.string(), z.unknown()) });

/** The meter of a socket: milliamperes, tenths of a watt, tenths of a volt. */
export const meterSchema = z.object({ '18': z.number(), '19': z.number(), '20': z.number() });
