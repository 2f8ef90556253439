import type { Clock } from './clock.ts';
import { formatDuration } from './time.ts';

/**
 * error: the owner must act. warn: we help ourselves. info: what an owner wants to read in a month. debug: the rest.
 */
export interface Log {
  error(message: string): void;
  warn(message: string): void;
  info(message: string): void;
  debug(message: string): void;
}

export const silentLog: Log = { error() {}, warn() {}, info() {}, debug() {} };

/** A log whose lines begin with a name, and whose values pass through `redact` first. */
export function prefixLog(log: Log, prefix: string, redact: (text: string) => string = (text) => text): Log {
  const line = (message: string): string => redact(prefix ? `${prefix}: ${message}` : message);
  return {
    error: (message) => log.error(line(message)),
    warn: (message) => log.warn(line(message)),
    info: (message) => log.info(line(message)),
    debug: (message) => log.debug(line(message)),
  };
}

/** Different words that one trouble may find before it ends. */
const maxWords = 20;

/** Says a trouble once when it begins (and when its words are new), and once, with its duration, when it ends. */
export interface TroubleLog {
  begin(key: string, message: string): void;
  end(key: string, message: string): void;
}

export function createTroubleLog(log: Log, clock: Clock): TroubleLog {
  const troubles = new Map<string, { said: Set<string>; since: number }>();
  return {
    begin(key, message) {
      const trouble = troubles.get(key) ?? { said: new Set<string>(), since: clock.monotonic() };
      troubles.set(key, trouble);
      if (trouble.said.has(message) || trouble.said.size >= maxWords) return log.debug(message);
      trouble.said.add(message);
      log.warn(message);
    },
    end(key, message) {
      const known = troubles.get(key);
      if (!known) return;
      troubles.delete(key);
      log.info(`${message} (after ${formatDuration(clock.monotonic() - known.since)})`);
    },
  };
}

/** Kinds of lines that are told apart in one period; a flood of invented ones is one line more. */
const maxKeys = 20;

/** Lets one line per key through in each period, and says how many it kept back. */
export function createRateLimitedLog(log: Log, clock: Clock, periodMs: number): (key: string, message: string) => void {
  const entries = new Map<string, { since: number; held: number }>();
  return (key, message) => {
    const now = clock.monotonic();
    const entry = entries.get(key);
    if (entry && now - entry.since < periodMs) {
      entry.held += 1;
      return;
    }
    entries.delete(key);
    for (const [other, { since, held }] of entries) if (now - since >= periodMs && held === 0) entries.delete(other);
    if (entries.size >= maxKeys) {
      const [oldest = '', { since } = { since: now }] = entries.entries().next().value ?? [];
      if (now - since < periodMs) return;
      entries.delete(oldest);
    }
    entries.set(key, { since: now, held: 0 });
    const isLast = entries.size === maxKeys;
    const more = entry && entry.held > 0 ? ` (and ${entry.held} more like it)` : '';
    log.warn(`${message}${more}${isLast ? ' Others of many kinds are not shown for a while.' : ''}`);
  };
}
