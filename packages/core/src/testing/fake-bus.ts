import type { Bus, DeviceAddress, EventFilter, ForeignMessage, ServiceStatus } from '../bus.ts';
import type { CapabilityName, StateOf } from '../capability/index.ts';
import type { DeviceEvent } from '../event.ts';

interface SentCommand extends DeviceAddress {
  capability: string;
  command: unknown;
}

export interface FakeBus extends Bus {
  readonly commands: SentCommand[];
  readonly published: { topic: string; payload: string; retain: boolean }[];
  /** What devices answer; throw to refuse. */
  onCommand: (command: SentCommand) => void | Promise<void>;
  emit(event: DeviceEvent): void;
  setState<N extends CapabilityName>(address: DeviceAddress, capability: N, state: StateOf<N> | undefined): void;
  setServiceStatus(service: string, status: ServiceStatus): void;
  setConnected(connected: boolean): void;
  receive(message: ForeignMessage): void;
}

/** A bus without a broker: tests play the rest of the house. */
export function createFakeBus(): FakeBus {
  const events = createListeners<DeviceEvent>();
  const states = createListeners<{ address: DeviceAddress; capability: string; state: unknown }>();
  const statuses = createListeners<{ service: string; status: ServiceStatus }>();
  const connections = createListeners<boolean>();
  const foreign = createListeners<ForeignMessage>();
  const commands: SentCommand[] = [];
  const published: FakeBus['published'] = [];
  let connected = true;
  const bus: FakeBus = {
    commands,
    published,
    onCommand: () => undefined,
    get connected() {
      return connected;
    },
    emit: events.notify,
    receive: foreign.notify,
    setState: (address, capability, state) => states.notify({ address, capability, state }),
    setServiceStatus: (service, status) => statuses.notify({ service, status }),
    setConnected(value) {
      connected = value;
      connections.notify(value);
    },
    onConnection: connections.add,
    onEvent: (filter, listener) => events.add((event) => matches(filter, event) && listener(event)),
    onState: (filter, listener) =>
      states.add(({ address, capability, state }) => {
        if (capability === filter.capability && matches(filter, address)) listener(address, state as never);
      }),
    onServiceStatus: (listener) => statuses.add(({ service, status }) => listener(service, status)),
    async command({ service, device, capability }, command) {
      const sent = { service, device, capability, command };
      commands.push(sent);
      await bus.onCommand(sent);
    },
    foreign: {
      subscribe: (filter, listener) =>
        foreign.add((message) => topicMatches(filter, message.topic) && listener(message)),
      async publish(topic, payload, options) {
        published.push({ topic, payload: Buffer.from(payload).toString(), retain: options?.retain ?? false });
      },
    },
  };
  return bus;
}

function createListeners<T>(): { add(listener: (value: T) => unknown): () => void; notify(value: T): void } {
  const listeners = new Set<(value: T) => unknown>();
  return {
    add(listener) {
      listeners.add(listener);
      return () => listeners.delete(listener);
    },
    notify(value) {
      for (const listener of listeners) listener(value);
    },
  };
}

function matches(filter: EventFilter, value: { service: string; device: string; type?: string }): boolean {
  return (
    (filter.service ?? value.service) === value.service &&
    (filter.device ?? value.device) === value.device &&
    (filter.type ?? value.type) === value.type
  );
}

function topicMatches(filter: string, topic: string): boolean {
  const topicLevels = topic.split('/');
  const levels = filter.split('/');
  return (
    levels.every((level, index) => level === '#' || level === '+' || level === topicLevels[index]) &&
    (levels.at(-1) === '#' || levels.length === topicLevels.length)
  );
}
