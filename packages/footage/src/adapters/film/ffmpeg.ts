import { spawn } from 'node:child_process';
import * as z from 'zod';
import { parseJson } from '../../domain/parse-json.ts';
import { brokenFilm, programMissing } from '../../errors.ts';

export type Verify = 'decode' | 'keyframes' | 'structure';

interface MuxWish {
  film: string;
  sound: string;
  target: string;
  soundLateSec: number;
  verify: Verify;
}

interface Run {
  args: string[];
  signal: AbortSignal;
}

/** Longest time for one film, ms. */
const maxRunMs = 3_600_000;
/** Of what a program says, characters. */
const maxComplaint = 500;
const maxResult = 4000;
const quiet = ['-nostdin', '-hide_banner', '-v', 'error'];

/** The two programs of ffmpeg. */
export class Ffmpeg {
  readonly #ffmpeg: string;
  #isThere: Promise<boolean> | undefined;

  constructor(ffmpeg: string) {
    this.#ffmpeg = ffmpeg;
  }

  get #ffprobe(): string {
    return this.#ffmpeg.replace(/ffmpeg(?=[^/\\]*$)/, 'ffprobe');
  }

  /** Whether both programs can be run. */
  isThere(signal: AbortSignal): Promise<boolean> {
    this.#isThere ??= Promise.all(
      [this.#ffmpeg, this.#ffprobe].map((program) => run(program, { args: ['-version'], signal })),
    ).then(
      () => true,
      () => false,
    );
    return this.#isThere;
  }

  /**
   * Puts picture and sound into one film without touching either, decodes what goes into it, and resolves with the film's
   * length in seconds; rejects when anything cannot be decoded or written. In one run, because to start a program takes
   * about as long as its work on a minute. `soundLateSec`: how much later the sound begins.
   */
  async mux({ film, sound, target, soundLateSec, verify }: MuxWish, signal: AbortSignal): Promise<number> {
    const both = ['-map', '0:v', '-map', '1:a'];
    const inputs = [...decoding(verify), '-i', film, '-itsoffset', soundLateSec.toFixed(3), '-i', sound];
    // First, because it is the pictures of the first output that are counted.
    const decoded = verify === 'structure' ? [] : [...both, '-c:a', 'pcm_f32le', '-f', 'null', '-'];
    // The index stays at the end: to bring it to the front, all of the film would be written twice.
    const output = [...both, '-c', 'copy', '-f', 'mp4', '-y', target];
    const args = [...quiet, '-progress', 'pipe:1', ...inputs, ...decoded, ...output];
    const { stdout, stderr } = await run(this.#ffmpeg, { args, signal });
    if (stderr) throw brokenFilm(stderr);
    const { success, data } = progressSchema.safeParse(readProgress(stdout));
    if (!success) throw brokenFilm('there is no picture in it that can be decoded');
    return data.out_time_us / 1_000_000;
  }

  /**
   * Decodes a film, all of it or the key frames, and resolves with its length in seconds by its own account; rejects
   * when anything in it cannot be decoded. One program for both: starting a second takes longer than its work.
   */
  async check(film: string, how: 'decode' | 'keyframes', signal: AbortSignal): Promise<number> {
    const wanted = ['-count_frames', '-show_entries', 'stream=nb_read_frames:format=duration', '-of', 'json'];
    const args = ['-v', 'error', ...decoding(how), ...wanted, film];
    const { stdout, stderr } = await run(this.#ffprobe, { args, signal });
    if (stderr) throw brokenFilm(stderr);
    const { success, data } = accountSchema.safeParse(parseJson(stdout));
    if (!success) throw brokenFilm('it does not say how long it is');
    const { streams, format } = data;
    if (streams.length === 0 || streams.some(({ nb_read_frames: frames = 0 }) => frames === 0)) {
      throw brokenFilm('one of its streams has nothing in it that can be decoded');
    }
    return format.duration;
  }
}

function decoding(verify: Verify): string[] {
  return ['-threads', '1', ...(verify === 'keyframes' ? ['-skip_frame', 'nokey'] : [])];
}

/** What ffmpeg says of its work, last. */
const progressSchema = z.object({ frame: z.coerce.number().min(1), out_time_us: z.coerce.number().min(0) });

/** Of `key=value` lines, again and again as the work goes on, the latest ones. */
function readProgress(text: string): Record<string, string> {
  return Object.fromEntries([...text.matchAll(/^(\w+)=\s*(.+)$/gm)].map(([, key = '', value = '']) => [key, value]));
}

/** What ffprobe says of a film; numbers are words there. */
const accountSchema = z.object({
  streams: z.array(z.object({ nb_read_frames: z.coerce.number().optional() })),
  format: z.object({ duration: z.coerce.number() }),
});

function run(program: string, { args, signal }: Run): Promise<{ stdout: string; stderr: string }> {
  return new Promise((resolve, reject) => {
    // Not spawn's own time limit: its timer goes on when the program could not be started.
    const limited = AbortSignal.any([signal, AbortSignal.timeout(maxRunMs)]);
    const child = spawn(program, args, { stdio: ['ignore', 'pipe', 'pipe'], signal: limited });
    const said = { stdout: '', stderr: '' };
    for (const stream of ['stdout', 'stderr'] as const) {
      child[stream].on('data', (text: Buffer) => {
        const all = said[stream] + text.toString();
        // Of complaints the first says most, of results the last.
        said[stream] = stream === 'stderr' ? all.slice(0, maxComplaint) : all.slice(-maxResult);
      });
    }
    let failure: unknown;
    child.once('error', (cause: NodeJS.ErrnoException) => {
      const isMissing = cause.code === 'ENOENT' || cause.code === 'EACCES';
      failure = isMissing ? programMissing(program, cause) : (signal.reason ?? cause);
    });
    // Not before: until it is closed, a program that was killed may still write.
    child.once('close', (code) => {
      if (failure !== undefined) reject(failure);
      else if (code === 0) resolve({ stdout: said.stdout.trim(), stderr: said.stderr.trim() });
      else reject(signal.aborted ? signal.reason : brokenFilm(`${program} says: ${said.stderr.trim() || code}`));
    });
  });
}
