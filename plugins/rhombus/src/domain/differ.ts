import { readActivities, type Meaning } from './activity.ts';
import type { Sighting } from './sighting.ts';

/** Something that has been seen: an alert, or a mark on the timeline. */
export interface Seen {
  id: string;
  /** Device and kind, to find the same movement under another id. */
  key: string;
  at: number;
  isMark: boolean;
  /** It has been taken for the same movement as one of the other kind. */
  isPaired: boolean;
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

/** A known alert that has become longer. */
export interface Prolonging {
  type: 'prolonged';
  sighting: Sighting;
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

/** An alert and a mark on the timeline so near to each other are one movement, in ms. */
const pairMs = 3000;

/** Tells what is new from what another source has reported already. The same input again has no effects but prolonging. */
export function diffSighting(
  settings: DifferSettings,
  state: DifferState,
  sighting: Sighting,
  now: number,
): DifferStep {
  if (state.seen.has(sighting.id)) {
    const isCurrent = sighting.at + sighting.durationMs > now;
    return { state, effects: isCurrent ? [{ type: 'prolonged', sighting }] : [] };
  }
  const meaning = readActivities(sighting.activities, settings.labels);
  // An alert that means nothing yet may be told of again with its triggers.
  if (!meaning) return { state, effects: [] };
  const isMark = sighting.channel === 'timeline';
  const key = `${sighting.device} ${meaning.type === 'motion' ? meaning.label : meaning.type}`;
  const twin = findTwin(state, { key, at: sighting.at, isMark });
  const seen = new Map(state.seen);
  if (twin) seen.set(twin.id, { ...twin, isPaired: true });
  seen.set(sighting.id, { id: sighting.id, key, at: sighting.at, isMark, isPaired: twin !== undefined });
  const isFresh = now - (sighting.at + sighting.durationMs) <= settings.freshMs;
  const next = { seen: forget(seen, settings, now) };
  return { state: next, effects: twin ? [] : [{ type: 'happened', sighting, meaning, isFresh }] };
}

/** The nearest of the other kind that has no twin yet. */
function findTwin(state: DifferState, one: Pick<Seen, 'key' | 'at' | 'isMark'>): Seen | undefined {
  let nearest: Seen | undefined;
  for (const other of state.seen.values()) {
    if (other.isMark === one.isMark || other.isPaired || other.key !== one.key) continue;
    const distance = Math.abs(other.at - one.at);
    if (distance <= pairMs && (!nearest || distance < Math.abs(nearest.at - one.at))) nearest = other;
  }
  return nearest;
}

function forget(seen: Map<string, Seen>, { keepMs, maxSeen }: DifferSettings, now: number): Map<string, Seen> {
  for (const [id, { at }] of seen) {
    if (seen.size <= maxSeen && at >= now - keepMs) break;
    seen.delete(id);
  }
  return seen;
}
