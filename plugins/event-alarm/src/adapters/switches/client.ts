import { describeError, retry, type Bus, type Clock, type Document, type Log } from '@porchlight/core';
import { flashAt, type FlashPlan } from '../../domain/flash.ts';
import type { Switches } from '../../ports.ts';
import type { SwitchesMemory } from './schema.ts';

export interface AlarmSwitch {
  /** service/device on our bus. */
  device: string;
  /** Absent: steadily on. */
  flash?: FlashPlan;
}

export interface SwitchesParts {
  switches: readonly AlarmSwitch[];
  bus: Bus;
  clock: Clock;
  log: Log;
  memory: Document<SwitchesMemory>;
  signal: AbortSignal;
  onProblem: () => void;
}

const attempts = 8;
const backoff = { firstMs: 500, maxMs: 15_000 };
const commandTimeoutMs = 5_000;

/**
 * Drives the switches over the bus. Each has its own loop, so that one that fails never holds another.
 *
 * No crash leaves a lamp on: while it may ring, what each switch was is on disk already, and a start after a crash
 * brings that back. A clean stop or a disarming clears the file.
 */
export class BusSwitches implements Switches {
  readonly #parts: SwitchesParts;
  readonly #states = new Map<string, boolean>();
  readonly #problems = new Map<string, string>();
  #running: AbortController | undefined;
  #restoring: AbortController | undefined;
  #isGuarded = false;
  /** What to bring back when the ringing ends. */
  #before: Record<string, boolean> = {};

  constructor(parts: SwitchesParts) {
    this.#parts = parts;
    parts.signal.addEventListener(
      'abort',
      () => {
        this.#running?.abort();
        this.#restoring?.abort();
      },
      { once: true },
    );
    for (const { device } of parts.switches) {
      parts.bus.onState({ ...toAddress(device), capability: 'switch' }, (_address, state) => {
        if (!state || this.#states.get(device) === state.on) return;
        this.#states.set(device, state.on);
        if (this.#isGuarded && !this.#running) this.#remember();
      });
    }
  }

  async resume({ isRinging, isArmed }: { isRinging: boolean; isArmed: boolean }): Promise<void> {
    const { isWatching, before } = await this.#parts.memory.read();
    this.#before = before;
    if (isRinging) {
      this.#isGuarded = true;
      return this.#drive();
    }
    if (isWatching) this.#restore();
    if (isArmed) this.guard();
  }

  guard(): void {
    this.#isGuarded = true;
    if (!this.#running) this.#remember();
  }

  release(): void {
    this.#isGuarded = false;
    if (!this.#running) this.#forget();
  }

  start(): void {
    if (this.#running || this.#parts.switches.length === 0) return;
    if (!this.#isGuarded) this.#remember();
    this.#drive();
  }

  stop(): void {
    if (!this.#running) return;
    this.#running.abort();
    this.#running = undefined;
    this.#restore();
  }

  problem(): string | undefined {
    return [...this.#problems.values()][0];
  }

  #drive(): void {
    this.#running = new AbortController();
    const until = this.#running.signal;
    for (const one of this.#parts.switches) void this.#flash(one, until);
    this.#restoring?.abort('it rings again');
  }

  async #flash({ device, flash }: AlarmSwitch, until: AbortSignal): Promise<void> {
    const { clock } = this.#parts;
    const startedAt = clock.monotonic();
    for (;;) {
      const step = flash && flashAt(flash, clock.monotonic() - startedAt);
      if (!step || until.aborted) break;
      // A single try: a flash that comes late is worth less than the next one.
      await Promise.all([this.#set(device, step.on, until, 1), clock.sleep(step.forMs, until).catch(() => undefined)]);
    }
    // Flashed long enough: it stays on while it rings, so that the place is lit.
    if (!until.aborted) await this.#set(device, true, until);
  }

  #restore(): void {
    const restoring = new AbortController();
    this.#restoring?.abort();
    this.#restoring = restoring;
    const until = restoring.signal;
    const wanted = Object.entries(this.#before);
    void Promise.all(wanted.map(([device, on]) => this.#set(device, on, until))).then(() => {
      if (!this.#isGuarded && !until.aborted) this.#forget();
    });
  }

  async #set(device: string, on: boolean, signal: AbortSignal, tries = attempts): Promise<void> {
    const { bus, clock, log } = this.#parts;
    const target = { ...toAddress(device), capability: 'switch' } as const;
    try {
      await retry({ ...backoff, attempts: tries, clock, signal }, () =>
        bus.command(target, { on }, { timeoutMs: commandTimeoutMs }),
      );
      this.#note(device, undefined);
    } catch (error) {
      if (signal.aborted) return;
      const problem = `${device} could not be switched ${on ? 'on' : 'off'}: ${describeError(error)}`;
      if (this.#problems.get(device) !== problem) log.warn(problem);
      this.#note(device, problem);
    }
  }

  #note(device: string, problem: string | undefined): void {
    if (this.#problems.get(device) === problem) return;
    if (problem === undefined) this.#problems.delete(device);
    else this.#problems.set(device, problem);
    this.#parts.onProblem();
  }

  #remember(): void {
    const { switches } = this.#parts;
    this.#before = Object.fromEntries(switches.map(({ device }) => [device, this.#states.get(device) ?? false]));
    this.#write({ isWatching: true, before: this.#before });
  }

  #forget(): void {
    this.#write({ isWatching: false, before: {} });
  }

  #write(memory: SwitchesMemory): void {
    const { log } = this.#parts;
    if (this.#parts.switches.length === 0) return;
    this.#parts.memory
      .write(memory)
      .catch((error: unknown) => log.warn(`What the switches were before cannot be kept: ${describeError(error)}`));
  }
}

function toAddress(device: string): { service: string; device: string } {
  const [service = '', id = ''] = device.split('/');
  return { service, device: id };
}
