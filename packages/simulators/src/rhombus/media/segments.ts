import type { Fragment } from './fmp4.ts';
import { freeBox, restamp, rhomBox } from './fmp4.ts';
import type { MediaLibrary } from './library.ts';
import { opusPackets, silentPacket, webmCluster } from './webm.ts';

/** The part of a device's timeline that one segment holds. */
export interface SegmentPlan {
  /** Names the device in the bytes, so that footage of two devices never is the same. */
  facet: string;
  startSec: number;
  /** 1 or 2. */
  seconds: number;
  /** Whether a second is there; absent ones are shown as the placeholder picture, or as silence. */
  isHeld: (second: number) => boolean;
  /** Added to the time stamps inside the segment, not to the picture. */
  skewMs: number;
  /** The decode time of the film counts from this epoch second; 0 makes equal seconds equal bytes in every window. */
  originSec: number;
}

/** A video segment as a list of buffers: time stamp, owner, then one fragment per second. */
export function videoSegment({ film }: MediaLibrary, plan: SegmentPlan): Buffer[] {
  const head = [rhomBox(plan.startSec * 1000 + plan.skewMs), freeBox(Buffer.from(plan.facet))];
  return [...head, ...secondsOf(plan).flatMap((second) => stamped(film, second, plan))];
}

function stamped(film: MediaLibrary['film'], second: number, plan: SegmentPlan): Buffer[] {
  const source: Fragment = (plan.isHeld(second) && film.seconds[second % film.seconds.length]) || film.placeholder;
  return restamp(source, second, BigInt(second - plan.originSec) * BigInt(film.timescale));
}

/** The sound of the same timeline as a WebM cluster, or as bare Opus packets. */
export function soundSegment({ sound }: MediaLibrary, plan: SegmentPlan, form: 'webm' | 'packets'): Buffer {
  const startAt = (plan.startSec - plan.originSec) * 1000 + plan.skewMs;
  const packets = secondsOf(plan).flatMap((second) => {
    const from = (second * 50) % sound.packets.length;
    const held = sound.packets.slice(from, from + 50);
    return plan.isHeld(second) ? held : held.map(() => silentPacket);
  });
  return form === 'webm' ? webmCluster(startAt, packets) : opusPackets(startAt, packets);
}

function secondsOf({ startSec, seconds }: SegmentPlan): number[] {
  return Array.from({ length: seconds }, (_, index) => startSec + index);
}
