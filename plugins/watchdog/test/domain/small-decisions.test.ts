import { describe, expect, test } from '@jest/globals';
import { watchGroups } from '../../src/domain/group-watch.ts';
import type { ProbeResult } from '../../src/domain/probe.ts';
import { isQuiet } from '../../src/domain/quiet-hours.ts';
import { measureSignal, noSignal } from '../../src/domain/signal.ts';
import { toStatus } from '../../src/domain/status.ts';
import { addWatched, markOffline, uptimePercent } from '../../src/domain/uptime.ts';
import { firstState, type Outage, type WatchdogState } from '../../src/domain/watchdog-state.ts';
import { describeExhausted, describeFault, describeRecovery } from '../../src/domain/wording.ts';

const answered = (latencyMs: number): ProbeResult => ({
  label: 'a',
  group: 'address',
  owner: 'a',
  outcome: { ok: true, latencyMs },
});
const failed = (why: 'silent' | 'broken' = 'silent'): ProbeResult => ({
  label: 'a',
  group: 'address',
  owner: 'a',
  outcome: { ok: false, why, problem: '' },
});
const outage: Outage = { startedAt: 0, cause: 'wan', reboots: 0, manual: 0, told: [] };

test.each([
  ['22:00', '07:00', '22:00', true],
  ['22:00', '07:00', '03:00', true],
  ['22:00', '07:00', '07:00', false],
  ['22:00', '07:00', '21:59', false],
  ['13:00', '15:00', '14:59', true],
  ['13:00', '15:00', '15:00', false],
  ['13:00', '13:00', '13:00', false],
])('quiet from %s to %s, at %s: %s', (from, to, now, quiet) => {
  expect(isQuiet({ from, to }, now)).toBe(quiet);
});

describe('signal', () => {
  test('latency is the median of the answers, loss the share of failures; broken checks are neither', () => {
    const signal = measureSignal(noSignal, [answered(10), answered(40), answered(20), failed(), failed('broken')]);
    expect(signal).toMatchObject({ latencyMs: 20, lossPercent: 25 });
  });

  test('loss is forgotten after twenty rounds', () => {
    let signal = measureSignal(noSignal, [failed()]);
    expect(signal).toEqual({ window: [[1, 1]], lossPercent: 100 });
    for (let count = 0; count < 20; count += 1) signal = measureSignal(signal, [answered(1)]);
    expect(signal.lossPercent).toBe(0);
  });

  test('nothing is known without address checks', () => {
    expect(measureSignal(noSignal, [failed('broken')])).toEqual({ window: [] });
  });
});

test('a group counts its silent rounds; one answer resets it, a broken check is none', () => {
  let watch = watchGroups({}, [failed(), { ...failed(), group: 'web' }]);
  watch = watchGroups(watch, [failed(), answered(1), failed(), { ...failed(), group: 'web' }]);
  expect(watch).toEqual({ address: 0, web: 2 });
  expect(watchGroups(watch, [failed('broken')])).toEqual({});
});

describe('uptime', () => {
  test('is the share of the time that was watched', () => {
    let days = addWatched([], '2026-01-02', 1_000, false);
    days = addWatched(days, '2026-01-02', 1_000, true);
    days = addWatched(days, '2026-01-01', 2_000, false);
    expect(days.map(({ day }) => day)).toEqual(['2026-01-01', '2026-01-02']);
    expect(uptimePercent(days, '2026-01-01')).toBe(75);
    expect(uptimePercent(days, '2026-01-02')).toBe(50);
    expect(uptimePercent(days, '2026-01-03')).toBeUndefined();
  });

  test('an outage counts from its beginning, which is known only later', () => {
    const days = markOffline(addWatched([], '2026-01-02', 200_000, false), '2026-01-02', 50_000);
    expect(uptimePercent(days, '2026-01-02')).toBe(75);
    expect(uptimePercent(markOffline(days, '2026-01-02', 500_000), '2026-01-02')).toBe(0);
    expect(markOffline(days, '2026-01-03', 1)).toEqual(days);
  });

  test('never says 100 when there was an outage, and keeps 400 days', () => {
    let days = addWatched([], '2026-01-01', 100_000_000, false);
    days = addWatched(days, '2026-01-01', 1, true);
    expect(uptimePercent(days, '2026-01-01')).toBeLessThan(100);
    for (let day = 0; day < 500; day += 1) days = addWatched(days, `2027-${String(day).padStart(3, '0')}`, 1, false);
    expect(days).toHaveLength(400);
  });
});

describe('status', () => {
  test.each<[Partial<WatchdogState>, object]>([
    [{ phase: 'starting' }, { status: 'unknown' }],
    [
      { phase: 'starting', outage },
      { status: 'offline', cause: 'wan' },
    ],
    [{ phase: 'online', verdict: { status: 'online' } }, { status: 'online' }],
    [
      { phase: 'online', verdict: { status: 'degraded', problem: '' } },
      { status: 'degraded', cause: 'some-checks-fail' },
    ],
    [
      { phase: 'online', verdict: { status: 'broken', problem: '' } },
      { status: 'unknown', cause: 'probe-error' },
    ],
    [{ phase: 'suspect' }, { status: 'degraded', cause: 'suspect' }],
    [
      { phase: 'offline', outage },
      { status: 'offline', cause: 'wan' },
    ],
    [
      { phase: 'exhausted', outage },
      { status: 'offline', cause: 'wan' },
    ],
    [
      { phase: 'rebooting', outage },
      { status: 'rebooting', cause: 'wan' },
    ],
    [
      { phase: 'boot-grace', outage },
      { status: 'rebooting', cause: 'wan' },
    ],
  ])('%j', (state, status) => {
    expect(toStatus({ ...firstState, ...state }, false)).toEqual(status);
  });

  test('a dry run does not pretend that the router is off, a reboot by hand is one', () => {
    const rebooting: WatchdogState = { ...firstState, phase: 'rebooting', outage };
    expect(toStatus(rebooting, true).status).toBe('offline');
    expect(toStatus({ ...rebooting, outage: { ...outage, manual: 1 } }, true).status).toBe('rebooting');
  });
});

test.each<[Partial<Outage>, boolean, string]>([
  [{}, false, 'Offline for 3 min: no internet behind the router. The router was not restarted.'],
  [{ reboots: 1 }, false, 'Offline for 3 min: no internet behind the router. The router was restarted once.'],
  [
    { reboots: 2, manual: 1 },
    false,
    'Offline for 3 min: no internet behind the router. The router was restarted twice, and once by hand.',
  ],
  [
    { reboots: 3 },
    true,
    'Offline for 3 min: no internet behind the router. The router would have been restarted 3 times.',
  ],
  [{ manual: 1 }, false, 'Offline for 3 min: no internet behind the router. The router was restarted once by hand.'],
  [{ manual: 1, cause: 'restart' }, false, 'Offline for 3 min: the router was restarted by hand.'],
])('%j is told as it was', (part, isDryRun, text) => {
  expect(describeRecovery({ ...outage, ...part }, 180_000, isDryRun)).toBe(text);
});

test.each([
  [3, 'outage' as const, 'Restarting the router 3 times did not help'],
  [0, 'outage' as const, 'Restarts are switched off'],
  [1, 'day' as const, 'The restarts of this day are used up'],
])('%d restarts, limit of the %s: %s', (reboots, limit, text) => {
  expect(describeExhausted({ ...outage, reboots }, limit)).toContain(text);
});

test('the fault of an outage that is given up', () => {
  expect(describeFault(3)).toBe('The router was restarted 3 times without success; look at the line.');
  expect(describeFault(0)).toContain('no restart of the router is allowed now');
});
