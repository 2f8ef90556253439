import { spawn, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { readFileSync } from 'node:fs';
import { createInterface } from 'node:readline';

/** A process that speaks in lines of JSON, and what it costs. */
export interface LineProcess {
  readonly child: ChildProcess;
  readonly lines: Record<string, unknown>[];
  send(order: object): void;
  /** The first line from `from` on that fits; rejects after `ms` milliseconds. */
  next(fits: (line: Record<string, unknown>) => boolean, ms: number, from?: number): Promise<Record<string, unknown>>;
  /** Processor time since the start, milliseconds. */
  cpuMs(): number;
  /** Resident memory, kB. */
  memoryKb(): number;
  end(signal: NodeJS.Signals): Promise<void>;
}

/** Linux counts processor time in hundredths of a second. */
const tickMs = 10;

export function startLineProcess(args: readonly string[]): LineProcess {
  const child = spawn(process.execPath, args, { stdio: ['pipe', 'pipe', 'inherit'] });
  const lines: Record<string, unknown>[] = [];
  const listeners = new Set<() => void>();
  createInterface({ input: child.stdout }).on('line', (line) => {
    lines.push(JSON.parse(line) as Record<string, unknown>);
    for (const listener of listeners) listener();
  });
  const read = (name: string): string => readFileSync(`/proc/${child.pid}/${name}`, 'utf8');
  return {
    child,
    lines,
    send: (order) => void child.stdin.write(`${JSON.stringify(order)}\n`),
    next: (fits, ms, from = 0) =>
      new Promise((resolve, reject) => {
        const timer = setTimeout(() => settle(() => reject(new Error(`${args.join(' ')} did not answer.`))), ms);
        const look = (): void => {
          const found = lines.slice(from).find(fits);
          if (found) settle(() => resolve(found));
        };
        const settle = (done: () => void): void => {
          clearTimeout(timer);
          listeners.delete(look);
          done();
        };
        listeners.add(look);
        look();
      }),
    cpuMs() {
      const fields = read('stat').split(') ')[1]?.split(' ') ?? [];
      return (Number(fields[11]) + Number(fields[12])) * tickMs;
    },
    memoryKb: () => Number(/VmRSS:\s+(\d+)/.exec(read('status'))?.[1]),
    async end(signal) {
      if (child.exitCode !== null || child.signalCode !== null) return;
      const gone = once(child, 'exit');
      child.kill(signal);
      await gone;
    },
  };
}
