import {
  capabilityNames,
  isCapabilityName,
  type CapabilityName,
  type CommandableName,
  type CommandOf,
  type DeviceChange,
  type DeviceDescription,
  type DeviceSource,
  type StateChange,
  type StateOf,
} from '@porchlight/core';
import type { BusClient } from './bus-client.ts';
import { topics } from './contract/topics.ts';

interface RemoteDevice {
  description: DeviceDescription | undefined;
  states: Map<CapabilityName, object>;
}

/**
 * The devices of a service that runs elsewhere, as a source like any other: whatever shows local devices can show
 * these. While their service is offline they are unreachable.
 */
export class RemoteDevices implements DeviceSource {
  readonly service: string;
  readonly #client: BusClient;
  readonly #devices = new Map<string, RemoteDevice>();
  readonly #listeners = new Set<(change: DeviceChange) => void>();
  readonly #unsubscribe: (() => void)[] = [];
  #problem: string | undefined;

  constructor(client: BusClient, service: string) {
    this.#client = client;
    this.service = service;
    this.#problem = 'Nothing has been heard from this service yet.';
  }

  get problem(): string | undefined {
    return this.#problem;
  }

  start(): void {
    const { service } = this;
    const client = this.#client;
    this.#unsubscribe.push(
      client.subscribe(topics.device, { service }, ({ device }, payload) =>
        payload && 'id' in payload ? this.#onDescription(device, payload as DeviceDescription) : this.#onGone(device),
      ),
      client.subscribe(topics.state, { service }, ({ device, capability }, state) => {
        if (isCapabilityName(capability)) this.#onState(device, capability, state);
      }),
      client.subscribe(topics.event, { service }, (_params, event) => {
        if (event) this.#notify({ type: 'event', event });
      }),
      client.subscribe(topics.status, { service }, (_params, status) => {
        if (status) this.#setProblem(status.state === 'online' ? undefined : `The service ${service} is offline.`);
      }),
      client.onConnection((connected) => {
        if (!connected) this.#setProblem('There is no connection to the MQTT broker.');
      }),
    );
  }

  stop(): void {
    for (const unsubscribe of this.#unsubscribe) unsubscribe();
    this.#listeners.clear();
  }

  list(): readonly DeviceDescription[] {
    return [...this.#devices.values()].flatMap(({ description }) => (description ? [description] : []));
  }

  state<N extends CapabilityName>(device: string, capability: N): StateOf<N> | undefined {
    const entry = this.#devices.get(device);
    if (!entry) return undefined;
    if (capability === 'health' && this.#problem !== undefined) {
      return { ok: false, reachable: false, problem: this.#problem } as StateOf<N>;
    }
    return entry.states.get(capability) as StateOf<N> | undefined;
  }

  async command<N extends CommandableName>(
    { device, capability }: { device: string; capability: N },
    command: CommandOf<N>,
  ): Promise<void> {
    await this.#client.command({ service: this.service, device, capability }, command);
  }

  subscribe(listener: (change: DeviceChange) => void): () => void {
    this.#listeners.add(listener);
    return () => this.#listeners.delete(listener);
  }

  #entry(device: string): RemoteDevice {
    const entry = this.#devices.get(device) ?? { description: undefined, states: new Map() };
    this.#devices.set(device, entry);
    return entry;
  }

  #onDescription(device: string, description: DeviceDescription): void {
    const entry = this.#entry(device);
    if (JSON.stringify(entry.description) === JSON.stringify(description)) return;
    const type = entry.description ? 'described' : 'added';
    entry.description = description;
    this.#notify({ type, device: description });
  }

  #onGone(device: string): void {
    const entry = this.#devices.get(device);
    this.#devices.delete(device);
    if (entry?.description) this.#notify({ type: 'removed', device: entry.description });
  }

  #onState(device: string, capability: CapabilityName, state: object | undefined): void {
    const { states } = this.#entry(device);
    if (state) states.set(capability, state);
    else states.delete(capability);
    if (state) this.#notifyState(device, capability);
  }

  #setProblem(problem: string | undefined): void {
    if (problem === this.#problem) return;
    this.#problem = problem;
    this.#notify({ type: 'problem', problem });
    for (const { id } of this.list()) {
      for (const capability of capabilityNames) this.#notifyState(id, capability);
    }
  }

  #notifyState(device: string, capability: CapabilityName): void {
    const state = this.state(device, capability);
    if (state && this.#devices.get(device)?.description) {
      this.#notify({ type: 'state', device, capability, state } as StateChange);
    }
  }

  #notify(change: DeviceChange): void {
    for (const listener of this.#listeners) listener(change);
  }
}
