import * as z from 'zod';

/** A moment: epoch milliseconds inside, ISO 8601 on the wire (any offset is read, UTC is written). */
export const timeSchema = z.codec(z.iso.datetime({ offset: true }), z.number(), {
  decode: (text) => Date.parse(text),
  encode: (at) => toIso(at),
});

/** Epoch milliseconds as ISO 8601 UTC. */
export function toIso(at: number): string {
  return new Date(at).toISOString();
}

/** A duration for people: `45 s`, `12 min`, `3 h 5 min`, `2 d 4 h`. Milliseconds, not negative. */
export function formatDuration(ms: number): string {
  const seconds = Math.round(ms / 1000);
  if (seconds < 90) return `${seconds} s`;
  const minutes = Math.round(seconds / 60);
  if (minutes < 90) return `${minutes} min`;
  const hours = Math.floor(minutes / 60);
  if (hours < 48) return joinUnits(hours, 'h', minutes % 60, 'min');
  return joinUnits(Math.floor(hours / 24), 'd', hours % 24, 'h');
}

function joinUnits(large: number, largeUnit: string, small: number, smallUnit: string): string {
  return small === 0 ? `${large} ${largeUnit}` : `${large} ${largeUnit} ${small} ${smallUnit}`;
}
