import * as z from 'zod';

/** A payload as JSON where it is JSON, else as text; a bare word such as ON is text. */
export const payloadSchema = z.string().transform((text): unknown => {
  try {
    return JSON.parse(text) as unknown;
  } catch {
    return text;
  }
});
