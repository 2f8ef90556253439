/** A film on the disk. */
export interface StoredFile {
  name: string;
  bytes: number;
  /** Epoch ms. */
  at: number;
}

/** The files that have to go, oldest first: those that are too old, then as many as are too much. */
export function findSurplus(
  files: readonly StoredFile[],
  { keepMs, maxBytes }: { keepMs: number; maxBytes: number },
  now: number,
): StoredFile[] {
  const byAge = files.toSorted((a, b) => a.at - b.at);
  let bytes = byAge.reduce((sum, file) => sum + file.bytes, 0);
  return byAge.filter((file) => {
    if (now - file.at <= keepMs && bytes <= maxBytes) return false;
    bytes -= file.bytes;
    return true;
  });
}

/**
 * A name for a film that sorts by time and says what it shows: `2026-01-31 18-05-09 Front Door motion 7001.mp4`.
 * `stamp` is ISO 8601 in UTC.
 */
export function clipName(stamp: string, camera: string, { what, id }: { what: string; id: string }): string {
  const time = `${stamp.slice(0, 10)} ${stamp.slice(11, 19).replaceAll(':', '-')}`;
  const clean = (text: string): string =>
    text
      .normalize('NFC')
      .replaceAll(/[^\p{L}\p{N} ._-]+/gu, ' ')
      .replaceAll(/\s+/g, ' ')
      .replaceAll(/^[ .]+|[ .]+$/g, '')
      .slice(0, 60);
  return [time, clean(camera) || 'camera', clean(what), clean(id)].filter(Boolean).join(' ') + '.mp4';
}
