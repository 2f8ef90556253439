import type { Progress, Screen } from '../../ports.ts';
import { createPlainScreen, type ScreenOptions, type Streams } from './plain.ts';

/** The bars are drawn anew at most so often, ms. */
const drawMs = 100;
const barWidth = 24;

interface Track extends Progress {
  beganAt: number;
  beganSec: number;
}

export interface BarOptions extends ScreenOptions {
  columns: () => number;
}

/** A bar for every camera under the lines, with speed and time left. */
export function createBarScreen(streams: Streams, options: BarOptions): Screen {
  const tracks = new Map<string, Track>();
  let drawn = 0;
  let drawnAt = 0;
  const clear = (): string => (drawn > 0 ? `\u001b[${drawn}A\u001b[J` : '');
  const draw = (): string => {
    const lines = [...tracks.values()].map((track) => renderBar(track, options.now()).slice(0, options.columns() - 1));
    drawn = lines.length;
    return lines.map((line) => `${line}\n`).join('');
  };
  // A line of text takes the place of the bars, and they come again below it.
  const above = (write: (text: string) => void) => (text: string) => {
    streams.err(clear());
    drawn = 0;
    write(text);
    streams.err(draw());
  };
  const plain = createPlainScreen({ out: above(streams.out), err: above(streams.err) }, options);
  return {
    ...plain,
    progress(progress) {
      const now = options.now();
      const known = tracks.get(progress.camera);
      const isSame = known?.name === progress.name;
      tracks.set(progress.camera, {
        ...progress,
        beganAt: isSame ? known.beganAt : now,
        beganSec: isSame ? known.beganSec : progress.doneSec,
      });
      const isDone = progress.doneSec >= progress.totalSec;
      if (now - drawnAt < drawMs && !isDone) return;
      drawnAt = now;
      streams.err(`${clear()}${draw()}`);
    },
    close() {
      tracks.clear();
      streams.err(clear());
      drawn = 0;
    },
  };
}

/** `Front Door  [=====     ]  45 %  12x  1:05 left`: speed in seconds of footage per second. */
export function renderBar(track: Track, now: number): string {
  const share = track.totalSec > 0 ? Math.min(1, track.doneSec / track.totalSec) : 1;
  const filled = Math.round(share * barWidth);
  const elapsedSec = Math.max(0.001, (now - track.beganAt) / 1000);
  const speed = (track.doneSec - track.beganSec) / elapsedSec;
  const leftSec = speed > 0 ? Math.ceil((track.totalSec - track.doneSec) / speed) : undefined;
  const left =
    leftSec === undefined ? '' : `  ${Math.floor(leftSec / 60)}:${String(leftSec % 60).padStart(2, '0')} left`;
  const bar = `[${'='.repeat(filled)}${' '.repeat(barWidth - filled)}]`;
  const percent = String(Math.floor(share * 100)).padStart(3);
  return `${track.camera.slice(0, 24).padEnd(24)} ${bar} ${percent} %  ${speed.toFixed(speed < 10 ? 1 : 0)}x${left}`;
}
