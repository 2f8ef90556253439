import type { PlugConfigOf } from '@porchlight/config-schemas';
import { spawn } from 'node:child_process';
import type { Reading } from '../../domain/reading.ts';
import { notUnderstood, unanswered, unreachable } from '../../errors.ts';
import type { PlugPort } from '../../ports.ts';
import { gradeOf, withSeconds } from '../http/client.ts';

const timeoutMs = 10_000;

/** Any plug that a command line can switch. */
export function openCommand(config: PlugConfigOf<'command'>): PlugPort {
  const { name, onCommand, offCommand, cycleCommand, stateCommand, failSafe } = config;
  const run = async (command: string, signal: AbortSignal): Promise<void> => {
    const code = await execute(name, command, signal);
    if (code === 0) return;
    // Whatever it says: a command line may have switched the plug before it failed.
    throw unanswered(name, new Error(`its command ended with ${code ?? 'a signal'}`));
  };
  return {
    grade: gradeOf(cycleCommand, failSafe),
    identity: { model: 'Command' },
    async read(signal): Promise<Reading> {
      const code = await execute(name, stateCommand, signal);
      if (code !== 0 && code !== 1) throw notUnderstood(name, new Error(`its state command ended with ${code}`));
      return { on: code === 0 };
    },
    async switch(on, signal) {
      await run(on ? onCommand : offCommand, signal);
    },
    async cut(offSeconds, signal) {
      await run(cycleCommand === undefined ? offCommand : withSeconds(cycleCommand, offSeconds), signal);
    },
    async close() {
      // Nothing runs between two commands.
    },
  };
}

/** Resolves with the exit code; undefined when it was ended by a signal. */
function execute(name: string, command: string, signal: AbortSignal): Promise<number | undefined> {
  return new Promise((resolve, reject) => {
    const child = spawn('/bin/sh', ['-c', command], {
      stdio: 'ignore',
      signal: AbortSignal.any([signal, AbortSignal.timeout(timeoutMs)]),
    });
    child.on('error', (error) => reject(child.pid === undefined ? unreachable(name, error) : unanswered(name, error)));
    child.on('exit', (code) => resolve(code ?? undefined));
  });
}
