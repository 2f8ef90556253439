import type { WatchdogConfig } from '@porchlight/config-schemas';
import { describeError, errorCode, type Clock, type Log } from '@porchlight/core';
import type { WatchdogEffect } from '../domain/step.ts';
import type { WatchdogState } from '../domain/watchdog-state.ts';
import { describeCause, describeExhausted, describeRecovery } from '../domain/wording.ts';
import type { PastOutage } from './history/schema.ts';
import type { Adapters } from './open.ts';

export interface Outcome {
  config: WatchdogConfig;
  clock: Clock;
  log: Log;
  onPastOutage(outage: PastOutage): void;
}

/** Does what the domain decided, but for reboots and refusals, which have an answer. */
export function carryOut(
  { devices, people, history, heartbeat, memory }: Adapters,
  effect: WatchdogEffect,
  { config: { name, dryRun, offSeconds, bootGraceSeconds }, clock, log, onPastOutage }: Outcome,
): void {
  const now = clock.now();
  switch (effect.type) {
    case 'outage':
      memory.markOffline(effect.sinceMs);
      log.warn(`${name}: offline (${describeCause(effect.cause)}).`);
      return devices.announce('outage', now);
    case 'recovered': {
      const { outage, durationMs } = effect;
      const text = describeRecovery(outage, durationMs, dryRun);
      log.info(`${name}: back online. ${text}`);
      devices.announce('recovered', now);
      heartbeat.reconnect();
      people.tell(`recovered-${now}`, 'info', `Back online. ${text}`);
      // By its length, because the wall clock may just have been set.
      const past = toPastOutage(effect, now, dryRun);
      onPastOutage(past);
      return void history.add(past);
    }
    case 'exhausted': {
      const text = describeExhausted(effect.outage, effect.limit);
      log.error(`${name}: ${text}`);
      return people.tell(`exhausted-${now}`, 'warning', text);
    }
    case 'postponed':
      return log.warn(`${name}: the router is not restarted yet, because of ${effect.why}.`);
    case 'reboot-failed':
      return log.warn(`${name}: the router could not be restarted: ${effect.problem}`);
    case 'foreign-reboot':
      log.info(`${name}: the router is being restarted by somebody else; it gets its time.`);
      devices.announce('reboot', now);
      return heartbeat.announceReboot(offSeconds + bootGraceSeconds);
    case 'resumed':
      return log.info(`${name}: the pause is over.`);
    case 'reboot':
    case 'refuse':
      return undefined;
  }
}

function toPastOutage(
  { outage, durationMs }: Extract<WatchdogEffect, { type: 'recovered' }>,
  now: number,
  dryRun: boolean,
): PastOutage {
  const { cause, reboots, manual } = outage;
  const durationSeconds = Math.round(durationMs / 1000);
  const times = { startedAt: now - durationMs, endedAt: now, durationSeconds };
  return { ...times, cause, reboots, manual, ...(dryRun && { dryRun }) };
}

export interface RebootOutcome {
  ok: boolean;
  problem?: string;
  error?: unknown;
}

type RebootParts = Omit<Outcome, 'onPastOutage'> & { state: WatchdogState };

/** The spent budget is on the disk before the plug hears of it; what cannot be written down is not done. */
export async function rebootRouter(
  adapters: Adapters,
  effect: Extract<WatchdogEffect, { type: 'reboot' }>,
  parts: RebootParts,
): Promise<RebootOutcome> {
  try {
    await adapters.memory.keep(parts.state);
    await tellPlug(adapters, effect, parts);
    return { ok: true };
  } catch (error) {
    // Not answered is not refused: the router may be off and on, so it gets its grace.
    if (errorCode(error) === 'bus.timeout') return { ok: true };
    return { ok: false, problem: describeError(error), error };
  }
}

async function tellPlug(
  { plug, devices, heartbeat }: Adapters,
  { isManual, number, cause }: Extract<WatchdogEffect, { type: 'reboot' }>,
  { config: { name, dryRun, offSeconds, bootGraceSeconds }, clock, log }: RebootParts,
): Promise<void> {
  const isDry = dryRun && !isManual;
  const why = isManual ? 'by hand' : describeCause(cause);
  const what = isDry ? 'dry run, the router would be restarted' : 'restarting the router';
  log.info(`${name}: ${what} (${why}, number ${number}).`);
  devices.announce('reboot', clock.now());
  if (isDry) return;
  heartbeat.announceReboot(offSeconds + bootGraceSeconds);
  await plug?.powerCycle(`Watchdog: ${why}`);
}
