import type { Beat } from './beat.ts';

/**
 * What was heard of a home, to be added to what is stored. Every time is the latest of its kind, so the signs that several
 * workers heard may be added in any order. Epoch milliseconds; 0 means never.
 */
export interface Signs {
  heardAt: number;
  /** The last beat that did not say `rebooting`. */
  normalAt: number;
  announcedAt: number;
  rebootUntil: number;
  sequence: number;
  /** The last beat without a sequence. */
  plainAt: number;
  /** Absent when nothing was said. */
  said: string | undefined;
}

/** Adds a beat in place, for this runs a thousand times a second; false for a sequence that was used before. */
export function hear(signs: Signs, beat: Beat, now: number): boolean {
  if (beat.type === 'alive') signs.plainAt = now;
  else if (beat.seq <= signs.sequence) return false;
  else signs.sequence = beat.seq;
  signs.heardAt = now;
  if (beat.type === 'rebooting') {
    signs.announcedAt = now;
    signs.rebootUntil = now + Math.round(beat.backInSeconds * 1000);
    signs.said = 'rebooting';
    return true;
  }
  const state = beat.type === 'beat' ? beat.state : undefined;
  if (state !== 'rebooting') signs.normalAt = now;
  if (state !== undefined) signs.said = describeState(state, beat.type === 'beat' ? beat.cause : undefined);
  return true;
}

function describeState(state: string, cause: string | undefined): string {
  return cause === undefined ? state : `${state} (${cause})`;
}
