import type { Rules } from '../../src/domain/check.ts';
import type { Home } from '../../src/domain/home.ts';

export const t0 = 1_767_225_600_000;

export const rules: Rules = { everyMs: 15_000, reminderMs: 300_000 };

/** A home that was heard at `t0`, with any part replaced. */
export function buildHome(part: Partial<Home> = {}): Home {
  const heardAt = part.heardAt ?? t0;
  const id = part.id ?? 'seaside';
  return {
    id,
    name: id,
    graceMs: 60_000,
    channels: [],
    heardAt,
    normalAt: heardAt,
    announcedAt: 0,
    rebootUntil: 0,
    sequence: 0,
    said: '',
    countFrom: 0,
    downSince: 0,
    toldAt: 0,
    reminders: 0,
    ...part,
  };
}
