import type { Log } from '@porchlight/core';
import { stderr, stdout } from 'node:process';

/** Lines on the terminal; under systemd with its priorities, and without times, which the journal has. */
export function createConsoleLog(options: { isDebug?: boolean; env?: NodeJS.ProcessEnv } = {}): Log {
  const { isDebug = false, env = process.env } = options;
  const isJournal = env['JOURNAL_STREAM'] !== undefined;
  const write = (priority: number, level: string, message: string): void => {
    const stream = priority <= 4 ? stderr : stdout;
    const line = isJournal ? `<${priority}>${message}` : `${new Date().toISOString()} ${level.padEnd(5)} ${message}`;
    stream.write(`${line}\n`);
  };
  return {
    error: (message) => write(3, 'error', message),
    warn: (message) => write(4, 'warn', message),
    info: (message) => write(6, 'info', message),
    debug: (message) => isDebug && write(7, 'debug', message),
  };
}
