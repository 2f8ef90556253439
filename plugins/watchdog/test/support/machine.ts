import type { OutageCause, Verdict } from '../../src/domain/verdict.ts';
import type { WatchdogEffect } from '../../src/domain/step.ts';
import { stepWatchdog, type WatchdogInput } from '../../src/domain/watchdog.ts';
import { firstState, type WatchdogSettings, type WatchdogState } from '../../src/domain/watchdog-state.ts';

export const minuteMs = 60_000;
export const hourMs = 60 * minuteMs;

export const defaults: WatchdogSettings = {
  intervalMs: 15_000,
  offlineAfterMs: 60_000,
  recoveryRounds: 2,
  startupGraceMs: 120_000,
  offMs: 20_000,
  bootGraceMs: 240_000,
  cooldownMs: 600_000,
  maxPerOutage: 3,
  maxPerDay: 6,
  canReboot: true,
  rebootFor: ['wan', 'lan'],
  pauseMs: 2 * hourMs,
};

/** The machine with a clock of the test's own. */
export class Machine {
  readonly settings: WatchdogSettings;
  state: WatchdogState = firstState;
  at = 1_000_000;
  isQuiet = false;
  obstacle: string | undefined;
  isPlugBusy = false;
  readonly effects: { at: number; effect: WatchdogEffect }[] = [];

  constructor(settings: Partial<WatchdogSettings> = {}) {
    this.settings = { ...defaults, ...settings };
    this.input({ type: 'start' });
  }

  input(input: WatchdogInput): readonly WatchdogEffect[] {
    const moment = {
      at: this.at,
      isQuiet: this.isQuiet,
      isPlugBusy: this.isPlugBusy,
      ...(this.obstacle !== undefined && { obstacle: this.obstacle }),
    };
    const { state, effects } = stepWatchdog(this.settings, this.state, input, moment);
    this.state = state;
    for (const effect of effects) this.effects.push({ at: this.at, effect });
    return effects;
  }

  round(verdict: Verdict): readonly WatchdogEffect[] {
    this.at += this.settings.intervalMs;
    return this.input({ type: 'round', verdict });
  }

  /** So many rounds, or as many as fit into the time. */
  fail(ms: number, cause: OutageCause = 'wan'): this {
    for (const end = this.at + ms; this.at + this.settings.intervalMs <= end;) this.round({ status: 'offline', cause });
    return this;
  }

  /** As `fail`, and the plug does at once what it is told. */
  failWithPlug(ms: number, cause: OutageCause = 'wan'): this {
    for (const end = this.at + ms; this.at + this.settings.intervalMs <= end;) {
      const effects = this.round({ status: 'offline', cause });
      if (effects.some(({ type }) => type === 'reboot')) this.input({ type: 'reboot-result', ok: true });
    }
    return this;
  }

  succeed(rounds = 2): this {
    for (let count = 0; count < rounds; count += 1) this.round({ status: 'online' });
    return this;
  }

  /** A machine that is online and past its grace. */
  settle(): this {
    return this.succeed(10);
  }

  list(type: WatchdogEffect['type']): number[] {
    return this.effects.filter(({ effect }) => effect.type === type).map(({ at }) => at);
  }

  get reboots(): number[] {
    return this.list('reboot');
  }
}
