import { clipBase64 } from './clip-bytes.ts';
import { stillBase64 } from './still-bytes.ts';
import { streamBase64 } from './stream-bytes.ts';

const still = Buffer.from(stillBase64, 'base64');
const clip = Buffer.from(clipBase64, 'base64');

/** A JPEG of 320×180; `note` goes into its comment, so that two pictures with different notes differ in bytes. */
export function makeStill(note: string): Buffer {
  const text = Buffer.from(note);
  const comment = Buffer.alloc(4);
  comment.writeUInt16BE(0xfffe, 0);
  comment.writeUInt16BE(text.length + 2, 2);
  return Buffer.concat([still.subarray(0, 2), comment, text, still.subarray(2)]);
}

/** An MP4 of 5 s, H.264 with a silent AAC track; `note` goes into a `free` box at the end. */
export function makeClip(note: string): Buffer {
  const text = Buffer.from(note);
  const box = Buffer.alloc(8);
  box.writeUInt32BE(text.length + 8, 0);
  box.write('free', 4);
  return Buffer.concat([clip, box, text]);
}

/** Two seconds of MPEG-TS, H.264 without sound; whole packets of 188 bytes. */
export const streamPart = Buffer.from(streamBase64, 'base64');
