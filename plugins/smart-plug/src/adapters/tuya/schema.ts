import * as z from 'zod';

/** All data points of a device, by number. */
export const pointsSchema = z.object({ dps: z.record(z.string(), z.unknown()) });
