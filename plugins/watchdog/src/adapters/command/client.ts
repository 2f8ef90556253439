import { spawn } from 'node:child_process';
import type { ProbeOutcome } from '../../domain/probe.ts';
import { broken, silent, stopwatch } from '../outcome.ts';

export interface Finished {
  /** Null when a signal ended it. */
  exitCode: number | null;
  output: string;
  elapsedMs: number;
}

const maxOutput = 4_096;

/** Runs a program without a shell; kills it when the signal aborts. Rejects when it cannot be started. */
export function runProgram(command: readonly string[], signal: AbortSignal): Promise<Finished> {
  const [program = '', ...args] = command;
  const elapsed = stopwatch();
  return new Promise((resolve, reject) => {
    const child = spawn(program, args, { stdio: ['ignore', 'pipe', 'pipe'], env: { ...process.env, LC_ALL: 'C' } });
    let output = '';
    const kill = (): void => void child.kill('SIGKILL');
    for (const stream of [child.stdout, child.stderr]) {
      stream.setEncoding('utf8').on('data', (text: string) => (output = (output + text).slice(0, maxOutput)));
    }
    child.on('error', reject);
    child.on('close', (exitCode) => {
      signal.removeEventListener('abort', kill);
      resolve({ exitCode, output: output.trim(), elapsedMs: elapsed() });
    });
    if (signal.aborted) kill();
    else signal.addEventListener('abort', kill, { once: true });
  });
}

/** The owner's own check. Exit code 0: connected; 1: not connected; anything else: the check itself is broken. */
export async function probeCommand(command: readonly string[], signal: AbortSignal): Promise<ProbeOutcome> {
  try {
    const { exitCode, output, elapsedMs } = await runProgram(command, signal);
    if (exitCode === 0) return { ok: true, latencyMs: elapsedMs };
    const said = output.split('\n').at(-1)?.slice(0, 200);
    if (signal.aborted) return silent('it did not end in time');
    return exitCode === 1 ? silent(said || 'exit code 1') : broken(said || `exit code ${exitCode ?? 'none'}`);
  } catch (error) {
    return broken(error instanceof Error ? error.message : String(error));
  }
}
