import { createHash, randomBytes } from 'node:crypto';

/**
 * A Rhombus identifier (22 characters of URL-safe base64) that is always the same for the same label.
 * `first` forces the first character, because real ones may begin with `-` or `_`.
 */
export function ruuid(label: string, first?: '-' | '_'): string {
  const bytes = createHash('sha256').update(label).digest().subarray(0, 16);
  if (first) bytes[0] = first === '-' ? 0xf8 : 0xfc;
  return bytes.toString('base64url');
}

/** A new identifier of the same form, for tokens and anything that must not be guessed. */
export function randomRuuid(): string {
  return randomBytes(16).toString('base64url');
}

/** The device's uuid without its facet (`UUID.v0` → `UUID`). */
export function withoutFacet(uuid: string): string {
  return uuid.replace(/\.[va]\d+$/, '');
}
