import { foldMarks, type Movement } from '../../domain/movements.ts';
import type { Sighting } from '../../domain/sighting.ts';
import type { Cloud } from '../../ports.ts';

/** Marks appear on the timeline with a delay; so much is asked for again, in ms. */
const overlapMs = 120_000;
/** Nothing older is asked for after a pause, in ms. */
const longestMs = 3_600_000;

/** Asks for the marks on all timelines since the last time, and tells of movements. */
export class MarkQuestion {
  readonly #cloud: Cloud;
  movements: Movement[] = [];
  /** Up to when marks have been asked for, epoch ms by the clock of Rhombus. */
  marksTo: number | undefined;

  constructor(cloud: Cloud) {
    this.#cloud = cloud;
  }

  async ask(cameras: readonly string[], now: number): Promise<Sighting[]> {
    if (cameras.length === 0) return [];
    const from = Math.max(Math.min(this.marksTo ?? now, now) - overlapMs, now - longestMs);
    const marks = await this.#cloud.marks(cameras, from, now);
    const { movements, sightings } = foldMarks(this.movements, marks);
    this.movements = movements;
    this.marksTo = now;
    return sightings.toSorted((a, b) => a.at - b.at);
  }
}
