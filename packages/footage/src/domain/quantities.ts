const durationUnits: Readonly<Record<string, number>> = { s: 1, m: 60, min: 60, h: 3600, d: 86_400, w: 604_800 };
const byteUnits: Readonly<Record<string, number>> = { '': 1, k: 1e3, m: 1e6, g: 1e9, t: 1e12 };

/** Last second of the year 9999; what lies beyond is most likely a time in milliseconds. */
export const latestSec = 253_402_300_799;

/** A whole number as Python reads one (`+5`, `1_000`, spaces around); undefined when it is none. */
export function readInteger(text: string): number | undefined {
  const digits = text.trim();
  return /^[+-]?\d+(_\d+)*$/.test(digits) ? Number(digits.replaceAll('_', '')) : undefined;
}

/** Seconds of `90`, `90s`, `15min`, `4h`, `1h30m`, `2d`; undefined when it is no duration. */
export function readDuration(text: string): number | undefined {
  const plain = readInteger(text);
  if (plain !== undefined) return plain;
  const compact = text.replaceAll(' ', '').toLowerCase();
  if (!/^(\d+(\.\d+)?(s|m|min|h|d|w))+$/.test(compact)) return undefined;
  let seconds = 0;
  for (const [, amount, unit] of compact.matchAll(/(\d+(?:\.\d+)?)(min|[smhdw])/g)) {
    seconds += Number(amount) * (durationUnits[unit ?? ''] ?? Number.NaN);
  }
  return Number.isSafeInteger(Math.round(seconds)) ? Math.round(seconds) : undefined;
}

/** Bytes of `5000`, `500M`, `1.5 GB`, `2T` (powers of ten); undefined when it is no size. */
export function readBytes(text: string): number | undefined {
  const [, amount, unit = ''] = /^\s*(\d+(?:\.\d+)?)\s*([kmgt]?)b?\s*$/i.exec(text) ?? [];
  if (amount === undefined) return undefined;
  const bytes = Math.round(Number(amount) * (byteUnits[unit.toLowerCase()] ?? Number.NaN));
  return Number.isSafeInteger(bytes) ? bytes : undefined;
}

/**
 * A moment as epoch seconds: epoch seconds, a duration ago (`4h`), or what `readDate` makes of the text (ISO 8601).
 * Undefined when it is none of them.
 */
export function readMoment(
  text: string,
  parts: { nowSec: number; readDate: (text: string) => number | undefined },
): number | undefined {
  const plain = readInteger(text);
  if (plain !== undefined) return plain;
  const ago = readDuration(text.replace(/\s*ago\s*$/i, ''));
  return ago === undefined ? parts.readDate(text.trim()) : parts.nowSec - ago;
}
