import type { Commands } from './commands.ts';
import type { LiveViews } from './live-views.ts';
import type { Quirks } from './quirks.ts';
import type { Storage } from './storage.ts';
import { type Account, type BlinkCamera, type MediaCause, stamp } from './state.ts';

/** What the REST host works on. */
export interface Cloud {
  account: Account;
  commands: Commands;
  liveViews: LiveViews;
  storage: Storage;
  quirks: Quirks;
  /** Keeps a clip that somebody ordered, recorded from `startedAt` (epoch ms) until now. */
  keepClip(camera: BlinkCamera, source: MediaCause, startedAt: number): void;
  /** Ends all tokens. */
  signOut(): void;
  /** Epoch ms. */
  now: () => number;
}

/** A time as this cloud writes it. */
export function writeTime({ quirks }: Cloud, atMs: number): string {
  if (quirks.times === 'offset') return stamp(atMs);
  const iso = new Date(atMs).toISOString();
  return quirks.times === 'zulu' ? iso.replace(/\.\d+Z$/, 'Z') : iso.replace('Z', '+00:00');
}
