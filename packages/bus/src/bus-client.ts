import {
  createRateLimitedLog,
  PorchlightError,
  type Bus,
  type Clock,
  type DeviceEvent,
  type EventFilter,
  type ForeignTopics,
  type Log,
  type StateOf,
  type CapabilityName,
  type DeviceAddress,
  type ServiceStatus,
} from '@porchlight/core';
import { Commander } from './commander.ts';
import type { Connection } from './connection.ts';
import type { Params, Topic } from './contract/define-topic.ts';
import { describeProblem } from './contract/describe-problem.ts';
import { topics } from './contract/topics.ts';
import type { PublishOptions } from './session.ts';

export interface BusClientOptions {
  connection: Connection;
  root: string;
  clock: Clock;
  log: Log;
  /** Used for event queueing by the host; absent for consumers that own no devices. */
  publishTimeoutMs?: number;
}

export interface BusCounters {
  published: number;
  received: number;
  /** Messages that did not fit the contract. */
  refused: number;
}

/** Largest payload of ours that is read, bytes; larger ones are refused unread. */
const maxPayloadBytes = 262_144;
const maxForeignPayloadBytes = 1_048_576;
const defaultPublishTimeoutMs = 10_000;
const refusalPeriodMs = 60_000;

/** The contract on a connection: typed payloads go out and come in; what does not fit is refused, logged and counted. */
export class BusClient implements Bus {
  readonly root: string;
  readonly counters: BusCounters = { published: 0, received: 0, refused: 0 };
  readonly foreign: ForeignTopics;
  readonly #options: BusClientOptions;
  readonly #connection: Connection;
  readonly #refuse: (key: string, message: string) => void;
  readonly #commander: Commander;

