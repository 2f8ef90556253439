import type { Alert, HomeLabel } from './alert.ts';
import { rebootUntil, silenceMs, type Home } from './home.ts';

/** What the watchtower remembers of itself. Epoch milliseconds; 0 means never. */
export interface Tower {
  checkedAt: number;
  /** Since when nobody at all was heard, while people have been told so. */
  isolatedSince: number;
}

export interface Rules {
  /** Time between two checks, milliseconds. */
  everyMs: number;
  /** Least time between two messages about one silence, milliseconds. */
  reminderMs: number;
}

export interface Outcome {
  tower: Tower;
  /** Homes that are other than before. */
  changed: Home[];
  alerts: Alert[];
}

/** A check later than this after its time means that the watchtower slept or was not running, milliseconds. */
const slackMs = 10_000;
/** Senders try again within this time at the latest, so silence is not counted before, milliseconds. */
export const settleMs = 60_000;
/** Homes that fell silent within this span fell silent in the same seconds: one interval of beats and some jitter. */
const sameSecondsMs = 20_000;
/** Nobody heard for this long, although each home beats every 15 s, milliseconds. */
const nobodyMs = 25_000;

/** Looks at all homes: who fell silent, who came back, whom to remind of, and whether the trouble is the watchtower's own. */
export function checkHomes(before: Tower, homes: readonly Home[], { now, ...rules }: Rules & { now: number }): Outcome {
  const lapse = now - before.checkedAt;
  const isFresh = lapse > rules.everyMs + slackMs || lapse < 0;
  const current = isFresh ? homes.map((home) => startAfresh(home, now)) : homes.map((home) => cutFuture(home, now));
  const seen = judgeTower(before, current, now);
  const tower: Tower = { checkedAt: now, isolatedSince: seen.isolatedSince };
  const alerts: Alert[] = [...seen.alerts];
  const changed: Home[] = [];
  current.forEach((home, index) => {
    const settled = seen.hasRejoined ? { ...home, countFrom: now + settleMs } : home;
    const step = tower.isolatedSince > 0 ? { home: settled } : judgeHome(settled, now, rules.reminderMs);
    if (step.alert) alerts.push(step.alert);
    if (step.home !== homes[index]) changed.push(step.home);
  });
  return { tower, changed, alerts };
}

/** Nobody is blamed for time in which the watchtower did not look. */
function startAfresh(home: Home, now: number): Home {
  return { ...cutFuture(home, now), countFrom: now + settleMs };
}

/** Times that a clock set back made future are cut; it may have been ahead for less than the time between two checks. */
function cutFuture(home: Home, now: number): Home {
  const { heardAt, normalAt, announcedAt, downSince, toldAt } = home;
  if (Math.max(heardAt, normalAt, announcedAt, downSince, toldAt) <= now) return home;
  const cut = (at: number): number => Math.min(at, now);
  return {
    ...home,
    heardAt: cut(heardAt),
    normalAt: cut(normalAt),
    announcedAt: cut(announcedAt),
    rebootUntil: announcedAt > now ? now : home.rebootUntil,
    downSince: cut(downSince),
    toldAt: cut(toldAt),
  };
}

function judgeTower(
  before: Tower,
  homes: readonly Home[],
  now: number,
): { isolatedSince: number; alerts: Alert[]; hasRejoined?: true } {
  const { isolatedSince } = before;
  if (isolatedSince > 0) {
    const isHeard = homes.some(({ heardAt }) => heardAt > isolatedSince);
    if (!isHeard) return { isolatedSince: Math.min(isolatedSince, now), alerts: [] };
    const isolatedMs = Math.max(0, now - isolatedSince);
    return { isolatedSince: 0, alerts: [{ kind: 'rejoined', since: isolatedSince, isolatedMs }], hasRejoined: true };
  }
  const isWatched = (home: Home): boolean => home.heardAt > 0 && home.downSince === 0 && rebootUntil(home) <= now;
  if (!homes.some((home) => isDue(home, now) && isWatched(home))) return { isolatedSince: 0, alerts: [] };
  const watched = homes.filter(isWatched);
  if (watched.length < 2) return { isolatedSince: 0, alerts: [] };
  const lastSigns = watched.map(({ heardAt, countFrom }) => Math.max(heardAt, countFrom));
  const newest = lastSigns.reduce((a, b) => Math.max(a, b));
  const oldest = lastSigns.reduce((a, b) => Math.min(a, b));
  if (now - newest < nobodyMs || newest - oldest > sameSecondsMs) return { isolatedSince: 0, alerts: [] };
  return { isolatedSince: newest, alerts: [{ kind: 'isolated', since: newest, homes: watched.length }] };
}

function isDue(home: Home, now: number): boolean {
  return home.heardAt > 0 && silenceMs(home, now) >= home.graceMs;
}

function judgeHome(home: Home, now: number, reminderMs: number): { home: Home; alert?: Alert } {
  if (home.downSince === 0) {
    if (!isDue(home, now)) return { home };
    const since = Math.min(now, home.heardAt);
    const alert: Alert = { kind: 'down', home: toLabel(home), since, silentMs: now - since };
    return { home: { ...home, downSince: since, toldAt: now, reminders: 0 }, alert };
  }
  if (home.heardAt > home.downSince) {
    const { downSince: since } = home;
    const alert: Alert = { kind: 'recovered', home: toLabel(home), since, downMs: home.heardAt - since };
    return { home: { ...home, downSince: 0, toldAt: 0, reminders: 0 }, alert };
  }
  if (now - home.toldAt < reminderMs) return { home };
  const { downSince: since, reminders } = home;
  const alert: Alert = { kind: 'reminder', home: toLabel(home), since, silentMs: now - since, count: reminders + 1 };
  return { home: { ...home, toldAt: now, reminders: reminders + 1 }, alert };
}

function toLabel({ id, name, channels, said }: Home): HomeLabel {
  return { id, name, channels, said };
}
