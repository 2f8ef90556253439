import { readActivity } from './activity.ts';
import type { Sighting } from './sighting.ts';

/** One mark on a camera's timeline. */
export interface Mark {
  camera: string;
  /** Epoch ms. */
  at: number;
  activity: string;
}

/** A movement: marks of one camera that follow each other closely. */
export interface Movement {
  camera: string;
  /** Of the mark by which it was first known; its id does not change when an earlier one turns up. */
  id: string;
  from: number;
  to: number;
  activities: string[];
}

/** A pause so long between two marks ends a movement, in ms. */
const pauseMs = 10_000;
/** So long a finished movement is remembered, in ms: marks turn up late, and questions overlap. */
const keepMs = 3_600_000;

/** Puts marks together to movements; what is new or has grown is reported. */
export function foldMarks(
  known: readonly Movement[],
  marks: readonly Mark[],
): { movements: Movement[]; sightings: Sighting[] } {
  const latest = [...known.map(({ to }) => to), ...marks.map(({ at }) => at)].reduce((a, b) => Math.max(a, b), 0);
  const movements = known.filter(({ to }) => to >= latest - keepMs).map((one) => ({ ...one }));
  const changed = new Set<Movement>();
  for (const { camera, at, activity } of marks.toSorted((a, b) => a.at - b.at)) {
    if (readActivity(activity)?.type !== 'motion' || at < latest - keepMs) continue;
    const near = movements.find((one) => one.camera === camera && at >= one.from - pauseMs && at <= one.to + pauseMs);
    if (near && at >= near.from && at <= near.to && near.activities.includes(activity)) continue;
    const movement = near ?? { camera, id: `${camera}.${at}`, from: at, to: at, activities: [] };
    if (!near) movements.push(movement);
    movement.from = Math.min(movement.from, at);
    movement.to = Math.max(movement.to, at);
    if (!movement.activities.includes(activity)) movement.activities = [...movement.activities, activity];
    changed.add(movement);
  }
  return { movements, sightings: [...changed].map(toSighting) };
}

function toSighting({ camera, id, from, to, activities }: Movement): Sighting {
  return { id, device: camera, at: from, durationMs: to - from, activities, channel: 'timeline' };
}