  constructor(options: BusClientOptions) {
    this.#options = options;
    this.#connection = options.connection;
    this.root = options.root;
    this.#refuse = createRateLimitedLog(options.log, options.clock, refusalPeriodMs);
    this.#commander = new Commander(this, options.clock);
    this.foreign = {
      subscribe: (filter, listener) =>
        this.#connection.subscribe(filter, (topic, payload, retained) => {
          this.counters.received += 1;
          if (payload.length > maxForeignPayloadBytes) return this.refuse(topic, `it has ${payload.length} bytes`);
          listener({ topic, payload, retained });
        }),
      publish: (topic, payload, publishOptions) => this.#publishForeign(topic, payload, publishOptions),
    };
  }

  get connected(): boolean {
    return this.#connection.connected;
  }

  onConnection(listener: (connected: boolean) => void): () => void {
    return this.#connection.onChange(listener);
  }

  /**
   * Publishes a payload of the contract. Rejects with `bus.offline` when the broker does not have it, and with
   * `bus.contract` (said in the log) when it does not fit: a sensor's odd value must not end the process.
   */
  async publish<Path extends string, Payload>(
    topic: Topic<Path, Payload>,
    params: Params<Path>,
    payload: Payload,
    options: PublishOptions = {},
  ): Promise<void> {
    const { name, text } = this.#encode(topic, params, payload);
    this.counters.published += 1;
    await this.#connection.publish(name, text, { ...options, retain: topic.retain });
  }

  #encode<Path extends string, Payload>(
    topic: Topic<Path, Payload>,
    params: Params<Path>,
    payload: Payload,
  ): { name: string; text: string } {
    try {
      const name = topic.format(this.root, params);
      const schema = topic.payload(params);
      if (!schema) throw new Error('this version does not know the capability, or it takes no commands');
      return { name, text: JSON.stringify(schema.encode(payload)) };
    } catch (error) {
      const what = `${topic.path} (${Object.values(params).join('/')})`;
      const message = `A message on ${what} does not fit the contract: ${describeProblem(error)}.`;
      this.#refuse(what, message);
      throw new PorchlightError('bus.contract', message, { retry: 'never' });
    }
  }

  /** Clears a retained topic. */
  clear<Path extends string>(topic: Topic<Path, unknown>, params: Params<Path>): Promise<void> {
    return this.#connection.publish(topic.format(this.root, params), '', { retain: true });
  }

  /** Calls back with payloads that fit the contract; undefined is a retained topic that was cleared. */
  subscribe<Path extends string, Payload>(
    topic: Topic<Path, Payload>,
    params: Partial<Params<Path>>,
    listener: (params: Params<Path>, payload: Payload | undefined) => void,
  ): () => void {
    return this.#connection.subscribe(topic.filter(this.root, params), (name, bytes, retained) => {
      const matched = topic.match(this.root, name);
      if (!matched) return;
      this.counters.received += 1;
      if (bytes.length === 0 && topic.retain) return listener(matched, undefined);
      if (retained && !topic.retain) return this.refuse(name, 'it is retained, and may be old');
      const result = decode(topic, matched, bytes);
      if (result.ok) listener(matched, result.payload);
      else this.refuse(name, result.problem);
    });
  }

  /** Counts and logs, once a minute and topic, a message that is not acted on. */
  refuse(topic: string, problem: string): void {
    this.counters.refused += 1;
    this.#refuse(topic.slice(0, 120), `A message on ${topic.slice(0, 120)} was refused: ${problem}.`);
  }

  onEvent(filter: EventFilter, listener: (event: DeviceEvent) => void): () => void {
    return this.subscribe(topics.event, filter, (params, event) => {
      if (!event) return;
      if (event.service !== params.service || event.device !== params.device || event.type !== params.type) {
        return this.refuse(topics.event.format(this.root, params), 'topic and payload name different devices');
      }
      listener(event);
    });
  }

  onState<N extends CapabilityName>(
    filter: { service?: string; device?: string; capability: N },
    listener: (address: DeviceAddress, state: StateOf<N> | undefined) => void,
  ): () => void {
    return this.subscribe(topics.state, filter, ({ service, device }, state) =>
      listener({ service, device }, state as StateOf<N> | undefined),
    );
  }

  onServiceStatus(listener: (service: string, status: ServiceStatus) => void): () => void {
    return this.subscribe(topics.status, {}, ({ service }, status) => {
      if (status) listener(service, status);
    });
  }

  command: Bus['command'] = (target, command, options) => this.#commander.command(target, command, options);

  async #publishForeign(
    topic: string,
    payload: string | Uint8Array,
    options: { retain?: boolean } = {},
  ): Promise<void> {
    if (/[+#]/.test(topic))
      throw new PorchlightError('bus.topic', `"${topic}" has a wildcard in it.`, { retry: 'never' });
    await this.#whenConnected();
    this.counters.published += 1;
    await this.#connection.publish(topic, typeof payload === 'string' ? payload : Buffer.from(payload), options);
  }

  async #whenConnected(): Promise<void> {
    if (this.connected) return;
    const { clock, publishTimeoutMs = defaultPublishTimeoutMs } = this.#options;
    const arrived = new AbortController();
    const stop = this.onConnection((connected) => connected && arrived.abort());
    await clock.sleep(publishTimeoutMs, arrived.signal).catch(() => undefined);
    stop();
  }
}

function decode<Path extends string, Payload>(
  topic: Topic<Path, Payload>,
  params: Params<Path>,
  bytes: Buffer,
): { ok: true; payload: Payload } | { ok: false; problem: string } {
  if (bytes.length > maxPayloadBytes) return { ok: false, problem: `it has ${bytes.length} bytes` };
  const schema = topic.payload(params);
  if (!schema) return { ok: false, problem: 'this version does not know the capability, or it takes no commands' };
  let raw: unknown;
  try {
    raw = JSON.parse(bytes.toString());
  } catch {
    return { ok: false, problem: 'it is not JSON' };
  }
  const result = schema.safeParse(raw);
  return result.success ? { ok: true, payload: result.data } : { ok: false, problem: describeProblem(result.error) };
}
