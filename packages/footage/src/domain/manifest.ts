import { timeSchema } from '@porchlight/core';
import * as z from 'zod';
import { parseJson } from './parse-json.ts';
import { type Gap, isPassing } from './recorded.ts';
import type { Span } from './spans.ts';

const second = timeSchema;
const gapSchema = z.object({
  start: second,
  end: second,
  reason: z.enum(['not-recorded', 'not-yet', 'offline', 'failed', 'wrong-time']),
});

const common = {
  v: z.literal(1),
  at: timeSchema,
  /** The film's name without its ending; a later line of the same name replaces an earlier one. */
  name: z.string().min(1).max(400),
};

const windowFields = {
  camera: z.object({ uuid: z.string(), name: z.string() }),
  alert: z.string().exactOptional(),
  start: second,
  end: second,
  gaps: z.array(gapSchema),
};

/** A film that is complete as a file, or is about to get its final name. */
const filmSchema = z.object({
  ...common,
  type: z.literal('film'),
  ...windowFields,
  file: z
    .string()
    .min(1)
    .max(255)
    .regex(/^[^/\\]+$/),
  bytes: z.int().min(0),
  sha256: z.string().regex(/^[0-9a-f]{64}$/),
  /** Seconds of footage in it. */
  footageSec: z.number().min(0),
  segments: z.int().min(0),
  /** Where its first picture belongs. */
  begin: second,
  /** `none`: there is no gateway; `absent`: it recorded nothing; `missing`: it did, but that is not in the film. */
  sound: z.enum(['none', 'absent', 'missing', 'partial', 'whole']),
  checked: z.enum(['decode', 'keyframes', 'structure']),
  /** What the camera's clock was off by. */
  clockOffsetMs: z.int().exactOptional(),
});

/** Of this window nothing could be copied. */
const absentSchema = z.object({ ...common, type: z.literal('absent'), ...windowFields });

/** A film that was deleted to make room; it is not copied again. */
const removedSchema = z.object({
  ...common,
  type: z.literal('removed'),
  reason: z.enum(['too old', 'too much', 'disk full']),
});

export const lineSchema = z.discriminatedUnion('type', [filmSchema, absentSchema, removedSchema]);
export type ManifestLine = z.output<typeof lineSchema>;
export type FilmLine = z.output<typeof filmSchema>;

/** The last line of every name. */
export type Manifest = ReadonlyMap<string, ManifestLine>;

/** Reads a manifest; a line that is none (a crash may cut the last one off) is counted and left out. */
export function readManifest(lines: readonly string[]): { manifest: Map<string, ManifestLine>; unreadable: number } {
  const manifest = new Map<string, ManifestLine>();
  let unreadable = 0;
  for (const line of lines) {
    const parsed = lineSchema.safeParse(parseJson(line));
    if (!parsed.success) unreadable += 1;
    else {
      // Deleted first, so that the order is that of the last lines.
      manifest.delete(parsed.data.name);
      manifest.set(parsed.data.name, parsed.data);
    }
  }
  return { manifest, unreadable };
}

export function writeLine(line: ManifestLine): string {
  return JSON.stringify(lineSchema.encode(line));
}

/** What the list says is missing of a window, in seconds. */
export function gapsOf({ gaps }: Pick<FilmLine, 'gaps'>): Gap[] {
  return gaps.map(({ start, end, reason }) => ({ startSec: start / 1000, endSec: end / 1000, reason }));
}

/** What is to be done about a window that the manifest may know. `add-sound`: only its sound is missing. */
export function judgeKnown(
  line: ManifestLine | undefined,
  { window, isOnDisk, canHaveSound }: { window: Span; isOnDisk: boolean; canHaveSound: boolean },
): 'copy' | 'add-sound' | 'done' {
  if (!line) return 'copy';
  if (line.type === 'removed') return 'done';
  const isCovered = line.start <= window.startSec * 1000 && line.end >= window.endSec * 1000;
  if (!isCovered || line.gaps.some(isPassing)) return 'copy';
  if (line.type === 'absent') return 'done';
  if (!isOnDisk) return 'copy';
  return line.sound === 'missing' && canHaveSound ? 'add-sound' : 'done';
}

/**
 * Whether a stored segment is of no use any more: a finished film holds its time, and none that may still be completed
 * does. Sound has no line of its own, so a device that is no listed camera is judged by all films of that time.
 */
export function isLeftOver(manifest: Manifest, device: string, segment: Span): boolean {
  const windows = [...manifest.values()].filter((line) => line.type !== 'removed');
  const isCamera = windows.some(({ camera }) => camera.uuid === device);
  // Segments may reach a second beyond the window of their film.
  const near = windows.filter(
    ({ camera, start, end }) =>
      (!isCamera || camera.uuid === device) &&
      start <= (segment.startSec + 1) * 1000 &&
      end >= (segment.endSec - 1) * 1000,
  );
  return near.length > 0 && !near.some((line) => isUnfinished(line));
}

function isUnfinished(line: ManifestLine): boolean {
  if (line.type === 'removed') return false;
  return line.gaps.some(isPassing) || (line.type === 'film' && line.sound === 'missing');
}
