import type { Parts } from '../assemble.ts';
import type { Memory } from './schema.ts';

/** What the service itself remembers. */
export interface Notes {
  /** The account that everything belongs to. */
  account?: string;
}

/** What of all parts must survive a restart. */
export function collectMemory({ follower, gate, recordings, roster, shown, watch }: Parts, notes: Notes): Memory {
  const { known } = recordings;
  return {
    ...notes,
    ...(known && { diff: { horizon: known.horizon, seen: [...known.seen] } }),
    cloudSeenAt: roster.cloudSeenAt,
    budget: gate.budget,
    ids: shown.ids,
    networks: roster.networks,
    cameras: roster.cameras,
    followed: follower.followed,
    ...(watch.mediaAnsweredAt !== undefined && { mediaAnsweredAt: watch.mediaAnsweredAt }),
  };
}

/** Gives every part what it knew before the restart. */
export function restoreMemory({ follower, gate, recordings, roster, shown, watch }: Parts, memory: Memory): Notes {
  if (memory.budget) gate.resume(memory.budget);
  recordings.restore(memory.diff);
  watch.mediaAnsweredAt = memory.mediaAnsweredAt;
  roster.cloudSeenAt = memory.cloudSeenAt;
  roster.restore(memory.networks, memory.cameras);
  shown.ids = { ...memory.ids, account: 'account' };
  shown.show(roster.networks, roster.chosen);
  follower.resume(memory.followed);
  return memory.account === undefined ? {} : { account: memory.account };
}
