import type { Network } from './link.ts';
import type { RateLimit } from './rate-limit.ts';

/** Switches of the organisation's behaviour, where the real service varies or is not known. May be changed at run time. */
export interface Settings {
  /** Alerts in the shape that the original copy script reads (`alerts`, `alertId`…); filters may then be strings. @default false */
  legacyAlerts: boolean;
  /** Whether `beforeTimestampMs` and `afterTimestampMs` include the very ms. @default 'exclusive' */
  alertEdges: 'inclusive' | 'exclusive';
  /** What a LAN device answers to a part of a window whose manifest was not asked for before. @default 404 */
  partsBeforeManifest: 'served' | 404 | 400;
  /** The last segment of a window with an odd number of seconds. @default 'short' */
  oddSecond: 'short' | 'full' | 'absent';
  /** Number of the first segment by route. @default {lan: 0, wan: 1} */
  startNumber: { lan: number; wan: number };
  /** `absolute`: equal seconds are equal bytes in every window; `window`: decode times begin at 0. @default 'absolute' */
  decodeTime: 'absolute' | 'window';
  /** What a media host answers to segments that lie in the future. @default 'placeholder' */
  beyondNow: 'placeholder' | 404;
  /** Ways of presenting a token that media hosts do not know (`header`, `query`, `cookie:RSESSIONID`…). @default none */
  refusedPresentations: Set<string>;
  /** Of all calls of the organisation together; undefined for no limit. @default {perSecond: 50, burst: 500} */
  rateLimit: RateLimit | undefined;
  network: { lan: Network; wan: Network };
}

/** The documented behaviour, with the harder choice wherever it is not documented. */
export function defaultSettings(): Settings {
  return {
    legacyAlerts: false,
    alertEdges: 'exclusive',
    partsBeforeManifest: 404,
    oddSecond: 'short',
    startNumber: { lan: 0, wan: 1 },
    decodeTime: 'absolute',
    beyondNow: 'placeholder',
    refusedPresentations: new Set(),
    rateLimit: { perSecond: 50, burst: 500 },
    network: { lan: {}, wan: {} },
  };
}
