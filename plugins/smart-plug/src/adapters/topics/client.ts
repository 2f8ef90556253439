import { errorCode, type Bus, type Clock } from '@porchlight/core';
import type { Reading } from '../../domain/reading.ts';
import { notUnderstood, unanswered, unreachable } from '../../errors.ts';

/** What a driver needs of the bus. */
export type PlugBus = Pick<Bus, 'connected' | 'foreign' | 'onConnection'>;

/** How a plug speaks MQTT. */
export interface TopicsParts {
  name: string;
  bus: PlugBus;
  clock: Clock;
  /** Topics that tell its state. */
  states: readonly string[];
  /** Undefined when the message says nothing about the contact. */
  decode(topic: string, payload: string): Reading | undefined;
  /** Make it tell its state now, the last of them at least; absent where nothing does. */
  queries?: readonly { topic: string; payload: string }[];
  /** A topic that says whether it is there, and the payload that says no. */
  availability?: { topic: string; isOffline(payload: string): boolean };
}

const answerMs = 5_000;

/** A plug that is reached over the broker: its last word is its state. Nothing is ever published retained. */
export class Topics {
  readonly #parts: TopicsParts;
  readonly #stops: (() => void)[];
  #reading: Reading | undefined;
  #isOffline = false;
  #listeners = new Set<(reading: Reading) => void>();

  constructor(parts: TopicsParts) {
    this.#parts = parts;
    const { bus, states, availability } = parts;
    this.#stops = states.map((filter) =>
      bus.foreign.subscribe(filter, ({ topic, payload }) => this.#hear(topic, Buffer.from(payload).toString())),
    );
    if (availability) {
      this.#stops.push(
        bus.foreign.subscribe(availability.topic, ({ payload }) => {
          this.#isOffline = availability.isOffline(Buffer.from(payload).toString());
        }),
      );
    }
  }

  onReading(listener: (reading: Reading) => void): void {
    this.#listeners.add(listener);
  }

  /** Asks, and waits for the answer; without a question the last word counts. */
  async read(signal: AbortSignal): Promise<Reading> {
    const { name, queries } = this.#parts;
    await this.#connected(signal);
    if (!this.#parts.bus.connected) throw this.#disconnected();
    if (queries) {
      return this.#heard(signal, async () => {
        for (const { topic, payload } of queries) await this.send(topic, payload);
      });
    }
    // A retained word comes a moment after the connection.
    const known = this.#reading ?? (await this.#heard(signal, async () => undefined).catch(() => undefined));
    if (this.#isOffline || !known) throw unreachable(name, new Error('it has not told its state'));
    return known;
  }

  /** Rejects with `plug.unreachable` when there is no broker or the plug is known to be away. */
  async send(topic: string, payload: string): Promise<void> {
    const { name, bus } = this.#parts;
    if (!bus.connected) throw this.#disconnected();
    try {
      await bus.foreign.publish(topic, payload);
    } catch (error) {
      throw errorCode(error) === 'bus.offline' ? unreachable(name, error) : unanswered(name, error);
    }
  }

  /** Sends a command and waits until the plug says that it has taken it. */
  async tell(topic: string, payload: string, on: boolean, signal: AbortSignal): Promise<void> {
    const { name, bus } = this.#parts;
    if (this.#isOffline) throw unreachable(name, new Error('it is known to be offline'));
    // From here on another last word is not how it is: it may obey and be unable to say so.
    if (bus.connected && this.#reading?.on !== on) this.#reading = undefined;
    await this.#heard(
      signal,
      () => this.send(topic, payload),
      (reading) => reading.on === on,
    );
  }

  async close(): Promise<void> {
    for (const stop of this.#stops.splice(0)) stop();
    this.#listeners.clear();
  }

  #disconnected(): Error {
    return unreachable(this.#parts.name, new Error('there is no connection to the broker'));
  }

  /** At the start of a house the plugs are read before the broker is there. */
  async #connected(signal: AbortSignal): Promise<void> {
    const { bus, clock } = this.#parts;
    if (bus.connected) return;
    const waiting = new AbortController();
    const stop = bus.onConnection((isConnected) => void (isConnected && waiting.abort('connected')));
    await clock.sleep(answerMs, AbortSignal.any([signal, waiting.signal])).catch(() => undefined);
    stop();
  }

  async #heard(
    signal: AbortSignal,
    send: () => Promise<void>,
    isWanted: (reading: Reading) => boolean = () => true,
  ): Promise<Reading> {
    const { name, clock } = this.#parts;
    const waiting = new AbortController();
    const { promise, resolve } = Promise.withResolvers<Reading>();
    const listener = (reading: Reading): void => void (isWanted(reading) && resolve(reading));
    this.#listeners.add(listener);
    try {
      await send();
      const late = clock.sleep(answerMs, AbortSignal.any([signal, waiting.signal])).then(() => undefined);
      const reading = await Promise.race([promise, late.catch(() => undefined)]);
      if (!reading) throw unanswered(name);
      return reading;
    } finally {
      waiting.abort();
      this.#listeners.delete(listener);
    }
  }

  #hear(topic: string, payload: string): void {
    let reading: Reading | undefined;
    try {
      reading = this.#parts.decode(topic, payload);
    } catch {
      // What a stranger publishes there is no state.
      return;
    }
    if (!reading) return;
    this.#isOffline = false;
    this.#reading = { ...this.#reading, ...reading };
    for (const listener of this.#listeners) listener(this.#reading);
  }
}

/** A value inside JSON by its path, such as `state` or `relay.0.on`; the whole text without a path. */
export function pick(name: string, payload: string, path: string | undefined): unknown {
  if (path === undefined) return payload;
  try {
    return path
      .split('.')
      .reduce<unknown>((value, key) => (value as Record<string, unknown>)[key], JSON.parse(payload));
  } catch (cause) {
    throw notUnderstood(name, cause);
  }
}
