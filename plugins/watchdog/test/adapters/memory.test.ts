import { describe, expect, test } from '@jest/globals';
import { createCaptureLog, createFakeClock, createMemoryStorage } from '@porchlight/core/testing';
import { ElapsedClock, type Machine } from '../../src/adapters/elapsed/client.ts';
import { describeHistory } from '../../src/adapters/commands/client.ts';
import { History, parseOutages } from '../../src/adapters/history/client.ts';
import type { PastOutage } from '../../src/adapters/history/schema.ts';
import { WatchdogMemory } from '../../src/adapters/memory/client.ts';
import { emptyMemory, memorySchema } from '../../src/adapters/memory/schema.ts';
import { firstState, type WatchdogState } from '../../src/domain/watchdog-state.ts';

const hourMs = 3_600_000;
const machineOf = (bootId: string, uptimeMs: number): Machine => ({ bootId: () => bootId, uptimeMs: () => uptimeMs });

describe('the clock that goes on', () => {
  const kept = { elapsedMs: 10 * hourMs, bootId: 'a', uptimeMs: 2 * hourMs };

  test.each([
    ['the process was away for an hour', 'a', 3 * hourMs, 11 * hourMs],
    ['the machine was started anew half an hour ago', 'b', hourMs / 2, 10.5 * hourMs],
    ['a clock that says it went back', 'a', hourMs, 10 * hourMs],
  ])('%s', (_what, bootId, uptimeMs, now) => {
    const clock = createFakeClock();
    const elapsed = new ElapsedClock(clock, machineOf(bootId, uptimeMs));
    elapsed.resume(kept);
    expect(elapsed.now()).toBe(now);
  });

  test('where starts have no id, time away is not counted: a crash loop cannot make a day pass', () => {
    const elapsed = new ElapsedClock(createFakeClock(), machineOf('', 100 * hourMs));
    elapsed.resume({ ...kept, bootId: '' });
    expect(elapsed.now()).toBe(10 * hourMs);
  });

  test('jumps of the wall clock do not move it', async () => {
    const clock = createFakeClock();
    const elapsed = new ElapsedClock(clock, machineOf('a', 0));
    elapsed.resume(emptyMemory.clock);
    clock.jump(365 * 24 * hourMs);
    await clock.advance(1_000);
    expect(elapsed.now()).toBe(1_000);
    expect(elapsed.reading()).toEqual({ elapsedMs: 1_000, bootId: 'a', uptimeMs: 0 });
  });
});

function openMemory(storage = createMemoryStorage()) {
  const clock = createFakeClock();
  const log = createCaptureLog();
  const elapsed = new ElapsedClock(clock, machineOf('a', 0));
  const document = storage.document('watchdog', memorySchema, emptyMemory);
  return { clock, log, storage, memory: new WatchdogMemory(document, elapsed, { clock, log }) };
}

describe('the memory', () => {
  test('keeps the state with its budget and the watched time, not the verdict of the moment', async () => {
    const first = openMemory();
    await first.memory.resume();
    first.memory.watch(false);
    await first.clock.advance(60_000);
    first.memory.watch(false);
    await first.clock.advance(60_000);
    first.memory.watch(true);
    const outage = { startedAt: 5, cause: 'wan' as const, reboots: 2, manual: 0, told: ['exhausted'] };
    const state: WatchdogState = { ...firstState, phase: 'exhausted', outage, reboots: [1, 2], paused: {} };
    await first.memory.keep({ ...state, verdict: { status: 'online' } });
    const second = openMemory(first.storage);
    expect(await second.memory.resume()).toEqual(state);
    expect(second.memory.uptimePercent(30)).toBe(50);
  });

  test('a sleep of the machine is not watched time', async () => {
    const { memory, clock } = openMemory();
    await memory.resume();
    memory.watch(false);
    await clock.advance(8 * hourMs);
    memory.watch(true);
    expect(memory.uptimePercent(1)).toBeUndefined();
  });

  test('it is kept every five minutes at least, for the clock in it', async () => {
    const { memory, clock } = openMemory();
    await memory.keep(firstState);
    expect(memory.isStale).toBe(false);
    await clock.advance(300_000);
    expect(memory.isStale).toBe(true);
  });

  test('a disk that takes nothing is said once, and once when it does again', async () => {
    const { memory, log, storage } = openMemory();
    const set = storage.files.set.bind(storage.files);
    storage.files.set = () => {
      throw new Error('read-only file system');
    };
    for (let count = 0; count < 3; count += 1) {
      await expect(memory.keep(firstState)).rejects.toMatchObject({ code: 'watchdog.budget-not-kept' });
    }
    storage.files.set = set;
    await memory.keep(firstState);
    expect(log.lines).toEqual([
      'warn: The state of the watchdog cannot be kept: read-only file system',
      'info: The state of the watchdog can be kept again. (after 0 s)',
    ]);
  });
});

