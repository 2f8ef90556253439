import { watchdogSchema, type WatchdogConfig } from '@porchlight/config-schemas';
import { defineService, describeError, Devices, type Service, type ServiceContext } from '@porchlight/core';
import { carryOut, rebootRouter } from './adapters/carry-out.ts';
import { openAdapters, type Adapters } from './adapters/open.ts';
import { openProbes } from './adapters/rounds/client.ts';
import { toQuietHours, toSettings } from './adapters/settings.ts';
import { Display } from './adapters/devices/display.ts';
import { judgeRound } from './domain/verdict.ts';
import type { Moment, WatchdogEffect } from './domain/step.ts';
import { stepWatchdog, type WatchdogInput } from './domain/watchdog.ts';
import { firstState } from './domain/watchdog-state.ts';
import { rebootRefused } from './errors.ts';
import type { Probes } from './ports.ts';

export { commands } from './adapters/commands/client.ts';

const version = '0.1.0';

export const service = defineService<WatchdogConfig>({
  name: 'watchdog',
  version,
  configSchema: watchdogSchema,
  create: (config, context) => createWatchdog(config, context, openProbes(config, context.clock)),
});

/** The service with probes of one's choice. */
export function createWatchdog(config: WatchdogConfig, context: ServiceContext, probes: Probes): Service {
  return new WatchdogService(config, context, probes);
}

type Reboot = Extract<WatchdogEffect, { type: 'reboot' }>;

class WatchdogService implements Service {
  readonly devices = new Devices('watchdog');
  readonly #parts: { config: WatchdogConfig; context: ServiceContext; probes: Probes };
  readonly #settings;
  readonly #adapters: Adapters;
  readonly #display: Display;
  readonly #stopping = new AbortController();
  readonly #started = Promise.withResolvers<void>();
  readonly #isQuiet: (now: number) => boolean;
  #state = firstState;
  #watching: Promise<void> | undefined;

  constructor(config: WatchdogConfig, context: ServiceContext, probes: Probes) {
    this.#parts = { config, context, probes };
    this.#settings = toSettings(config);
    this.#isQuiet = toQuietHours(config);
    this.#adapters = openAdapters(
      { config, context, devices: this.devices, version },
      {
        reboot: () => this.#command({ type: 'manual' }),
        pause: (on) => this.#command({ type: 'pause', on }),
        cycleSeen: () => void this.#command({ type: 'cycle-seen' }).catch(() => undefined),
      },
    );
    this.#display = new Display(config, this.#settings, this.#adapters, context);
  }

  async start(): Promise<void> {
    const { memory, history, elapsed } = this.#adapters;
    this.#state = await memory.resume();
    this.#display.resume(await history.read());
    await this.#step({ type: 'start', machineMs: elapsed.machineMs() });
    this.#started.resolve();
    this.#watching = this.#watch(AbortSignal.any([this.#parts.context.signal, this.#stopping.signal]));
  }

  async stop(): Promise<void> {
    this.#stopping.abort('stopped');
    const { plug, heartbeat, people } = this.#adapters;
    plug?.stop();
    await Promise.all([this.#watching, heartbeat.stop(), people.stop()]);
    if (this.#watching) await this.#adapters.memory.keep(this.#state).catch(() => undefined);
  }

  async #watch(signal: AbortSignal): Promise<void> {
    const { probes, config, context } = this.#parts;
    const { clock, log } = context;
    const complain = (error: unknown): void => log.error(`A round of checks failed: ${describeError(error)}`);
    while (!signal.aborted) {
      const startedAt = clock.monotonic();
      try {
        const round = await probes.ask(signal);
        this.#display.take(round);
        // A reboot that is under way must not hold the next round.
        const verdict = judgeRound({ ...round, minHealthy: config.minHealthy });
        this.#step({ type: 'round', verdict }).catch(complain);
        const spentMs = clock.monotonic() - startedAt;
        await clock.sleep(Math.max(0, this.#settings.intervalMs - spentMs), signal);
      } catch (error) {
        if (signal.aborted) return;
        complain(error);
        await clock.sleep(this.#settings.intervalMs, signal).catch(() => undefined);
      }
    }
  }

  /** What was kept must be read before anybody may change it. */
  async #command(input: WatchdogInput): Promise<void> {
    await this.#started.promise;
    return this.#step(input);
  }

  /** The one way in which the state changes: decide, show, keep, act. Rejects when a reboot by hand fails. */
  async #step(input: WatchdogInput): Promise<void> {
    // Another instance may own what is kept by now; a late answer of the plug must not touch it.
    if (this.#isOver) return;
    const before = this.#state;
    const { state, effects } = stepWatchdog(this.#settings, before, input, this.#moment());
    this.#state = state;
    const { memory } = this.#adapters;
    memory.watch(before.outage !== undefined && before.phase !== 'starting');
    const { config, context } = this.#parts;
    const outcome = { config, ...context, onPastOutage: this.#display.addPast };
    for (const effect of effects) carryOut(this.#adapters, effect, outcome);
    this.#display.show(state);
    const refusal = effects.find(({ type }) => type === 'refuse');
    if (refusal?.type === 'refuse') throw rebootRefused(refusal.message);
    const reboot = effects.find(({ type }) => type === 'reboot');
    if (reboot?.type === 'reboot') return this.#reboot(reboot);
    const isChanged = effects.length > 0 || state.phase !== before.phase || state.paused !== before.paused;
    if (isChanged || memory.isStale) await memory.keep(state).catch(() => undefined);
  }

  async #reboot(effect: Reboot): Promise<void> {
    const { config, context } = this.#parts;
    const parts = { state: this.#state, config, ...context };
    const { error, ...result } = await rebootRouter(this.#adapters, effect, parts);
    this.#display.rebootFailed(result.problem);
    await this.#step({ type: 'reboot-result', ...result });
    if (effect.isManual && !result.ok) throw error;
  }

  get #isOver(): boolean {
    return this.#stopping.signal.aborted || this.#parts.context.signal.aborted;
  }

  #moment(): Moment {
    const { elapsed, plug } = this.#adapters;
    const { config, context } = this.#parts;
    const obstacle = config.dryRun ? undefined : plug?.obstacle();
    return {
      at: elapsed.now(),
      isQuiet: this.#isQuiet(context.clock.now()),
      isPlugBusy: plug?.isBusy() ?? false,
      ...(obstacle !== undefined && { obstacle }),
    };
  }
}
