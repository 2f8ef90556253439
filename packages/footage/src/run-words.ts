import { exitCodes } from './domain/outcome.ts';
import type { GapReason } from './domain/recorded.ts';
import { type ProgramParts, runProgram } from './program.ts';

/** A film as `--json` tells of it. */
export interface FilmReport {
  camera: string;
  file?: string;
  result: string;
  gaps: { start: string; end: string; reason: GapReason }[];
}

/** What one run of the command has brought. */
export interface RunReport {
  exitCode: number;
  films: FilmReport[];
  /** Some of the films may be completed by a later run. */
  mayGrow: boolean;
  /** Why the run ended early, one sentence. */
  problem?: string;
}

/** Runs the command for another program: reads its JSON lines, and what it says of its end. */
export async function runWords(
  words: readonly string[],
  parts: Pick<ProgramParts, 'env' | 'clock' | 'signal'> & { debug: (line: string) => void },
): Promise<RunReport> {
  const films: FilmReport[] = [];
  let problem: string | undefined;
  let mayGrow = false;
  const exitCode = await runProgram([...words, '--json'], {
    ...parts,
    columns: undefined,
    out(text) {
      for (const line of text.split('\n').filter(Boolean)) {
        const said = JSON.parse(line) as FilmReport & { event: string; problem?: string; mayGrow?: true };
        const { event, camera, file, result, gaps } = said;
        mayGrow ||= said.mayGrow ?? false;
        if (event === 'film') films.push({ camera, ...(file !== undefined && { file }), result, gaps });
        if (event === 'stopped') problem = said.problem;
      }
    },
    err(text) {
      parts.debug(text.trimEnd());
      // Wrong words are refused before there is anything to be said as JSON.
      problem ??= /^rhombus-footage: error: (.*)$/m.exec(text)?.[1];
    },
  });
  return { exitCode, films, mayGrow, ...(problem !== undefined && { problem }) };
}

/** Whether the same words may bring more at a later time: once the cloud, a camera, the disk or the key is well again. */
export function mayBringMore({ exitCode, mayGrow }: RunReport): boolean {
  return exitCode >= exitCodes.authentication || mayGrow;
}
