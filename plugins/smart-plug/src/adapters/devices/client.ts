import type { CommandCallbacks, Device, Devices } from '@porchlight/core';
import type { CycleState, PendingCycle } from '../../domain/power-cycle.ts';
import { listQuantities, toSwitch, toValues, type Reading } from '../../domain/reading.ts';
import type { PlugPort } from '../../ports.ts';

/** A plug, or a sequence of plugs, as all faces show it. */
export class PowerDevice {
  readonly #device: Device;
  readonly #hasSwitch: boolean;
  #trouble: string | undefined;
  #failure: string | undefined;
  #reading: Reading | undefined;

  constructor(
    devices: Devices,
    about: { id: string; name: string; model: string; hasSwitch: boolean },
    commands: CommandCallbacks,
  ) {
    const { id, name, model, hasSwitch } = about;
    this.#hasSwitch = hasSwitch;
    this.#device = devices.add({
      id,
      name,
      model,
      capabilities: { ...(hasSwitch && { switch: { as: 'outlet' as const } }), 'power-cycle': {} },
      state: { 'power-cycle': { phase: 'idle' } },
      commands,
    });
  }

  /** Make and model, as soon as the plug has told. */
  identify(identity: PlugPort['identity']): void {
    this.#device.describe(identity);
  }

  show(reading: Reading, now: number): void {
    // Our own commands know no figures: the last ones stand until the next reading.
    const full = reading.watts === undefined && this.#reading ? { ...this.#reading, on: reading.on } : reading;
    this.#reading = full;
    if (this.#hasSwitch) this.#device.update('switch', toSwitch(full));
    const quantities = listQuantities(full);
    if (!quantities) return;
    const { capabilities } = this.#device.description;
    this.#device.describe({ capabilities: { ...capabilities, measurement: { quantities } } });
    const values = toValues(full);
    const known = this.#device.state('measurement');
    if (JSON.stringify(known?.values) !== JSON.stringify(values))
      this.#device.update('measurement', { at: now, values });
  }

  showCycle({ phase, last, problem }: Pick<CycleState, 'phase' | 'last' | 'problem'>): void {
    this.#device.update('power-cycle', {
      phase,
      ...(last !== undefined && { last }),
      ...(problem !== undefined && { problem }),
    });
    if (phase !== 'failed') this.#failure = undefined;
    this.#showHealth();
  }

  /** undefined: it answers again. */
  trouble(problem: string | undefined): void {
    this.#trouble = problem;
    this.#showHealth();
  }

  fail(problem: string, now: number): void {
    this.#failure = problem;
    this.#device.emit({
      id: `${this.#device.id}-failed-${now}`,
      type: 'restart-failed',
      occurredAt: now,
      observedAt: now,
    });
    this.#showHealth();
  }

  finish({ id, startedAt }: Pick<PendingCycle, 'id' | 'startedAt'>, now: number): void {
    this.#device.emit({ id, type: 'restarted', occurredAt: startedAt, observedAt: now });
  }

  #showHealth(): void {
    const problem = this.#failure ?? this.#trouble;
    if (problem === undefined) return this.#device.update('health', { ok: true });
    const isLost = this.#failure === undefined;
    this.#device.update('health', { ok: false, ...(isLost && { reachable: false }), problem });
  }
}
