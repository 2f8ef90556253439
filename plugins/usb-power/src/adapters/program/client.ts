import { errorCode } from '@porchlight/core';
import { execFile } from 'node:child_process';
import { env } from 'node:process';
import { programFailed, programMissing } from '../../errors.ts';

export interface ProgramOutput {
  stdout: string;
  stderr: string;
  exitCode: number;
}

export type RunProgram = (path: string, args: readonly string[], timeoutMs?: number) => Promise<ProgramOutput>;

/** How long a program may take, unless its user knows better. */
export const programTimeoutMs = 4_000;
const maxBytes = 1_000_000;

/**
 * Runs a program with English output. A failing exit code is part of the output; rejects when the program is missing
 * or hangs.
 */
export const runProgram: RunProgram = (path, args, timeoutMs = programTimeoutMs) =>
  new Promise((resolve, reject) => {
    const options = { timeout: timeoutMs, killSignal: 'SIGKILL', maxBuffer: maxBytes } as const;
    execFile(path, args, { ...options, env: { ...env, LC_ALL: 'C' } }, (error, stdout, stderr) => {
      const code = errorCode(error);
      if (code === 'ENOENT' || code === 'EACCES') return reject(programMissing(path));
      if (error?.killed) return reject(programFailed(path, `no answer within ${timeoutMs / 1000} s.`));
      resolve({ stdout, stderr, exitCode: typeof error?.code === 'number' ? error.code : error ? 1 : 0 });
    });
  });
