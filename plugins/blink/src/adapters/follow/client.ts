import {
  createTroubleLog,
  describeError,
  errorCode,
  retry,
  type AlarmMode,
  type Bus,
  type Clock,
  type Log,
} from '@porchlight/core';
import { longestAskedMs } from '../../domain/back-off.ts';
import { followAlarm, listUnknown, type FollowSettings } from '../../domain/arming.ts';

/** Follows the alarm of the house on the bus; returns the way to stop. */
export function followAlarmOnBus(
  bus: Bus,
  { onMode, onRinging }: { onMode(mode: AlarmMode): void; onRinging(isRinging: boolean): void },
): () => void {
  let isRinging = false;
  return bus.onState({ capability: 'alarm' }, (_address, state) => {
    if (!state) return;
    if ((state.phase === 'triggered') !== isRinging) {
      isRinging = state.phase === 'triggered';
      onRinging(isRinging);
    }
    onMode(state.mode);
  });
}

export interface FollowerParts {
  settings: FollowSettings & { enabled: boolean };
  /** The systems of the account; empty before they are known. */
  systems(): readonly { id: string; name: string }[];
  /** Arms or disarms one; resolves once the system says so. Failed orders are in the log, `blink.not-done` is not. */
  arm(system: string, on: boolean): Promise<void>;
  /** What `followed` says now must be on the disk before anything is ordered. */
  onChange(): Promise<void>;
}

interface Surroundings {
  clock: Clock;
  log: Log;
  signal: AbortSignal;
}

/** An order of the alarm that fails is given again after so many ms, as long as the alarm stays as it is. */
const again = { firstMs: 30_000, maxMs: 300_000, maxRetryAfterMs: longestAskedMs, attempts: Infinity };

/** Brings every system to what the alarm's mode asks for, and does not let go before it is. */
export class AlarmFollower {
  readonly #parts: FollowerParts;
  readonly #surroundings: Surroundings;
  readonly #troubles;
  readonly #named = new Set<string>();
  readonly #given = new Map<string, { mode: AlarmMode; giving: AbortController }>();
  #mode: AlarmMode | undefined;
  /** Modes that systems were brought to, by system. One whose order is on its way is absent: a restart gives it again. */
  followed: Record<string, AlarmMode> = {};

  constructor(parts: FollowerParts, surroundings: Surroundings) {
    this.#parts = parts;
    this.#surroundings = surroundings;
    this.#troubles = createTroubleLog(surroundings.log, surroundings.clock);
  }

  resume(followed: Record<string, AlarmMode>): void {
    this.followed = { ...followed };
    for (const [id, mode] of Object.entries(followed)) this.#given.set(id, { mode, giving: new AbortController() });
  }

  onMode(mode: AlarmMode): void {
    this.#mode = mode;
    this.look();
  }

  /**
   * Orders what is not ordered yet; to be called when the list of systems is new. What was brought to this mode once is
   * left alone, so that what is switched in the phone app meanwhile stays.
   */
  look(): void {
    const [mode, { settings, systems }] = [this.#mode, this.#parts];
    if (!settings.enabled) return;
    this.#nameUnknown();
    if (mode === undefined) return;
    const orders = followAlarm(settings, mode, systems());
    this.#forgetOthers(new Set(orders.map(({ id }) => id)));
    for (const { id, on } of orders) {
      const known = this.#given.get(id);
      if (known?.mode === mode) continue;
      known?.giving.abort();
      const giving = new AbortController();
      this.#given.set(id, { mode, giving });
      const signal = AbortSignal.any([this.#surroundings.signal, giving.signal]);
      void this.#bring({ id, on, mode }, signal).catch(() => undefined);
    }
  }

  /** A name that is misspelt leaves a house unwatched. */
  #nameUnknown(): void {
    const systems = this.#parts.systems();
    if (systems.length === 0) return;
    for (const name of listUnknown(this.#parts.settings, systems)) {
      if (this.#named.has(name)) continue;
      this.#named.add(name);
      const names = systems.map((system) => system.name).join(', ');
      this.#surroundings.log.error(
        `"${name}" shall follow the alarm, but the account has no system of that name: correct it under "Systems". There are: ${names}.`,
      );
    }
  }

  /** A system that has gone and comes back is a new one. */
  #forgetOthers(listed: ReadonlySet<string>): void {
    for (const [id, { giving }] of this.#given) {
      if (listed.has(id)) continue;
      giving.abort();
      this.#given.delete(id);
      delete this.followed[id];
    }
  }

  async #bring({ id, on, mode }: { id: string; on: boolean; mode: AlarmMode }, signal: AbortSignal): Promise<void> {
    const { arm, onChange } = this.#parts;
    delete this.followed[id];
    await onChange();
    signal.throwIfAborted();
    const onRetry = (error: unknown): void => {
      if (errorCode(error) === 'blink.not-done' && !signal.aborted) this.#troubles.begin(id, describeError(error));
    };
    await retry({ ...again, clock: this.#surroundings.clock, signal, onRetry }, () => arm(id, on));
    signal.throwIfAborted();
    this.#troubles.end(id, 'Blink follows the alarm again');
    this.followed[id] = mode;
    await onChange();
  }
}
