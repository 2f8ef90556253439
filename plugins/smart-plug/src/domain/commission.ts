import { holdsTimer, type Grade } from './grade.ts';

/** What was seen while the test ran. */
export interface Observations {
  grade: Grade;
  /** Off at half time, off a moment before its time, on after it without a word from us. */
  wentOff: boolean;
  stayedOff: boolean;
  cameBack: boolean;
  /** On after we said so; only tried when it did not come back. */
  wasBroughtBack?: boolean;
}

export type Verdict = { passed: true; text: string } | { passed: false; text: string };

/** What the test has shown, in a sentence for its owner. */
export function judge({ grade, wentOff, stayedOff, cameBack, wasBroughtBack }: Observations): Verdict {
  if (!wentOff) return { passed: false, text: 'It did not go off. Is this the right plug?' };
  if (holdsTimer(grade)) {
    if (cameBack && stayedOff) return { passed: true, text: 'It came back by itself: its own timer works.' };
    if (cameBack) return { passed: false, text: 'It came back before its time: something else switches it on.' };
    const now = wasBroughtBack ? 'It is on again, because it was told to.' : 'It is still off: switch it on by hand!';
    return { passed: false, text: `It did not come back by itself; do not trust it with a router. ${now}` };
  }
  if (cameBack) return { passed: false, text: 'It came back before it was told to: something else switches it on.' };
  if (!wasBroughtBack) return { passed: false, text: 'It did not come back on. Switch it on by hand!' };
  const risk = grade === 'D' ? ' Over a network that it feeds itself this cannot work.' : '';
  return { passed: true, text: `It obeys, but comes back only while this machine runs and reaches it.${risk}` };
}

/** The moments at which the plug is looked at, milliseconds after it went off. */
export function planLooks(offMs: number): { halfMs: number; lateMs: number; afterMs: number } {
  return { halfMs: offMs / 2, lateMs: Math.max(offMs / 2, offMs - 1500), afterMs: offMs + 2500 };
}
