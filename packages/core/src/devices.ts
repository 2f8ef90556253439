import {
  capabilities,
  type CapabilityName,
  type CommandableName,
  type CommandOf,
  type StateOf,
} from './capability/index.ts';
import {
  deviceDescriptionSchema,
  type CommandOrigin,
  type DeviceCapabilities,
  type DeviceChange,
  type DeviceDescription,
  type DeviceSource,
  type StateChange,
} from './device.ts';
import { PorchlightError } from './errors.ts';
import type { DeviceEvent } from './event.ts';

type States = { [N in CapabilityName]?: StateOf<N> };

/** How a device carries out commands. What it rejects with is shown to the sender. */
export type CommandCallbacks = {
  [N in CommandableName]?: (command: CommandOf<N>, origin: CommandOrigin) => Promise<void> | void;
};

export interface NewDevice extends Omit<DeviceDescription, 'capabilities'> {
  capabilities: DeviceCapabilities;
  /** First states; a capability without one has no state yet. */
  state?: States;
  commands?: CommandCallbacks;
}

/** One device, in the hands of the service that owns it. */
export interface Device {
  readonly id: string;
  readonly description: DeviceDescription;
  state<N extends CapabilityName>(capability: N): StateOf<N> | undefined;
  /** Sets a state; silent when nothing changed. */
  update<N extends CapabilityName>(capability: N, state: StateOf<N>): void;
  describe(patch: Partial<Omit<DeviceDescription, 'id'>>): void;
  /** Publishes a fact. The event id must come from the source, so that a re-read gives the same. */
  emit(event: Omit<DeviceEvent, 'service' | 'device' | 'name'>): void;
  remove(): void;
}

interface Entry {
  description: DeviceDescription;
  states: States;
  commands: CommandCallbacks;
}

/** The devices of one service: the single place where their state is kept. */
export class Devices implements DeviceSource {
  readonly service: string;
  #entries = new Map<string, Entry>();
  #listeners = new Set<(change: DeviceChange) => void>();
  #problem: string | undefined;

  constructor(service: string) {
    this.service = service;
  }

  get problem(): string | undefined {
    return this.#problem;
  }

  /** Says what is wrong with the whole service (one sentence with the remedy), or undefined when it works again. */
  setProblem(problem: string | undefined): void {
    if (problem === this.#problem) return;
    this.#problem = problem;
    this.#notify({ type: 'problem', problem });
  }

  /** Adds a device; a second one of the same id is a programming error and throws. */
  add({ state, commands, ...rest }: NewDevice): Device {
    const description = parseDescription(rest);
    const { id } = description;
    if (this.#entries.has(id))
      throw new PorchlightError('device.duplicate', `There are two devices with the id ${id}.`);
    const entry: Entry = { description, states: { health: { ok: true }, ...state }, commands: commands ?? {} };
    this.#entries.set(id, entry);
    this.#notify({ type: 'added', device: description });
    return this.#handle(id, entry);
  }

  list(): readonly DeviceDescription[] {
    return [...this.#entries.values()].map(({ description }) => description);
  }

  state<N extends CapabilityName>(device: string, capability: N): StateOf<N> | undefined {
    return this.#entries.get(device)?.states[capability];
  }

  async command<N extends CommandableName>(
    target: { device: string; capability: N },
    command: CommandOf<N>,
    origin: CommandOrigin,
  ): Promise<void> {
    const entry = this.#entries.get(target.device);
    if (!entry) throw new PorchlightError('device.unknown', `There is no device ${target.device}.`, { retry: 'never' });
    const callback = entry.commands[target.capability];
    if (!callback) {
      const message = `${entry.description.name} takes no ${target.capability} command.`;
      throw new PorchlightError('command.unsupported', message, { retry: 'never' });
    }
    await callback(command, origin);
  }

  subscribe(listener: (change: DeviceChange) => void): () => void {
    this.#listeners.add(listener);
    return () => this.#listeners.delete(listener);
  }

  #handle(id: string, entry: Entry): Device {
    const isPresent = (): boolean => this.#entries.get(id) === entry;
    return {
      id,
      get description() {
        return entry.description;
      },
      state: (capability) => entry.states[capability],
      update: (capability, state) => {
        if (!isPresent() || isSame(entry.states[capability], state)) return;
        Object.assign(entry.states, { [capability]: state });
        this.#notify({ type: 'state', device: id, capability, state } as StateChange);
      },
      describe: (patch) => {
        const described = parseDescription({ ...entry.description, ...patch });
        if (!isPresent() || isSame(described, entry.description)) return;
        entry.description = described;
        this.#notify({ type: 'described', device: described });
      },
      emit: (event) => {
        if (!isPresent()) return;
        const { name } = entry.description;
        this.#notify({ type: 'event', event: { ...event, service: this.service, device: id, name } });
      },
      remove: () => {
        if (!isPresent()) return;
        this.#entries.delete(id);
        this.#notify({ type: 'removed', device: entry.description });
      },
    };
  }

  #notify(change: DeviceChange): void {
    for (const listener of this.#listeners) listener(change);
  }
}

function parseDescription(description: DeviceDescription): DeviceDescription {
  const withHealth = { ...description, capabilities: { ...description.capabilities, health: {} } };
  return deviceDescriptionSchema.parse(withHealth);
}

/** Whether two plain states are equal; both are made by our own code, in one key order. */
function isSame(a: unknown, b: unknown): boolean {
  return a === b || JSON.stringify(a) === JSON.stringify(b);
}

/** Parses a command that came from outside; throws a coded error that names what is wrong. */
export function parseCommand<N extends CommandableName>(capability: N, raw: unknown): CommandOf<N> {
  const result = capabilities[capability].command?.safeDecode(raw);
  if (result?.success) return result.data as CommandOf<N>;
  const issue = result?.error.issues[0];
  const where = issue && issue.path.length > 0 ? `"${issue.path.join('.')}": ` : '';
  const what = issue?.message ?? 'this capability takes no commands';
  throw new PorchlightError('command.invalid', `The ${capability} command was not understood: ${where}${what}.`, {
    retry: 'never',
  });
}
