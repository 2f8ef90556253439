import { checkStamp } from '../../domain/stamp-check.ts';
import { PartError } from '../../errors.ts';
import { BoxWalker } from './box-walker.ts';
import { readStamp } from './fmp4.ts';
import { WebmWalker } from './webm-walker.ts';

/** What a segment told of itself. */
export interface SegmentFacts {
  /** Epoch ms at which it says it begins. */
  stampMs?: number;
}

/** Looks at a segment as it passes by; throws a PartError as soon as it cannot be what was asked for. */
export interface SegmentCheck {
  push(piece: Buffer): void;
  end(): SegmentFacts;
}

interface Asked {
  kind: 'camera' | 'gateway';
  startSec: number;
  /** What the device's clock was off by in earlier segments. */
  offsetMs: number | undefined;
}

export function createSegmentCheck({ kind, startSec, offsetMs }: Asked): SegmentCheck {
  const facts: SegmentFacts = {};
  let hasPicture = false;
  const judge = (stampMs: number): void => {
    if (checkStamp(stampMs, startSec, offsetMs) === 'wrong-time') {
      const off = Math.round(stampMs / 1000 - startSec);
      throw new PartError('wrong-time', `It shows another time (${off > 0 ? '+' : ''}${off} s).`);
    }
    facts.stampMs = stampMs;
  };
  const sound = new WebmWalker();
  const film = new BoxWalker(({ type, bytes }) => {
    hasPicture ||= type === 'mdat';
    const stamp = type === 'free' && bytes ? readStamp(bytes) : undefined;
    if (stamp !== undefined) judge(stamp);
  });
  const walker = kind === 'camera' ? film : sound;
  return {
    push: (piece) => asContentError(() => walker.push(piece)),
    end() {
      asContentError(() => walker.end());
      if (kind === 'camera' && !hasPicture) throw new PartError('content', 'There is no picture in it.');
      // Times that are no epoch count from the begin of the window, and say nothing.
      const { firstTimecodeMs = 0 } = sound;
      if (firstTimecodeMs > 1e12) judge(firstTimecodeMs);
      return facts;
    },
  };
}

function asContentError(look: () => void): void {
  try {
    look();
  } catch (error) {
    if (error instanceof PartError) throw error;
    throw new PartError('content', `It is damaged: ${error instanceof Error ? error.message : String(error)}.`);
  }
}
