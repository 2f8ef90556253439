import { placeholderCode, readClock } from '@porchlight/simulators';
import { execFile } from 'node:child_process';
import { promisify } from 'node:util';

const run = promisify(execFile);

/** What ffprobe says about a film. */
export async function probe(path: string): Promise<{ durationSec: number; codecs: string[]; startSec: number }> {
  const entries = 'format=duration,start_time:stream=codec_name';
  const { stdout } = await run('ffprobe', ['-v', 'error', '-show_entries', entries, '-of', 'json', path]);
  const { format, streams } = JSON.parse(stdout) as {
    format: { duration: string; start_time: string };
    streams: { codec_name: string }[];
  };
  const codecs = streams.map(({ codec_name: name }) => name);
  return { durationSec: Number(format.duration), startSec: Number(format.start_time), codecs };
}

/** The second (of the simulated film's minute) that each whole second of a film shows; fails when it does not decode. */
export async function readSeconds(path: string): Promise<number[]> {
  const size = { width: 160, height: 90 };
  const filter = `fps=1:round=down,scale=${size.width}:${size.height}:flags=neighbor,format=gray`;
  const args = ['-v', 'error', '-xerror', '-i', path, '-map', '0:v', '-vf', filter, '-f', 'rawvideo', '-'];
  const { stdout, stderr } = await run('ffmpeg', args, { encoding: 'buffer', maxBuffer: 512 * 1024 * 1024 });
  if (stderr.length > 0) throw new Error(stderr.toString());
  const bytes = size.width * size.height;
  return Array.from({ length: Math.floor(stdout.length / bytes) }, (_, index) =>
    readClock(stdout.subarray(index * bytes, (index + 1) * bytes), size),
  );
}

/** What a film of that window shows when all is well. */
export function expectedSeconds(startSec: number, lengthSec: number): number[] {
  return Array.from({ length: lengthSec }, (_, index) => (startSec + index) % 60);
}

export { placeholderCode };
