import { spawn } from 'node:child_process';
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

  /** Length in seconds by the film's own account. */
  async duration(film: string, signal: AbortSignal): Promise<number> {
    const args = ['-v', 'error', '-show_entries', 'format=duration', '-of', 'default=nk=1:nw=1', film];
    const seconds = Number.parseFloat(await run(this.#ffprobe, { args, signal }));
    if (!Number.isFinite(seconds)) throw brokenFilm('it does not say how long it is');
    return seconds;
  }

  /** Decodes a film, all of it or the key frames; rejects when anything in it cannot be. */
  async decode(film: string, how: 'decode' | 'keyframes', signal: AbortSignal): Promise<void> {
    const speed = how === 'keyframes' ? ['-skip_frame', 'nokey'] : [];
    const args = [...quiet, '-xerror', '-threads', '1', ...speed, '-i', film, '-map', '0', '-f', 'null', '-'];
    const complaint = await run(this.#ffmpeg, { args, signal }, 'stderr');
    if (complaint) throw brokenFilm(complaint);
  }
}

function run(program: string, { args, signal }: Run, wanted: 'stdout' | 'stderr' = 'stdout'): Promise<string> {
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
      if (code === 0) resolve(said[wanted].trim());
      else reject(signal.aborted ? signal.reason : brokenFilm(`${program} says: ${said.stderr.trim() || code}`));
    });
  });
}
