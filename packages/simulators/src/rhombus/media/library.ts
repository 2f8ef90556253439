import { spawn } from 'node:child_process';
import { createHash, randomBytes } from 'node:crypto';
import { mkdir, readFile, rename, rm } from 'node:fs/promises';
import { join } from 'node:path';
import { type Fragment, splitFmp4 } from './fmp4.ts';
import { drawClock, drawPlaceholder, pictureSize } from './picture.ts';
import { splitWebm } from './webm.ts';

export interface FilmOptions {
  /** Pixels. @default 320 */
  width?: number;
  /** Pixels. @default 180 */
  height?: number;
  /** Frames per second. @default 5 */
  fps?: number;
  /** The film repeats after so many seconds (1–3600); the burnt-in clock shows the second within it. @default 60 */
  loopSeconds?: number;
  /** Constant bit rate; a segment of 2 s then has a quarter of it in bytes. Without it: as small as it gets. */
  bitsPerSecond?: number;
}

/** The film and the sound that every simulated device plays, one fragment per second. */
export interface MediaLibrary {
  film: { init: Buffer; seconds: Fragment[]; placeholder: Fragment; timescale: number };
  /** Fifty Opus packets per second. */
  sound: { init: Buffer; packets: Buffer[] };
  jpeg: Buffer;
}

const timescale = 90_000;

/**
 * Makes the media once with ffmpeg and keeps them in `folder` for later starts.
 * Throws with a clear message when ffmpeg is missing or fails.
 */
export async function loadMedia(folder: string, options: FilmOptions = {}, ffmpeg = 'ffmpeg'): Promise<MediaLibrary> {
  const film = { width: 320, height: 180, fps: 5, loopSeconds: 60, bitsPerSecond: 0, ...options };
  await mkdir(folder, { recursive: true });
  const name = createHash('sha256').update(JSON.stringify(film)).digest('hex').slice(0, 12);
  const [video, audio, jpeg] = await Promise.all([
    cached(join(folder, `film-${name}.mp4`), (path) => makeFilm(ffmpeg, path, film)),
    cached(join(folder, `sound-${film.loopSeconds}.webm`), (path) =>
      run(ffmpeg, soundArguments(path, film.loopSeconds)),
    ),
    cached(join(folder, 'picture.jpg'), (path) => run(ffmpeg, pictureArguments(path), [drawClock(0, 0)])),
  ]);
  const { init, fragments } = splitFmp4(video);
  const placeholder = fragments[film.loopSeconds];
  if (!placeholder) throw new Error(`ffmpeg made ${fragments.length} fragments instead of ${film.loopSeconds + 1}`);
  const sound = splitWebm(audio);
  return {
    film: { init, seconds: fragments.slice(0, film.loopSeconds), placeholder, timescale },
    sound: { init: sound.init, packets: sound.packets.slice(0, film.loopSeconds * 50) },
    jpeg,
  };
}

async function cached(path: string, make: (path: string) => Promise<void>): Promise<Buffer> {
  try {
    return await readFile(path);
  } catch {
    const temporary = path.replace(/(\.\w+)$/, `.${randomBytes(4).toString('hex')}$1`);
    try {
      await make(temporary);
      await rename(temporary, path);
    } finally {
      await rm(temporary, { force: true });
    }
    return readFile(path);
  }
}

async function makeFilm(ffmpeg: string, path: string, film: Required<FilmOptions>): Promise<void> {
  await run(ffmpeg, filmArguments(path, film), frames(film));
}

// The placeholder is the last second of the same film, so that it shares the initialisation part with the rest.
function* frames({ loopSeconds, fps }: Required<FilmOptions>): Generator<Buffer> {
  for (let second = 0; second < loopSeconds; second += 1) {
    for (let frame = 0; frame < fps; frame += 1) yield drawClock(second, frame / fps);
  }
  for (let frame = 0; frame < fps; frame += 1) yield drawPlaceholder();
}

const quiet = ['-hide_banner', '-loglevel', 'error', '-y'];
const rawPicture = ['-f', 'rawvideo', '-pix_fmt', 'gray', '-s', `${pictureSize.width}x${pictureSize.height}`];

function filmArguments(path: string, film: Required<FilmOptions>): string[] {
  const rate = String(film.bitsPerSecond);
  const constantRate = ['-b:v', rate, '-maxrate', rate, '-bufsize', rate, '-x264-params', 'nal-hrd=cbr:force-cfr=1'];
  const input = [...quiet, ...rawPicture, '-r', String(film.fps), '-i', 'pipe:0'];
  const scale = `scale=${film.width}:${film.height}:flags=neighbor,format=yuv420p`;
  const oneKeyFramePerSecond = [
    '-g',
    String(film.fps),
    '-keyint_min',
    String(film.fps),
    '-sc_threshold',
    '0',
    '-bf',
    '0',
  ];
  const codec = ['-c:v', 'libx264', '-preset', 'ultrafast', '-profile:v', 'baseline', ...oneKeyFramePerSecond];
  const quality = film.bitsPerSecond > 0 ? constantRate : ['-crf', '30'];
  const fragments = ['-movflags', 'frag_keyframe+empty_moov+default_base_moof'];
  const container = [...fragments, '-video_track_timescale', String(timescale), '-f', 'mp4', path];
  return [...input, '-vf', scale, ...codec, ...quality, ...container];
}

function soundArguments(path: string, seconds: number): string[] {
  // Longer than the loop, because the codec's lead-in may cost a packet.
  const source = `sine=frequency=440:duration=${seconds + 1}:sample_rate=48000`;
  const codec = ['-ac', '1', '-c:a', 'libopus', '-b:a', '32k', '-frame_duration', '20'];
  return [
    ...quiet,
    '-f',
    'lavfi',
    '-i',
    source,
    ...codec,
    '-cluster_time_limit',
    '1000',
    '-live',
    '1',
    '-f',
    'webm',
    path,
  ];
}

function pictureArguments(path: string): string[] {
  return [...quiet, ...rawPicture, '-i', 'pipe:0', '-frames:v', '1', '-pix_fmt', 'yuvj420p', path];
}

async function run(ffmpeg: string, parameters: string[], input: Iterable<Buffer> = []): Promise<void> {
  const child = spawn(ffmpeg, parameters, { stdio: ['pipe', 'ignore', 'pipe'] });
  let complaint = '';
  child.stderr.on('data', (text: Buffer) => (complaint += text.toString()));
  const finished = new Promise<void>((resolve, reject) => {
    child.once('error', (cause) => reject(new Error(missing(ffmpeg), { cause })));
    child.once('close', (code) =>
      code === 0 ? resolve() : reject(new Error(`${ffmpeg} failed (${code}): ${complaint}`)),
    );
  });
  // ffmpeg may end before it has read everything; its exit code tells whether that was wrong.
  child.stdin.on('error', () => undefined);
  const fed = (async () => {
    for (const chunk of input) {
      if (child.stdin.destroyed) return;
      if (!child.stdin.write(chunk)) await Promise.race([drained(child.stdin), finished]);
    }
    child.stdin.end();
  })();
  await Promise.all([finished, fed]);
}

function drained(stream: NodeJS.WritableStream): Promise<void> {
  return new Promise((resolve) => stream.once('drain', () => resolve()));
}

function missing(ffmpeg: string): string {
  return `cannot run ${ffmpeg}: the Rhombus simulator makes its film with ffmpeg (with libx264 and libopus); install it or give its path`;
}
