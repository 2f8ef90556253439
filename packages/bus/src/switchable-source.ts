import {
  PorchlightError,
  type CapabilityName,
  type CommandableName,
  type CommandOf,
  type CommandOrigin,
  type DeviceChange,
  type DeviceDescription,
  type DeviceSource,
  type StateOf,
} from '@porchlight/core';

/** The devices of a service that may not be there: standing by, not configured, or stopped. */
export class SwitchableSource implements DeviceSource {
  readonly service: string;
  readonly #listeners = new Set<(change: DeviceChange) => void>();
  #current: { source: DeviceSource; unsubscribe: () => void } | undefined;
  #ownProblem: string | undefined;

  constructor(service: string) {
    this.service = service;
  }

  get problem(): string | undefined {
    return this.#current?.source.problem ?? this.#ownProblem;
  }

  /** Shows another source; its devices are announced as added, and the former ones stay known to the faces. */
  show(source: DeviceSource | undefined, problem?: string): void {
    this.#current?.unsubscribe();
    this.#current = undefined;
    this.#ownProblem = problem;
    if (source) {
      const unsubscribe = source.subscribe((change) => this.#notify(change));
      this.#current = { source, unsubscribe };
    }
    this.#notify({ type: 'problem', problem: this.problem });
    for (const device of this.list()) this.#notify({ type: 'added', device });
  }

  list(): readonly DeviceDescription[] {
    return this.#current?.source.list() ?? [];
  }

  state<N extends CapabilityName>(device: string, capability: N): StateOf<N> | undefined {
    return this.#current?.source.state(device, capability);
  }

  async command<N extends CommandableName>(
    target: { device: string; capability: N },
    command: CommandOf<N>,
    origin: CommandOrigin,
  ): Promise<void> {
    if (!this.#current) {
      throw new PorchlightError('service.idle', this.problem ?? `The service ${this.service} is not running.`);
    }
    await this.#current.source.command(target, command, origin);
  }

  subscribe(listener: (change: DeviceChange) => void): () => void {
    this.#listeners.add(listener);
    return () => this.#listeners.delete(listener);
  }

  #notify(change: DeviceChange): void {
    for (const listener of this.#listeners) listener(change);
  }
}
