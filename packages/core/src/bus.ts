import type { CapabilityName, CommandableName, CommandOf, StateOf } from './capability/index.ts';
import type { DeviceEvent } from './event.ts';

export interface DeviceAddress {
  service: string;
  device: string;
}

/** Which events to receive; what is absent does not restrict. */
export interface EventFilter {
  service?: string;
  device?: string;
  type?: string;
}

/** A message of another system on the same broker, its payload as it came. */
export interface ForeignMessage {
  topic: string;
  payload: Uint8Array;
  retained: boolean;
}

/** Topics of other systems, named by the owner in a configuration. */
export interface ForeignTopics {
  /** `filter` may hold the wildcards + and #. */
  subscribe(filter: string, listener: (message: ForeignMessage) => void): () => void;
  /** Resolves when the broker has it; rejects with `bus.offline` when there is none within 10 s. */
  publish(topic: string, payload: string | Uint8Array, options?: { retain?: boolean }): Promise<void>;
}

export interface ServiceStatus {
  state: 'online' | 'offline';
  owner: string;
  since: number;
}

/** What a service sees of the bus. Its own devices' states and events are published for it. */
export interface Bus {
  /** Whether there is a connection now; a service works on without one. */
  readonly connected: boolean;
  onConnection(listener: (connected: boolean) => void): () => void;
  onEvent(filter: EventFilter, listener: (event: DeviceEvent) => void): () => void;
  /** States of other services' devices; undefined when the device or capability has gone. */
  onState<N extends CapabilityName>(
    filter: { service?: string; device?: string; capability: N },
    listener: (address: DeviceAddress, state: StateOf<N> | undefined) => void,
  ): () => void;
  onServiceStatus(listener: (service: string, status: ServiceStatus) => void): () => void;
  /** Resolves once the device has done it; rejects with its error, `bus.offline` or `bus.timeout` (10 s). */
  command<N extends CommandableName>(
    target: DeviceAddress & { capability: N },
    command: CommandOf<N>,
    options?: { timeoutMs?: number },
  ): Promise<void>;
  readonly foreign: ForeignTopics;
}
