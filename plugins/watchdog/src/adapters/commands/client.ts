import { watchdogSchema } from '@porchlight/config-schemas';
import { formatDuration, parseConfig, toIso, type ServiceCommand } from '@porchlight/core';
import { readFile } from 'node:fs/promises';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { describeCause } from '../../domain/wording.ts';
import { uptimePercent } from '../../domain/uptime.ts';
import { judgeRound } from '../../domain/verdict.ts';
import { dayMs } from '../../domain/watchdog-state.ts';
import { parseOutages } from '../history/client.ts';
import type { PastOutage } from '../history/schema.ts';
import { memorySchema, type Memory } from '../memory/schema.ts';
import { openProbes } from '../rounds/client.ts';

const defaultCount = 20;

/** `porchlight watchdog history`: outages of the past and how reliable the line is. */
const history: ServiceCommand = {
  name: 'history',
  summary: 'show past outages and the uptime of the last day, week, month and year',
  arguments: [{ name: 'count', description: `how many outages (default ${defaultCount})`, required: false }],
  async run({ folder, args, print }) {
    const count = Number(args[0] ?? defaultCount);
    if (!Number.isInteger(count) || count < 1) {
      print('How many outages? Give a whole number.');
      return 2;
    }
    const outages = parseOutages(await readText(join(folder, 'watchdog', 'outages.jsonl')));
    const memory = parseMemory(await readText(join(folder, 'watchdog', 'watchdog.json')));
    for (const line of describeHistory(outages.slice(-count), memory, Date.now())) print(line);
    return 0;
  },
};

/** `porchlight watchdog check`: one round of checks, each with its answer. */
const check: ServiceCommand = {
  name: 'check',
  summary: 'run the checks once and show what each of them finds',
  async run({ config, print, signal }) {
    const parsed = parseConfig(watchdogSchema, config);
    if (!parsed.ok) {
      for (const problem of parsed.problems) print(problem);
      return 2;
    }
    const clock = {
      now: () => Date.now(),
      monotonic: () => performance.now(),
      sleep: (ms: number, until?: AbortSignal) => sleep(ms, undefined, until && { signal: until }),
    };
    const round = await openProbes(parsed.config, clock).ask(signal);
    for (const { label, outcome } of round.results) {
      const found = outcome.ok ? `ok, ${Math.round(outcome.latencyMs)} ms` : `${outcome.why}: ${outcome.problem}`;
      print(`${label.padEnd(40)} ${found}`);
    }
    const verdict = judgeRound({ ...round, isRouterKnown: true, minHealthy: parsed.config.minHealthy });
    print(verdict.status === 'offline' ? `offline: ${describeCause(verdict.cause)}` : verdict.status);
    return verdict.status === 'online' || verdict.status === 'degraded' ? 0 : 1;
  },
};

export const commands: readonly ServiceCommand[] = [history, check];

/** The lines of the history, the newest outage last. */
export function describeHistory(outages: readonly PastOutage[], memory: Memory | undefined, now: number): string[] {
  const lines = outages.map(({ startedAt, durationSeconds, cause, reboots, manual }) => {
    const length = formatDuration(durationSeconds * 1000).padEnd(12);
    const restarts = [reboots > 0 && countRestarts(reboots), manual > 0 && `${manual} by hand`]
      .filter(Boolean)
      .join(', ');
    return `${toIso(startedAt)}  ${length}  ${[describeCause(cause), restarts].filter(Boolean).join(', ')}`;
  });
  if (lines.length === 0) lines.push('No outage has been seen.');
  const { outage } = memory?.state ?? {};
  if (outage) lines.push(`An outage is under way: ${describeCause(outage.cause)}, ${countRestarts(outage.reboots)}.`);
  for (const [name, days] of [
    ['24 hours', 1],
    ['7 days', 7],
    ['30 days', 30],
    ['365 days', 365],
  ] as const) {
    // Days are whole ones (UTC); yesterday's counts, or "24 hours" would be a minute after midnight.
    const since = toIso(now - days * dayMs).slice(0, 10);
    const percent = memory && uptimePercent(memory.days, since);
    lines.push(`uptime ${name.padEnd(9)} ${percent === undefined ? 'not watched' : `${percent.toFixed(3)} %`}`);
  }
  return lines;
}

function countRestarts(count: number): string {
  return count === 1 ? '1 restart' : `${count} restarts`;
}

async function readText(path: string): Promise<string> {
  return readFile(path, 'utf8').catch(() => '');
}

function parseMemory(text: string): Memory | undefined {
  try {
    return memorySchema.safeParse(JSON.parse(text)).data;
  } catch {
    return undefined;
  }
}