const outageAt = (index: number): PastOutage => ({
  startedAt: 1_767_225_600_000 + index * hourMs,
  endedAt: 1_767_225_600_000 + index * hourMs + 90_000,
  durationSeconds: 90,
  cause: 'wan',
  reboots: 1,
  manual: 0,
});

describe('the history', () => {
  test('keeps the last thousand outages', async () => {
    const storage = createMemoryStorage();
    const history = new History(storage.journal('outages'), createCaptureLog());
    for (let index = 0; index < 1_250; index += 1) await history.add(outageAt(index));
    const kept = await history.read();
    expect(kept).toHaveLength(1_000);
    expect(kept.at(-1)).toEqual(outageAt(1_249));
    expect((storage.files.get('outages') ?? '').split('\n').length).toBeLessThan(1_110);
  });

  test('a line that is no outage is left out', async () => {
    const storage = createMemoryStorage();
    const history = new History(storage.journal('outages'), createCaptureLog());
    await history.add(outageAt(0));
    await storage.journal('outages').append('{"startedAt":');
    await storage.journal('outages').append('{}');
    await history.add(outageAt(1));
    expect(await history.read()).toEqual([outageAt(0), outageAt(1)]);
  });

  test('a disk that takes nothing loses the history, not the watchdog', async () => {
    const storage = createMemoryStorage();
    const log = createCaptureLog();
    storage.files.set = () => {
      throw new Error('read-only file system');
    };
    await new History(storage.journal('outages'), log).add(outageAt(0));
    expect(log.lines).toEqual(['error: The history of outages cannot be written: read-only file system']);
  });

  test('is printed with the uptime', () => {
    const days = [
      { day: '2026-01-01', watchedMs: 86_400_000, offlineMs: 86_400 },
      { day: '2025-12-01', watchedMs: 86_400_000, offlineMs: 0 },
    ];
    const memory = { ...emptyMemory, days };
    const restart: PastOutage = { ...outageAt(30), cause: 'restart', reboots: 0, manual: 1 };
    expect(describeHistory([outageAt(0), restart], memory, 1_767_225_600_000 + 30 * hourMs)).toEqual([
      '2026-01-01T00:00:00.000Z  2 min         no internet behind the router, 1 restart',
      '2026-01-02T06:00:00.000Z  2 min         the router was restarted by hand, 1 by hand',
      'uptime 24 hours  99.900 %',
      'uptime 7 days    99.900 %',
      'uptime 30 days   99.900 %',
      'uptime 365 days  99.950 %',
    ]);
  });

  test('says what it does not know', () => {
    const outage = { startedAt: 0, cause: 'lan' as const, reboots: 2, manual: 0, told: [] };
    const memory = { ...emptyMemory, state: { ...firstState, outage } };
    expect(describeHistory([], memory, 0).slice(0, 3)).toEqual([
      'No outage has been seen.',
      'An outage is under way: the router does not answer, 2 restarts.',
      'uptime 24 hours  not watched',
    ]);
    expect(parseOutages('')).toEqual([]);
  });
});
