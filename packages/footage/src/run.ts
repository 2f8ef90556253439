import { describeError, errorCode } from '@porchlight/core';
import { nextDue } from './adapters/calendar.ts';
import { copyOnce } from './copy/copy-once.ts';
import { isLeftOver } from './domain/manifest.ts';
import type { Gap } from './domain/recorded.ts';
import { exitCodeOf, type Outcome, type Stop } from './domain/outcome.ts';
import type { Settings } from './domain/settings.ts';
import { openRun, type Run, type RunBasis } from './open-run.ts';
import type { Screen } from './ports.ts';

/** How far back each look of --watch goes, so that an alert that became known late is not missed, seconds. */
const lookBackSec = 7200;

const stops: Readonly<Record<string, Stop>> = {
  'footage.auth': 'authentication',
  'footage.unreachable': 'unreachable',
  'footage.rate': 'unreachable',
  'footage.status': 'unreachable',
  'footage.answer': 'unreachable',
  'footage.disk-full': 'disk-full',
  'footage.busy': 'busy',
};

const diskErrors = new Set(['ENOSPC', 'EDQUOT', 'EFBIG']);

/** Copies once, or stays and copies as asked. Resolves with the exit code; rejects only with wrong usage. */
export async function run(basis: RunBasis): Promise<number> {
  let opened: Run;
  try {
    opened = await openRun(basis);
  } catch (error) {
    return reportStop(error, basis);
  }
  try {
    const { stay } = basis.settings;
    if (stay.watch) return await watch(opened, basis);
    if (stay.schedule) return await keepSchedule(opened, basis, stay.schedule);
    return await pass(opened, basis);
  } finally {
    basis.screen.close();
    await opened.close();
  }
}

/** One pass over everything that is asked for. */
async function pass(
  { parts, guard }: Run,
  basis: RunBasis,
  request: Parameters<typeof copyOnce>[1] = {},
): Promise<number> {
  const { screen } = basis;
  try {
    if (!basis.settings.say.isDryRun) await guard.retain();
    const done: Outcome[] = [];
    const onOutcome = (outcome: Outcome): void => reportOutcome(outcome, screen);
    const outcomes = await copyOnce({ ...parts, onOutcome }, request);
    done.push(...outcomes);
    if (!basis.settings.say.isDryRun) {
      await guard.retain();
      await parts.store.prune((device, span) => isLeftOver(parts.manifest.lines, device, span));
    }
    reportSummary(done, screen);
    return exitCodeOf(done);
  } catch (error) {
    return reportStop(error, basis);
  }
}

/** Says why a run ended early, and gives its exit code. Wrong usage is thrown on. */
function reportStop(error: unknown, { screen, signal }: RunBasis): number {
  if (errorCode(error) === 'footage.usage') throw error;
  const code = errorCode(error) ?? '';
  const stop = signal.aborted ? 'interrupted' : diskErrors.has(code) ? 'disk-full' : (stops[code] ?? 'failed');
  if (stop === 'interrupted') screen.warn('Interrupted; the next run goes on where this one ended.');
  else screen.error(describeError(error));
  screen.event({ event: 'stopped', reason: stop, problem: describeError(error), exitCode: exitCodeOf([], stop) });
  return exitCodeOf([], stop);
}

function reportOutcome(outcome: Outcome, screen: Screen): void {
  const { result, name, file, bytes = 0, footageSec = 0, gaps, problems } = outcome;
  screen.event({ event: 'film', ...outcome, gaps: gaps.map(toWire) });
  const size = `${footageSec} s, ${(bytes / 1e6).toFixed(1)} MB`;
  if (result === 'copied') screen.info(`Copied ${file} (${size})`);
  if (result === 'partial') screen.warn(`Copied ${file} in part (${size})${describeGaps(gaps)}`);
  if (result === 'absent') screen.warn(`No footage for ${name}${describeGaps(gaps)}`);
  if (result === 'failed') screen.error(`Failed: ${name}${describeGaps(gaps)}`);
  for (const problem of problems) screen.warn(`  ${problem}`);
}

const words: Readonly<Record<Gap['reason'], string>> = {
  'not-recorded': 'not recorded',
  'not-yet': 'not reported as recorded yet',
  offline: 'the camera is offline',
  failed: 'could not be fetched',
  'wrong-time': 'the camera sent another time',
};

function describeGaps(gaps: readonly Gap[]): string {
  if (gaps.length === 0) return '';
  const shown = gaps.slice(0, 5).map((gap) => {
    const from = new Date(gap.startSec * 1000).toISOString().replace('.000Z', 'Z');
    return `${gap.endSec - gap.startSec} s from ${from} (${words[gap.reason]})`;
  });
  const more = gaps.length > shown.length ? ` and ${gaps.length - shown.length} more` : '';
  return `: missing ${shown.join(', ')}${more}`;
}

function toWire({ startSec, endSec, reason }: Gap): object {
  return { start: new Date(startSec * 1000).toISOString(), end: new Date(endSec * 1000).toISOString(), reason };
}

function reportSummary(outcomes: readonly Outcome[], screen: Screen): void {
  const count = (result: Outcome['result']): number => outcomes.filter((outcome) => outcome.result === result).length;
  const kinds = ['copied', 'known', 'partial', 'absent', 'failed', 'planned'] as const;
  const counts = Object.fromEntries(kinds.map((kind) => [kind, count(kind)]));
  const said = kinds.flatMap((kind) => (counts[kind] ? [`${counts[kind]} ${kind}`] : []));
  screen.info(`Films: ${said.join(', ') || 'none'}`);
  screen.event({ event: 'done', ...counts, exitCode: exitCodeOf(outcomes) });
}

/** Looks for new alerts until it is asked to end; a look that fails is followed by the next. */
async function watch(opened: Run, basis: RunBasis): Promise<number> {
  const { clock, settings, signal, screen } = basis;
  let since = settings.alerts.afterSec ?? Math.floor(clock.now() / 1000) - lookBackSec;
  screen.info(`Watching for policy alerts every ${settings.stay.intervalSec} s.`);
  while (!signal.aborted) {
    const beganSec = Math.floor(clock.now() / 1000);
    const code = await pass(opened, basis, { since, leavesOpen: true });
    if (isFinal(code)) return code;
    if (code <= 1) since = Math.max(since, beganSec - lookBackSec);
    await clock.sleep(settings.stay.intervalSec * 1000, signal).catch(() => undefined);
  }
  return 0;
}

async function keepSchedule(
  opened: Run,
  basis: RunBasis,
  schedule: NonNullable<Settings['stay']['schedule']>,
): Promise<number> {
  const { clock, signal, screen, settings } = basis;
  while (!signal.aborted) {
    const due = nextDue(schedule, clock.now());
    if (due === undefined) return 2;
    screen.info(`Next copy at ${new Date(due).toISOString()}.`);
    await clock.sleep(due - clock.now(), signal).catch(() => undefined);
    if (signal.aborted) break;
    const startSec = Math.floor(due / 1000) - settings.window.durationSec;
    const window = { ...settings.window, startSec };
    const now = { ...opened, parts: { ...opened.parts, settings: { ...settings, window } } };
    const code = await pass(now, basis);
    if (isFinal(code)) return code;
  }
  return 0;
}

/** Waiting heals a network, but neither a key nor a disk. */
function isFinal(code: number): boolean {
  return code === 3 || code === 5;
}
