import type { WatchdogConfig } from '@porchlight/config-schemas';
import type { ServiceContext } from '@porchlight/core';
import { watchGroups, type GroupWatch } from '../../domain/group-watch.ts';
import { measureSignal, noSignal, type Signal } from '../../domain/signal.ts';
import { describeFault } from '../../domain/wording.ts';
import { toStatus } from '../../domain/status.ts';
import { budgetFreeAt, cooledDownAt, recentReboots } from '../../domain/watchdog-state.ts';
import type { WatchdogSettings, WatchdogState } from '../../domain/watchdog-state.ts';
import type { Round } from '../../ports.ts';
import type { PastOutage } from '../history/schema.ts';
import type { Adapters } from '../open.ts';
import type { Figures } from './figures.ts';

/** Figures go out when something changed, or this often, milliseconds: a dashboard needs no more. */
const figuresMs = 60_000;
/** A clock that is set moves by more, milliseconds. */
const driftMs = 60_000;
/** A plug that is missing for so many rounds is not just late. */
const obstacleRounds = 5;

type Parts = Pick<Adapters, 'elapsed' | 'memory' | 'devices' | 'heartbeat' | 'plug'>;

/** Shows the state of the watchdog on its devices and in its beats. */
export class Display {
  readonly #config: WatchdogConfig;
  readonly #settings: WatchdogSettings;
  readonly #parts: Parts;
  readonly #context: ServiceContext;
  #signal: Signal = noSignal;
  #groups: GroupWatch = {};
  #lastOutage: PastOutage | undefined;
  #rebootProblem: string | undefined;
  #lastReboot: { at: number; wallAt: number } | undefined;
  #hindered = 0;
  #shownAt = Number.NEGATIVE_INFINITY;
  #shownPhase: string | undefined;

  constructor(config: WatchdogConfig, settings: WatchdogSettings, parts: Parts, context: ServiceContext) {
    this.#config = config;
    this.#settings = settings;
    this.#parts = parts;
    this.#context = context;
  }

  resume(history: readonly PastOutage[]): void {
    this.#lastOutage = history.at(-1);
  }

  addPast = (outage: PastOutage): void => {
    this.#lastOutage = outage;
  };

  rebootFailed(problem: string | undefined): void {
    this.#rebootProblem = problem;
  }

  take({ results }: Round): void {
    this.#signal = measureSignal(this.#signal, results);
    this.#groups = watchGroups(this.#groups, results);
    this.#hindered = this.#parts.plug?.obstacle() === undefined ? 0 : this.#hindered + 1;
  }

  show(state: WatchdogState): void {
    const { devices, heartbeat } = this.#parts;
    if (!state.outage) this.#rebootProblem = undefined;
    const now = this.#context.clock.now();
    const status = toStatus(state, this.#config.dryRun);
    devices.show(status, now);
    devices.showPause(state.paused !== undefined);
    devices.showRouter(this.#toPowerCycle(state));
    const { offlineAfterMs, intervalMs } = this.#settings;
    devices.showGroups(this.#groups, Math.ceil(offlineAfterMs / intervalMs), now);
    const obstacle = this.#hindered >= obstacleRounds ? this.#parts.plug?.obstacle() : undefined;
    devices.report(this.#findProblem(state, obstacle));
    devices.reportRouter(obstacle);
    const { latencyMs } = this.#signal;
    const isConnected = status.status === 'online' || status.status === 'degraded';
    const cause = status.cause === undefined ? {} : { cause: status.cause };
    heartbeat.show({ state: toBeat(state), isConnected, ...cause, ...(latencyMs !== undefined && { latencyMs }) });
    this.#showFigures(state, now);
  }

  #toPowerCycle({ phase, reboots }: WatchdogState): Parameters<Parts['devices']['showRouter']>[0] {
    const last = this.#describeLast(reboots.at(-1));
    if (phase === 'rebooting') return { phase: 'off', ...last };
    if (phase === 'boot-grace') return { phase: 'restoring', ...last };
    if (this.#rebootProblem !== undefined) return { phase: 'failed', ...last, problem: this.#rebootProblem };
    return { phase: 'idle', ...last };
  }

  /** Kept while the clocks only drift: a state that does not change must not seem to. */
  #describeLast(at: number | undefined): { last?: number } {
    if (at === undefined) return {};
    const known = this.#lastReboot;
    const wallAt = this.#toWall(at);
    if (known?.at === at && Math.abs(known.wallAt - wallAt) < driftMs) return { last: known.wallAt };
    this.#lastReboot = { at, wallAt };
    return { last: wallAt };
  }

  #findProblem({ phase, verdict, outage }: WatchdogState, obstacle: string | undefined): string | undefined {
    if (verdict?.status === 'broken') return `The checks themselves fail: ${verdict.problem}`;
    if (this.#rebootProblem !== undefined) return `The router could not be restarted: ${this.#rebootProblem}`;
    if (phase === 'exhausted') return describeFault(outage?.reboots ?? 0);
    return obstacle === undefined ? undefined : `The router could not be restarted now: ${obstacle}.`;
  }

  #showFigures(state: WatchdogState, now: number): void {
    const { elapsed, devices, memory } = this.#parts;
    const at = elapsed.now();
    if (state.phase === this.#shownPhase && at - this.#shownAt < figuresMs) return;
    this.#shownAt = at;
    this.#shownPhase = state.phase;
    const figures: Figures = {
      phase: state.phase,
      cause: state.outage?.cause ?? null,
      latencyMs: this.#signal.latencyMs ?? null,
      lossPercent: this.#signal.lossPercent ?? null,
      rebootsToday: recentReboots(state.reboots, at).length,
      nextRebootAt: this.#nextRebootAt(state, at),
      lastOutageAt: this.#lastOutage?.startedAt ?? null,
      lastOutageSeconds: this.#lastOutage?.durationSeconds ?? null,
      uptimePercent: memory.uptimePercent(30) ?? null,
    };
    devices.showFigures(figures, now);
  }

  /** When the next reboot would be allowed; null when one is allowed now, or never in this outage. */
  #nextRebootAt(state: WatchdogState, at: number): number | null {
    if ((state.outage?.reboots ?? 0) >= this.#settings.maxPerOutage) return null;
    const times = [cooledDownAt(this.#settings, state), budgetFreeAt(this.#settings, state.reboots, at)];
    const latest = Math.max(...times.map((time) => time ?? 0));
    return latest > at && Number.isFinite(latest) ? this.#toWall(latest) : null;
  }

  #toWall(at: number): number {
    return Math.round(this.#context.clock.now() - this.#parts.elapsed.now() + at);
  }
}

/** One word for a beat. That the router is off comes before all else: nothing is sent then. */
function toBeat({ phase, paused }: WatchdogState): string {
  return paused === undefined || phase === 'rebooting' ? phase : 'paused';
}
