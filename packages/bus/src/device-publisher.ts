import {
  capabilityNames,
  createRateLimitedLog,
  describeError,
  errorCode,
  type Clock,
  type CommandableName,
  type DeviceChange,
  type DeviceDescription,
  type DeviceSource,
  type Log,
} from '@porchlight/core';
import type { BusClient } from './bus-client.ts';
import { contractVersion, type Command } from './contract/payloads.ts';
import { topics } from './contract/topics.ts';
import type { Outbox } from './outbox.ts';

export interface DevicePublisherOptions {
  client: BusClient;
  source: DeviceSource;
  outbox: Outbox;
  log: Log;
  clock: Clock;
}

/** A command that was sent longer ago than this is dropped, milliseconds. */
const maxCommandAgeMs = 30_000;
/** How often a failing command is said, milliseconds: whoever sends wrong ones may send many. */
const complaintPeriodMs = 60_000;

/**
 * The MQTT face: keeps the retained topics equal to the source, sends its events, and passes commands on.
 * While there is no connection nothing is queued but events: on connect the current state goes out, once.
 */
export class DevicePublisher {
  readonly #options: DevicePublisherOptions;
  readonly #unsubscribe: (() => void)[] = [];
  #isOwner = false;
  #isSettled = false;
  #sweep: (() => void)[] = [];
  readonly #retainedIds = new Set<string>();
  /** Changes of this turn; the last of each device and capability wins. */
  readonly #changed = new Map<string, () => void>();
  readonly #complain: (key: string, message: string) => void;

  constructor(options: DevicePublisherOptions) {
    this.#options = options;
    this.#complain = createRateLimitedLog(options.log, options.clock, complaintPeriodMs);
  }

  start(): void {
    const { client, source } = this.#options;
    const { service } = source;
    this.#unsubscribe.push(
      source.subscribe((change) => this.#onChange(change)),
      client.subscribe(topics.command, { service }, (params, command) => {
        if (command) void this.#onCommand(params, command);
      }),
    );
  }

  stop(): void {
    this.#flush();
    for (const unsubscribe of [...this.#unsubscribe, ...this.#sweep]) unsubscribe();
    this.#isOwner = false;
  }

  /** From now on (until `pause`) the retained topics of this service are ours. */
  publishAll(): void {
    this.#isOwner = true;
    for (const device of this.#options.source.list()) this.#publishDevice(device);
    this.#options.outbox.flush();
    this.#sweepLeftovers();
  }

  pause(): void {
    this.#isOwner = false;
    this.#isSettled = false;
    for (const unsubscribe of this.#sweep) unsubscribe();
    this.#sweep = [];
  }

  /** The service has started: what it does not list now is no more. */
  settle(): void {
    this.#isSettled = true;
    this.#clearLeftovers();
  }

  #onChange(change: DeviceChange): void {
    // Facts are never lost for want of a broker; states are current again when it is back.
    if (change.type === 'event') return this.#defer(change.event.id, () => this.#options.outbox.add(change.event));
    if (!this.#isOwner || !this.#options.client.connected) return;
    switch (change.type) {
      case 'added':
        // A cloud that was away at the start adds its devices later, in one go.
        queueMicrotask(() => this.#clearLeftovers());
        return this.#publishDevice(change.device);
      case 'described':
        return this.#publishDescription(change.device);
      case 'removed':
        return this.#clearDevice(change.device.id);
      case 'state':
        return this.#defer(`${change.device}/${change.capability}`, () => {
          const state = this.#options.source.state(change.device, change.capability);
          if (state && this.#isOwner) this.#publishState(change.device, change.capability, state);
        });
      case 'problem':
        return;
    }
  }

  /** What others shall know waits until the turn is over: a command that is sent in it must not wait for it. */
  #defer(key: string, publish: () => void): void {
    if (this.#changed.size === 0) setImmediate(() => this.#flush());
    this.#changed.set(key, publish);
  }

  #flush(): void {
    const changes = [...this.#changed.values()];
    this.#changed.clear();
    for (const publish of changes) publish();
  }

  #publishDevice(device: DeviceDescription): void {
    this.#publishDescription(device);
    for (const capability of capabilityNames) {
      const state = this.#options.source.state(device.id, capability);
      if (state) this.#publishState(device.id, capability, state);
    }
  }

  #publishDescription(device: DeviceDescription): void {
    const { client, source } = this.#options;
    const payload = { v: contractVersion, ...device } as const;
    client.publish(topics.device, { service: source.service, device: device.id }, payload).catch(ignoreOffline);
  }

  #publishState(device: string, capability: string, state: object): void {
    const { client, source } = this.#options;
    client.publish(topics.state, { service: source.service, device, capability }, state).catch(ignoreOffline);
  }

  #clearDevice(device: string): void {
    const { client, source } = this.#options;
    const { service } = source;
    for (const capability of capabilityNames)
      client.clear(topics.state, { service, device, capability }).catch(ignoreOffline);
    client.clear(topics.device, { service, device }).catch(ignoreOffline);
  }

  /** Notes which devices are retained; those of an earlier run that are no more are cleared. */
  #sweepLeftovers(): void {
    if (this.#sweep.length > 0) return;
    const { client, source } = this.#options;
    const sweep = client.subscribe(topics.device, { service: source.service }, ({ device }, payload) => {
      if (!payload) return;
      this.#retainedIds.add(device);
      this.#clearLeftovers();
    });
    this.#sweep = [sweep];
  }

  #clearLeftovers(): void {
    const known = new Set(this.#options.source.list().map(({ id }) => id));
    // No device at all means that the source is not reached yet, rather than that all have gone.
    if (!this.#isOwner || !this.#isSettled || known.size === 0) return;
    for (const device of this.#retainedIds) if (!known.has(device)) this.#clearDevice(device);
    this.#retainedIds.clear();
  }

  async #onCommand(params: { device: string; capability: string }, { id, at, command }: Command): Promise<void> {
    const { client, source, clock } = this.#options;
    if (!this.#isOwner) return;
    const address = { service: source.service, ...params };
    if (at !== undefined && clock.now() - at > maxCommandAgeMs) {
      return client.refuse(topics.command.format(client.root, address), 'the command is older than 30 s');
    }
    let answer: { ok: true } | { ok: false; error: { code: string; message: string } } = { ok: true };
    try {
      const target = { device: params.device, capability: params.capability as CommandableName };
      await source.command(target, command as never, 'bus');
    } catch (error) {
      answer = { ok: false, error: { code: errorCode(error) ?? 'command.failed', message: describeError(error) } };
      const target = `${params.device}/${params.capability}`;
      const message = `A command to ${target} failed: ${describeError(error)}`;
      this.#complain(message, message);
    }
    if (id === undefined) return;
    client.publish(topics.result, address, { v: contractVersion, id, ...answer }).catch(ignoreOffline);
  }
}

/** The state is published again on the next connect. */
function ignoreOffline(): void {}
