import * as z from 'zod';
import { timeSchema } from '../time.ts';
import { defineCapability } from './define.ts';

export const camera = defineCapability({
  name: 'camera',
  state: z.object({
    snapshotAt: timeSchema.exactOptional(),
    /** The newest picture: a JPEG file on the machine of its service. */
    picture: z.string().min(1).max(4096).exactOptional(),
    /** Addresses a player on the local network can open, by format (mjpeg, hls…); never with credentials in them. */
    streams: z.record(z.string(), z.url()).exactOptional(),
  }),
  command: z.object({ action: z.literal('take-snapshot') }),
  options: z.object({}),
});
