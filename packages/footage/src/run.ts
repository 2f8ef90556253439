import { describeError, errorCode } from '@porchlight/core';
import { nextDue } from './adapters/calendar.ts';
import { copyOnce, type CopyRequest } from './copy/copy-once.ts';
import { isLeftOver } from './domain/manifest.ts';
import type { Gap } from './domain/recorded.ts';
import { exitCodeOf, exitCodes, type Outcome, type Stop } from './domain/outcome.ts';
import type { Settings } from './domain/settings.ts';
import { openRun, type Run, type RunBasis } from './open-run.ts';
import type { Screen } from './ports.ts';

/** How far back each look of --watch goes, so that an alert that became known late is not missed, seconds. */
const lookBackSec = 7200;
/** How far back the first look goes, and one in an hour: to what nobody watched, or a camera was away for, seconds. */
const longLookBackSec = 86_400;
const longLookMs = 3_600_000;

/** Windows of --schedule that are not complete are tried again for so long, ms, and at most so many. */
const patienceMs = 86_400_000;
const mostOwed = 200;
/** A clock that is so far behind a time that has come was set back, ms. */
const setBackMs = 60_000;
/** Films of which is remembered what was said. */
const mostTold = 1000;

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
    return (await pass(opened, basis)).code;
  } finally {
    basis.screen.close();
    await opened.close();
  }
}

interface Passed {
  code: number;
  /** The same pass at a later time may bring more. */
  mayGrow: boolean;
}

interface PassOptions {
  request?: CopyRequest;
  onOutcome?: (outcome: Outcome) => void;
}

/** One pass over everything that is asked for. */
async function pass(
  { parts, guard }: Run,
  basis: RunBasis,
  { request = {}, onOutcome = (outcome) => reportOutcome(outcome, basis.screen) }: PassOptions = {},
): Promise<Passed> {
  const { screen } = basis;
  try {
    if (!basis.settings.say.isDryRun) await guard.retain();
    const outcomes = await copyOnce({ ...parts, onOutcome }, request);
    if (!basis.settings.say.isDryRun) {
      await guard.retain();
      await parts.store.prune((device, span) => isLeftOver(parts.manifest.lines, device, span));
    }
    reportSummary(outcomes, screen);
    return { code: exitCodeOf(outcomes), mayGrow: outcomes.some(({ mayGrow }) => mayGrow) };
  } catch (error) {
    return { code: reportStop(error, basis), mayGrow: true };
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

/** Says what has become of films; who looks again and again does not want to hear the same each time. */
function createTeller(screen: Screen): (outcome: Outcome) => void {
  const told = new Map<string, string>();
  return (outcome) => {
    const text = JSON.stringify(outcome);
    if (told.get(outcome.name) === text) return;
    told.delete(outcome.name);
    if (outcome.mayGrow) told.set(outcome.name, text);
    const [oldest] = told.keys();
    if (told.size > mostTold && oldest !== undefined) told.delete(oldest);
    reportOutcome(outcome, screen);
  };
}

/** Looks for new alerts until it is asked to end; a look that fails is followed by the next. */
async function watch(opened: Run, basis: RunBasis): Promise<number> {
  const { clock, settings, signal, screen } = basis;
  const onOutcome = createTeller(screen);
  let lookedSec = Infinity;
  let longDueAt = -Infinity;
  screen.info(`Watching for policy alerts every ${settings.stay.intervalSec} s.`);
  while (!signal.aborted) {
    const beganSec = Math.floor(opened.parts.cloud.now() / 1000);
    const isLong = clock.monotonic() >= longDueAt;
    const fromSec = Math.min(lookedSec, beganSec) - (isLong ? longLookBackSec : lookBackSec);
    const since = Math.max(settings.alerts.afterSec ?? 0, fromSec);
    const { code } = await pass(opened, basis, { request: { since, leavesOpen: true }, onOutcome });
    if (isFinal(code)) return code;
    if (code <= exitCodes.partial) {
      lookedSec = beganSec;
      if (isLong) longDueAt = clock.monotonic() + longLookMs;
    }
    await clock.sleep(settings.stay.intervalSec * 1000, signal).catch(() => undefined);
  }
  return 0;
}

async function keepSchedule(
  opened: Run,
  basis: RunBasis,
  schedule: NonNullable<Settings['stay']['schedule']>,
): Promise<number> {
  const { clock, signal, screen } = basis;
  const onOutcome = createTeller(screen);
  let owed: number[] = [];
  let lastDue = clock.now();
  while (!signal.aborted) {
    // What has come due during a long copy is not left out.
    const now = clock.now();
    const due = nextDue(schedule, lastDue > now + setBackMs ? now : Math.max(lastDue, now - patienceMs));
    if (due === undefined) return 2;
    if (due > now) {
      screen.info(`Next copy at ${new Date(due).toISOString()}.`);
      await clock.sleep(due - now, signal).catch(() => undefined);
    }
    if (signal.aborted) break;
    lastDue = due;
    owed = [...owed, due].filter((at) => at > due - patienceMs).slice(-mostOwed);
    const { code, left } = await copyWindows(owed, opened, { basis, onOutcome });
    if (isFinal(code)) return code;
    owed = left;
  }
  return 0;
}

/** Copies the windows before these times, and gives those that may still bring more. */
async function copyWindows(
  dues: readonly number[],
  opened: Run,
  { basis, onOutcome }: { basis: RunBasis; onOutcome: (outcome: Outcome) => void },
): Promise<{ code: number; left: number[] }> {
  const { settings } = basis;
  const left = new Set(dues);
  let code: number = exitCodes.complete;
  for (const due of dues) {
    const window = { ...settings.window, startSec: Math.floor(due / 1000) - settings.window.durationSec };
    const look = { ...opened, parts: { ...opened.parts, settings: { ...settings, window } } };
    const passed = await pass(look, basis, { onOutcome });
    ({ code } = passed);
    if (!passed.mayGrow) left.delete(due);
    // The next one would fare no better.
    if (code > exitCodes.partial) break;
  }
  return { code, left: [...left] };
}

/** Waiting heals a network, but neither a key nor a disk. */
function isFinal(code: number): boolean {
  return code === exitCodes.authentication || code === exitCodes.diskFull;
}
