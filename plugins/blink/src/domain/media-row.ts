/** One recording, as a list of the cloud or a USB stick tells of it. */
export interface MediaRow {
  id: string;
  /** Blink's id of the camera. */
  device: string;
  network: string;
  /** Start of the recording, epoch ms by Blink's clock. */
  createdAt: number;
  isDeleted: boolean;
  /** What made it record: pir, cv_motion, liveview, button_press… */
  source: string;
  /** The word that stands for the source in the address of the recording. */
  pathWord?: string;
  /** What was seen, where the camera can tell: person, vehicle… */
  label?: string;
  media?: string;
  thumbnail?: string;
  /** Name and model of the camera, where the list tells. */
  cameraName?: string;
  cameraType?: string;
}

export type Meaning = 'motion' | 'press';

const motionWords: ReadonlySet<string> = new Set(['pir', 'cv_motion', 'usb']);
const pressWords: ReadonlySet<string> = new Set(['button_press']);
const otherWords: ReadonlySet<string> = new Set(['liveview', 'snapshot', 'thumbnail']);

export function isKnownSource(source: string): boolean {
  return motionWords.has(source) || pressWords.has(source) || otherWords.has(source);
}

/** What a recording means; undefined when it is no event: a live view, a snapshot, or one that was deleted. */
export function readMeaning({ isDeleted, source, pathWord }: MediaRow): Meaning | undefined {
  if (isDeleted) return undefined;
  // Source and address say the same; where they differ the harmless one is believed.
  const words = [source, ...(pathWord === undefined ? [] : [pathWord])];
  if (words.some((word) => otherWords.has(word))) return undefined;
  if (words.some((word) => pressWords.has(word))) return 'press';
  if (words.some((word) => motionWords.has(word))) return 'motion';
  // A source that is new to us is motion as long as the address names it too.
  return pathWord === undefined ? undefined : 'motion';
}
