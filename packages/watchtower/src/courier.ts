import {
  backoffMs,
  createTroubleLog,
  describeError,
  type Clock,
  type Log,
  type PorchlightError,
} from '@porchlight/core';
import type { Channel, Notice } from '@porchlight/notify';
import type { Counters } from './counters.ts';
import { Nap } from './nap.ts';
import type { Delivery, Store, WaitingMessage } from './store/store.ts';

export interface CourierParts {
  store: Store;
  /** By the name that messages bear. */
  channels: ReadonlyMap<string, Channel>;
  counters: Counters;
  clock: Clock;
  log: Log;
  signal: AbortSignal;
}

/** How often the store is asked for messages that another worker left, milliseconds. */
const lookMs = 5_000;
const retry = { firstMs: 2_000, maxMs: 300_000 };
const maxNotices = 1_000;
const ranks = { info: 0, warning: 1, alarm: 2 } as const;

/** Takes messages out of the store and to their channels, one at a time in each; what fails is tried again for a day. */
export class Courier {
  readonly #parts: CourierParts;
  readonly #naps: Nap[] = [];
  readonly #trouble;
  readonly #loops: Promise<void>[] = [];
  /** What is tried again must be the same object, so that a channel sends only what is missing. */
  readonly #notices = new Map<number, Notice>();

  constructor(parts: CourierParts) {
    this.#parts = parts;
    this.#trouble = createTroubleLog(parts.log, parts.clock);
  }

  start(): void {
    for (const [name, channel] of this.#parts.channels) {
      const nap = new Nap(this.#parts.clock, this.#parts.signal);
      this.#naps.push(nap);
      this.#loops.push(this.#serve(name, channel, nap));
    }
  }

  /** There may be something to deliver. */
  wake(): void {
    for (const nap of this.#naps) nap.wake();
  }

  async settle(): Promise<void> {
    await Promise.all(this.#loops);
  }

  async #serve(name: string, channel: Channel, nap: Nap): Promise<void> {
    const { store, signal } = this.#parts;
    while (!signal.aborted) {
      const hadOne = await store
        .deliverNext(name, (message) => this.#deliver(channel, message))
        .then((isDelivered) => {
          this.#trouble.end('store', 'Messages can be read again.');
          return isDelivered;
        })
        .catch((error: unknown) => {
          this.#trouble.begin('store', `Messages cannot be read: ${describeError(error)}`);
          return false;
        });
      if (!hadOne) await nap.take(lookMs);
    }
  }

  async #deliver(channel: Channel, message: WaitingMessage): Promise<Delivery> {
    const { counters, log, signal } = this.#parts;
    if (ranks[message.severity] < ranks[channel.minSeverity]) return { done: true };
    const { id, key, severity, title, text } = message;
    const notice = this.#notices.get(id) ?? { key, severity, title, text };
    this.#notices.delete(id);
    try {
      await channel.send(notice, signal);
      counters.delivered += 1;
      this.#trouble.end(channel.label, `Messages reach ${channel.label} again.`);
      return { done: true };
    } catch (error) {
      if (signal.aborted) return { done: false, retryInMs: 0 };
      counters.deliveryFailures += 1;
      const { retry: hope, retryAfterMs } = error as Partial<PorchlightError>;
      if (hope !== undefined && hope !== 'later') {
        log.error(`"${title}" cannot be delivered through ${channel.label}: ${describeError(error)}`);
        return { done: true };
      }
      if (this.#notices.size < maxNotices) this.#notices.set(id, notice);
      this.#trouble.begin(channel.label, `A message waits for ${channel.label}: ${describeError(error)}`);
      return { done: false, retryInMs: backoffMs(message.attempts + 1, retry, Math.random(), retryAfterMs) };
    }
  }
}
