import * as z from 'zod';

const seq = z.int().min(1);
const word = z.string().min(1).max(32);

const beat = z.object({
  type: z.literal('beat'),
  seq,
  state: word.exactOptional(),
  cause: word.exactOptional(),
  uptimeSeconds: z.number().min(0).exactOptional(),
  version: word.exactOptional(),
});

const rebooting = z.object({ type: z.literal('rebooting'), seq, backInSeconds: z.int().min(1).max(1800) });

/** What goes to the watchtower, one JSON object a frame. */
export const frameSchema = z.discriminatedUnion('type', [beat, rebooting]);
export type Frame = z.output<typeof frameSchema>;

/** What comes from it: where to go on counting. */
export const welcomeSchema = z.object({ type: z.literal('welcome'), seq: z.int().min(0) });
