import { spawn } from 'node:child_process';
import * as z from 'zod';
import { parseJson } from '../../domain/parse-json.ts';
import { brokenFilm, programMissing } from '../../errors.ts';

interface Run {
  args: string[];
  signal: AbortSignal;
}

/** Longest time for one film, ms. */
const maxRunMs = 3_600_000;
const maxComplaint = 2000;
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

  /** Puts picture and sound into one film without touching either. `soundLateSec`: how much later the sound begins. */
  async mux(
    { film, sound, target, soundLateSec }: { film: string; sound: string; target: string; soundLateSec: number },
    signal: AbortSignal,
  ): Promise<void> {
    const inputs = ['-i', film, '-itsoffset', soundLateSec.toFixed(3), '-i', sound];
    const output = ['-map', '0:v', '-map', '1:a', '-c', 'copy', '-movflags', '+faststart', '-f', 'mp4', '-y', target];
    await run(this.#ffmpeg, { args: [...quiet, ...inputs, ...output], signal });
  }

  /**
   * Decodes a film, all of it or the key frames, and resolves with its length in seconds by its own account; rejects
   * when anything in it cannot be decoded. One program for both: starting a second takes longer than its work.
   */
  async check(film: string, how: 'decode' | 'keyframes', signal: AbortSignal): Promise<number> {
    const speed = how === 'keyframes' ? ['-skip_frame', 'nokey'] : [];
    const wanted = ['-count_frames', '-show_entries', 'stream=nb_read_frames:format=duration', '-of', 'json'];
    const args = ['-v', 'error', '-threads', '1', ...speed, ...wanted, film];
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
        said[stream] = (said[stream] + text.toString()).slice(0, maxComplaint);
      });
    }
    child.once('error', (cause: NodeJS.ErrnoException) => {
      const isMissing = cause.code === 'ENOENT' || cause.code === 'EACCES';
      reject(isMissing ? programMissing(program, cause) : (signal.reason ?? cause));
    });
    child.once('close', (code) => {
      if (code === 0) resolve({ stdout: said.stdout.trim(), stderr: said.stderr.trim() });
      else reject(signal.aborted ? signal.reason : brokenFilm(`${program} says: ${said.stderr.trim() || code}`));
    });
  });
}
