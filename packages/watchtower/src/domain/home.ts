/** What is known of one home. Times are epoch milliseconds of the watchtower's clock; 0 means never. */
export interface Home {
  readonly id: string;
  readonly name: string;
  /** Silence of this length means that the home is down, milliseconds. */
  readonly graceMs: number;
  /** Names of the channels to tell; none means all. */
  readonly channels: readonly string[];
  readonly heardAt: number;
  /** The last beat that did not say `rebooting`. */
  readonly normalAt: number;
  readonly announcedAt: number;
  /** Until when the announced reboot may take. */
  readonly rebootUntil: number;
  /** The last sequence accepted. */
  readonly sequence: number;
  /** What the home said of itself last, as `online` or `offline (wan-down)`. */
  readonly said: string;
  /** Silence before this is not the home's: the watchtower started, slept or had no network. */
  readonly countFrom: number;
  /** When the silence began that people were told of. */
  readonly downSince: number;
  /** When people were last told of this silence. */
  readonly toldAt: number;
  readonly reminders: number;
}

export type HomeStatus = 'unknown' | 'up' | 'late' | 'down' | 'rebooting';

/** Two beats and a little: a home silent for longer is shown as late, milliseconds. */
export const lateMs = 35_000;

/** Beats that still get out while the plug switches do not end an announcement, milliseconds. */
const lingerMs = 5_000;

/** Until when the home may be silent because it announced a reboot; 0 when it did not, or came back since. */
export function rebootUntil({ normalAt, announcedAt, rebootUntil: until }: Home): number {
  return normalAt >= announcedAt + lingerMs ? 0 : until;
}

/** How long the home has been silent for no known reason, milliseconds. */
export function silenceMs(home: Home, now: number): number {
  return Math.max(0, now - Math.max(home.heardAt, home.countFrom, rebootUntil(home)));
}

/** How a home is at `now`, as people see it. */
export function statusOf(home: Home, now: number): HomeStatus {
  if (home.heardAt === 0) return 'unknown';
  if (home.downSince > 0) return 'down';
  if (rebootUntil(home) > now) return 'rebooting';
  return silenceMs(home, now) > lateMs ? 'late' : 'up';
}

/** How many homes are how at `now`. */
export function countByStatus(homes: readonly Home[], now: number): Record<HomeStatus, number> {
  const counts = { unknown: 0, up: 0, late: 0, down: 0, rebooting: 0 };
  for (const home of homes) counts[statusOf(home, now)] += 1;
  return counts;
}
