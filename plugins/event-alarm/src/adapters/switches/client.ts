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

const backoff = { firstMs: 500, maxMs: 15_000 };
const commandTimeoutMs = 5_000;

/**
 * Drives the switches over the bus. Each has its own loop, so that one that fails never holds another.
 *
 * No crash leaves a lamp on: while it may ring, and until each is brought back, what they were is on disk, and a start
 * after a crash brings that back. A clean stop in between, or a disarming, clears the file.
 */
export class BusSwitches implements Switches {
  readonly #parts: SwitchesParts;
  readonly #states = new Map<string, boolean>();
  readonly #problems = new Map<string, string>();
  readonly #unsubscribe: (() => void)[];
  #running: AbortController | undefined;
  #restoring: AbortController | undefined;
  #isGuarded = false;
  /** What to bring back when the ringing ends. */
  #before: Record<string, boolean> = {};
  /** Those that are still to be brought back. */
  readonly #owed = new Set<string>();
  #written: Promise<void> = Promise.resolve();

  constructor(parts: SwitchesParts) {
    this.#parts = parts;
    this.#unsubscribe = parts.switches.map(({ device }) =>
      parts.bus.onState({ ...toAddress(device), capability: 'switch' }, (_address, state) => {
        if (!state || this.#states.get(device) === state.on) return;
        this.#states.set(device, state.on);
        if (this.#isGuarded && !this.#running) this.#remember();
      }),
    );
    parts.signal.addEventListener('abort', () => this.#end(), { once: true });
  }

  async resume({ isRinging, isArmed }: { isRinging: boolean; isArmed: boolean }): Promise<void> {
    const { isWatching, before } = await this.#parts.memory.read();
    this.#before = before;
    this.#isGuarded = isArmed;
    if (isRinging) return this.#drive();
    if (isWatching) this.#restore(Object.keys(before));
    if (isArmed) this.#remember();
  }

  guard(): void {
    this.#isGuarded = true;
    if (!this.#running) this.#remember();
  }

  release(): void {
    this.#isGuarded = false;
    if (!this.#running) this.#remember();
  }

  start(): void {
    if (this.#running || this.#parts.switches.length === 0) return;
    if (!this.#isGuarded) this.#remember(true);
    this.#drive();
  }

  stop(): void {
    if (!this.#running) return;
    this.#running.abort();
    this.#running = undefined;
    this.#restore(this.#owed);
  }

  problem(): string | undefined {
    return [...this.#problems.values()][0];
  }

  async close(): Promise<void> {
    if (!this.#running) this.release();
    await this.#written;
  }

  #end(): void {
    this.#running?.abort();
    this.#restoring?.abort();
    for (const unsubscribe of this.#unsubscribe) unsubscribe();
  }

  #drive(): void {
    this.#running = new AbortController();
    const until = this.#running.signal;
    for (const one of this.#parts.switches) void this.#flash(one, until);
    this.#restoring?.abort('it rings again');
    for (const { device } of this.#parts.switches) this.#owed.add(device);
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

  #restore(devices: Iterable<string>): void {
    this.#restoring?.abort();
    this.#restoring = new AbortController();
    for (const device of devices) void this.#bringBack(device, this.#restoring.signal);
  }

  async #bringBack(device: string, signal: AbortSignal): Promise<void> {
    this.#owed.add(device);
    const on = this.#before[device] ?? false;
    await this.#set(device, on, signal);
    if (signal.aborted) return;
    this.#owed.delete(device);
    // Its answer may be here before its state is.
    this.#states.set(device, on);
    this.#remember();
  }

  /** Tries until it is done or the signal aborts: a lamp that comes back late must not stay dark, nor burn for ever. */
  async #set(device: string, on: boolean, signal: AbortSignal, attempts = Number.POSITIVE_INFINITY): Promise<void> {
    const { bus, clock, log } = this.#parts;
    const target = { ...toAddress(device), capability: 'switch' } as const;
    const complain = (error: unknown): void => {
      const problem = `${device} could not be switched ${on ? 'on' : 'off'}: ${describeError(error)}`;
      if (this.#problems.get(device) !== problem) log.warn(problem);
      this.#note(device, problem);
    };
    try {
      await retry({ ...backoff, attempts, clock, signal, onRetry: complain }, () =>
        bus.command(target, { on }, { timeoutMs: commandTimeoutMs }),
      );
      this.#note(device, undefined);
    } catch (error) {
      if (!signal.aborted) complain(error);
    }
  }

  #note(device: string, problem: string | undefined): void {
    if (this.#problems.get(device) === problem) return;
    if (problem === undefined) this.#problems.delete(device);
    else this.#problems.set(device, problem);
    this.#parts.onProblem();
  }

  /** Keeps what each switch is now; one that is still to be brought back stays what it was. */
  #remember(isRinging = false): void {
    const mayRing = this.#isGuarded || isRinging;
    const current = mayRing ? this.#parts.switches.map(({ device }) => [device, this.#states.get(device)]) : [];
    const owed = [...this.#owed].map((device) => [device, this.#before[device]]);
    this.#before = Object.fromEntries([...current, ...owed].map(([device, on]) => [device, on ?? false]));
    this.#write({ isWatching: mayRing || owed.length > 0, before: this.#before });
  }

  #write(memory: SwitchesMemory): void {
    const { log } = this.#parts;
    if (this.#parts.switches.length === 0) return;
    this.#written = this.#parts.memory
      .write(memory)
      .catch((error: unknown) => log.warn(`What the switches were before cannot be kept: ${describeError(error)}`));
  }
}

function toAddress(device: string): { service: string; device: string } {
  const [service = '', id = ''] = device.split('/');
  return { service, device: id };
}
