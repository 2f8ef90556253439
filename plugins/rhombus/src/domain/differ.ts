import { readActivities, tellsMore, type Meaning } from './activity.ts';
import { familyOf, type Family, type Sighting } from './sighting.ts';

/** Something that has been seen. */
export interface Seen {
  id: string;
  /** Device and kind, to find the same happening under the id of another family. */
  key: string;
  at: number;
  /** When it ended, as far as it was known; for movements. */
  until: number;
  family: Family;
  label?: string;
  /** Families under whose ids it has been seen too. */
  twins: Family[];
}

export interface DifferSettings {
  labels: ReadonlySet<string>;
  /** Older at first sight than this, in ms: a fact for the record that is not shown as happening now. */
  freshMs: number;
  /** How long ids are remembered, in ms. */
  keepMs: number;
  /** Most ids that are remembered. */
  maxSeen: number;
}

export interface DifferState {
  /** By id, in the order of arrival. */
  seen: ReadonlyMap<string, Seen>;
}

export interface Happening {
  type: 'happened';
  sighting: Sighting;
  meaning: Meaning;
  /** Whether it is recent enough to be shown as happening now. */
  isFresh: boolean;
}

/** A known happening that goes on, or of which more is known. */
export interface Prolonging {
  type: 'prolonged';
  sighting: Sighting;
  /** What it has turned out to be, when that tells more. */
  label?: string;
}

export interface DifferStep {
  state: DifferState;
  effects: (Happening | Prolonging)[];
}

export const defaultDifferSettings: Omit<DifferSettings, 'labels'> = {
  freshMs: 120_000,
  keepMs: 48 * 3_600_000,
  maxSeen: 20_000,
};

/** Happenings of two families so near to each other are one, in ms. */
const pairMs = 3000;
/** Longer than this nothing is believed to last, in ms. */
const longestMs = 600_000;

/** Tells what is new from what another source has reported already. The same input again has no effects but prolonging. */
export function diffSighting(
  settings: DifferSettings,
  state: DifferState,
  sighting: Sighting,
  now: number,
): DifferStep {
  const meaning = readActivities(sighting.activities, settings.labels);
  const known = state.seen.get(sighting.id);
  if (known) return prolong(state, { known, sighting, meaning }, now);
  // An alert that means nothing yet may be told of again with its triggers.
  if (!meaning) return { state, effects: [] };
  const family = familyOf(sighting);
  const key = `${sighting.device} ${meaning.type}`;
  const until = sighting.at + Math.min(sighting.durationMs, longestMs);
  const twin = findTwin(state, { key, at: sighting.at, until, family });
  const seen = new Map(state.seen);
  if (twin) seen.set(twin.id, { ...twin, twins: [...twin.twins, family] });
  const twins = twin ? [twin.family, ...twin.twins] : [];
  const label = meaning.type === 'motion' ? { label: meaning.label } : {};
  seen.set(sighting.id, { id: sighting.id, key, at: sighting.at, until, family, twins, ...label });
  const isFresh = now - until <= settings.freshMs;
  const next = { seen: forget(seen, settings, now) };
  return { state: next, effects: twin ? [] : [{ type: 'happened', sighting, meaning, isFresh }] };
}

function prolong(
  state: DifferState,
  { known, sighting, meaning }: { known: Seen; sighting: Sighting; meaning: Meaning | undefined },
  now: number,
): DifferStep {
  const label = meaning?.type === 'motion' && tellsMore(meaning.label, known.label) ? meaning.label : undefined;
  const until = Math.max(known.until, sighting.at + Math.min(sighting.durationMs, longestMs));
  if (until <= now && label === undefined) return { state, effects: [] };
  const seen = new Map(state.seen).set(known.id, { ...known, until, ...(label !== undefined && { label }) });
  return { state: { seen }, effects: [{ type: 'prolonged', sighting, ...(label !== undefined && { label }) }] };
}

/** The nearest of another family that has no twin of this one yet. */
function findTwin(state: DifferState, one: Pick<Seen, 'key' | 'at' | 'until' | 'family'>): Seen | undefined {
  let nearest: Seen | undefined;
  let least = pairMs;
  for (const other of state.seen.values()) {
    if (other.family === one.family || other.key !== one.key || other.twins.includes(one.family)) continue;
    const distance = Math.max(0, distanceOf(one, other), distanceOf(other, one));
    if (distance > least || (nearest && distance === least)) continue;
    nearest = other;
    least = distance;
  }
  return nearest;
}

/** How long after the end of a movement something began; movements last, alerts count by their beginning. */
function distanceOf(first: Pick<Seen, 'at' | 'until' | 'family'>, second: Pick<Seen, 'at'>): number {
  return second.at - (first.family === 'movement' ? first.until : first.at);
}

function forget(seen: Map<string, Seen>, { keepMs, maxSeen }: DifferSettings, now: number): Map<string, Seen> {
  for (const [id, { at }] of seen) {
    if (seen.size <= maxSeen && at >= now - keepMs) break;
    seen.delete(id);
  }
  return seen;
}
