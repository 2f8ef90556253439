export type MotionLabel = 'motion' | 'person' | 'vehicle' | 'animal' | 'face' | 'plate' | 'occupancy';

/** What an activity of Rhombus means for a device. */
export type Meaning =
  | { type: 'motion'; label: MotionLabel }
  | { type: 'contact'; open: boolean }
  | { type: 'press' }
  | { type: 'tamper' }
  /** Nobody is there any more. */
  | { type: 'vacant' };

const exact: Readonly<Record<string, Meaning>> = {
  MOTION: { type: 'motion', label: 'motion' },
  MOTION_HUMAN: { type: 'motion', label: 'person' },
  MOTION_CAR: { type: 'motion', label: 'vehicle' },
  MOTION_ANIMAL: { type: 'motion', label: 'animal' },
  HUMAN_ENTER: { type: 'motion', label: 'person' },
  PERSON_DETECTED: { type: 'motion', label: 'person' },
  LOITERING: { type: 'motion', label: 'person' },
  CAR_ENTER: { type: 'motion', label: 'vehicle' },
  PIR_MOVEMENT: { type: 'motion', label: 'occupancy' },
  PIR_OCCUPIED: { type: 'motion', label: 'occupancy' },
  PIR_VACANT: { type: 'vacant' },
  DOOR_OPENED: { type: 'contact', open: true },
  DOOR_AJAR: { type: 'contact', open: true },
  DOOR_CLOSED: { type: 'contact', open: false },
  AC_DB_TRIGGERED: { type: 'press' },
  TAMPER: { type: 'tamper' },
  VISUAL_TAMPER: { type: 'tamper' },
  MOTION_TAMPER: { type: 'tamper' },
};

const families: readonly [prefix: RegExp, meaning: Meaning][] = [
  [/^FACE(_|$)/, { type: 'motion', label: 'face' }],
  [/^LICENSEPLATE(_|$)/, { type: 'motion', label: 'plate' }],
  [/^BUTTON_\w+_PRESSED$/, { type: 'press' }],
];

/** The meaning of one activity; undefined for those that are none of ours. */
export function readActivity(activity: string): Meaning | undefined {
  return Object.hasOwn(exact, activity) ? exact[activity] : families.find(([pattern]) => pattern.test(activity))?.[1];
}

const byDetail: readonly MotionLabel[] = ['person', 'face', 'vehicle', 'plate', 'animal', 'occupancy', 'motion'];

/** Whether the first label tells more than the second. */
export function tellsMore(label: string, than: string | undefined): boolean {
  const rank = (one: string | undefined): number => {
    const place = byDetail.findIndex((candidate) => candidate === one);
    return place < 0 ? byDetail.length : place;
  };
  return rank(label) < rank(than);
}

/** The most telling meaning of an alert: a person rather than any motion; motion rather than the rest. */
export function readActivities(activities: readonly string[], wanted: ReadonlySet<string>): Meaning | undefined {
  const meanings = activities.map(readActivity).filter((meaning) => meaning !== undefined);
  const seen = meanings.flatMap((meaning) => (meaning.type === 'motion' ? [meaning.label] : []));
  const label = byDetail.find((candidate) => seen.includes(candidate) && wanted.has(candidate));
  return label ? { type: 'motion', label } : meanings.find(({ type }) => type !== 'motion');
}
