import * as z from 'zod';

/** Longest frame or body, bytes. */
export const maxBeatBytes = 1024;

/** Shown on a page and in messages. */
const word = z.string().regex(/^[\w .:/()-]{1,32}$/);
const sequence = z.int().min(1);

/** What a home sends every 15 s. Unknown fields are ignored, so that senders may grow. */
const beat = z.object({
  type: z.literal('beat'),
  seq: sequence,
  state: word.exactOptional(),
  cause: word.exactOptional(),
  uptimeSeconds: z.number().min(0).exactOptional(),
  version: word.exactOptional(),
});

/** Sent before the router is switched off. */
const rebooting = z.object({ type: z.literal('rebooting'), seq: sequence, backInSeconds: z.number().min(1).max(1800) });

export const beatSchema = z.discriminatedUnion('type', [beat, rebooting]);
export type Beat = z.output<typeof beatSchema> | { type: 'alive' };

/** The beat of a frame or a body; undefined when it is none. `I am alive` is a beat without sequence. */
export function parseBeat(text: string): Beat | undefined {
  if (text.charCodeAt(0) !== 123) return text.trim().toLowerCase() === 'i am alive' ? { type: 'alive' } : undefined;
  try {
    return beatSchema.safeParse(JSON.parse(text)).data;
  } catch {
    return undefined;
  }
}
