/** Letters and digits of a text, everything else left out: what Python's `str.isalnum` lets pass. May become empty. */
export function safeName(text: string): string {
  return [...text].filter((letter) => /^[\p{L}\p{N}]$/u.test(letter)).join('');
}

/** What a film's name is made of. */
export type FilmNaming =
  | { mode: 'manual'; cameraName: string; cameraUuid: string; startSec: number }
  | {
      mode: 'alert';
      cameraName: string;
      cameraUuid: string;
      /** Begin of the window as `YYYYMMDD_HHMMSS` in the machine's time zone. */
      stamp: string;
      alertType: string;
      alertUuid: string;
    };

/** The film's file name as the original copy script forms it, without or with sound. */
export function filmName(naming: FilmNaming, hasSound: boolean): string {
  return `${filmStem(naming)}_${hasSound ? soundEnding[naming.mode] : 'video'}.mp4`;
}

const soundEnding = { manual: 'videoWithAudio', alert: 'combined' } as const;

/** The name without its ending: what a film is remembered by. */
export function filmStem(naming: FilmNaming): string {
  const head = `${safeName(naming.cameraName)}_${naming.cameraUuid}`;
  if (naming.mode === 'manual') return `${head}_${naming.startSec}`;
  return `${head}_${naming.stamp}_alert_${safeName(naming.alertType)}_${safeName(naming.alertUuid)}`;
}
