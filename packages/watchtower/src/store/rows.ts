import type { Tower } from '../domain/check.ts';
import type { StoredHome, WaitingMessage } from './store.ts';

/**
 * Rows as both databases give them: their tables are typed, so nothing else can stand there. Read for every home at every
 * check, which a schema would make ten times as dear.
 */
export interface HomeRow {
  id: string;
  name: string;
  token_hash: string;
  grace_ms: number;
  channels: string;
  heard_at: number;
  normal_at: number;
  announced_at: number;
  reboot_until: number;
  sequence: number;
  said: string;
  count_from: number;
  down_since: number;
  told_at: number;
  reminders: number;
}

export interface TowerRow {
  checked_at: number;
  isolated_since: number;
}

export interface MessageRow extends Omit<WaitingMessage, 'createdAt'> {
  created_at: number;
}

export function toTower(row: TowerRow): Tower {
  return { checkedAt: row.checked_at, isolatedSince: row.isolated_since };
}

export function toMessage({ created_at: createdAt, ...row }: MessageRow): WaitingMessage {
  return { ...row, createdAt };
}

const allChannels: readonly string[] = [];

export function toHome(row: HomeRow): StoredHome {
  return {
    id: row.id,
    name: row.name,
    tokenHash: row.token_hash,
    graceMs: row.grace_ms,
    channels: row.channels === '[]' ? allChannels : (JSON.parse(row.channels) as string[]),
    heardAt: row.heard_at,
    normalAt: row.normal_at,
    announcedAt: row.announced_at,
    rebootUntil: row.reboot_until,
    sequence: row.sequence,
    said: row.said,
    countFrom: row.count_from,
    downSince: row.down_since,
    toldAt: row.told_at,
    reminders: row.reminders,
  };
}

/** What a check may change of a home, by column. */
export function toJudgedColumns(home: Omit<StoredHome, 'tokenHash'>): Record<string, number | string> {
  return {
    id: home.id,
    heard_at: home.heardAt,
    normal_at: home.normalAt,
    announced_at: home.announcedAt,
    reboot_until: home.rebootUntil,
    count_from: home.countFrom,
    down_since: home.downSince,
    told_at: home.toldAt,
    reminders: home.reminders,
  };
}
