import {
  backoffMs,
  createRateLimitedLog,
  createTroubleLog,
  describeError,
  PorchlightError,
  type BackoffOptions,
  type Clock,
  type Log,
} from '@porchlight/core';
import type { Endpoint } from './endpoint.ts';
import { Session, type PublishOptions, type SessionEnd } from './session.ts';
import { compileFilter } from './topic-filter.ts';

export interface ConnectionOptions {
  clientId: string;
  clock: Clock;
  log: Log;
  durable: boolean;
  backoff: BackoffOptions;
  /** Called before every attempt. */
  prepare: () => Promise<Endpoint>;
}

export type MessageListener = (topic: string, payload: Buffer, retained: boolean) => void;

interface Subscription {
  matches: (levels: readonly string[]) => boolean;
  listeners: Set<MessageListener>;
}

/** How long to keep to MQTT 3.1.1 before trying 5 again, milliseconds. */
const retryVersion5Ms = 3_600_000;
/** Messages kept for listeners that are not there yet; the oldest go first. */
const maxEarlyMessages = 1_000;
/** Larger ones are no events of ours, but what an earlier subscription of the session still brings, bytes. */
const maxEarlyBytes = 16_384;
const faultPeriodMs = 60_000;
/** A connection that lasts less than this counts as a failed attempt, milliseconds. */
const settledMs = 5_000;

/** A connection that is made again for ever: back-off, protocol fall-back, subscriptions and will in one place. */
export class Connection {
  /** Connections after the first. */
  reconnects = 0;
  readonly #options: ConnectionOptions;
  readonly #stop = new AbortController();
  readonly #subscriptions = new Map<string, Subscription>();
  readonly #connectionListeners = new Set<(connected: boolean) => void>();
  /** What a durable session has brought before anybody listened: the service starts after the connection. */
  #early: { topic: string; payload: Buffer; retained: boolean }[] = [];
  #session: Session | undefined;
  #will: { topic: string; payload: string } | undefined;
  #skipWait = false;
  #loop: Promise<void> | undefined;
  #version4Until = 0;
  readonly #complain: (key: string, message: string) => void;

  constructor(options: ConnectionOptions) {
    this.#options = options;
    this.#complain = createRateLimitedLog(options.log, options.clock, faultPeriodMs);
  }

  get connected(): boolean {
    return this.#session?.connected ?? false;
  }

  start(): void {
    this.#loop ??= this.#run();
  }

  /** Calls back on every change from now on. */
  onChange(listener: (connected: boolean) => void): () => void {
    this.#connectionListeners.add(listener);
    return () => this.#connectionListeners.delete(listener);
  }

  /** Rejects with `bus.offline` when there is no connection or it breaks before the broker has acknowledged. */
  async publish(topic: string, payload: string | Buffer, options?: PublishOptions): Promise<void> {
    if (!this.#session?.connected)
      throw new PorchlightError('bus.offline', 'There is no connection to the MQTT broker.');
    await this.#session.publish(topic, payload, options);
  }

  /** Subscribes now and after every reconnect; returns the way to stop. */
  subscribe(filter: string, listener: MessageListener): () => void {
    const subscription = this.#subscriptions.get(filter) ?? { matches: compileFilter(filter), listeners: new Set() };
    subscription.listeners.add(listener);
    this.#subscriptions.set(filter, subscription);
    // Also when others listen already: the newcomer needs the retained messages too.
    if (this.connected) this.#request(filter);
    queueMicrotask(() => this.#deliverEarly(subscription));
    return () => {
      subscription.listeners.delete(listener);
      if (subscription.listeners.size > 0 || this.#subscriptions.get(filter) !== subscription) return;
      this.#subscriptions.delete(filter);
      if (this.connected) this.#session?.unsubscribe(filter).catch(() => undefined);
    };
  }

  /** Connects anew with this last will (or none), at once. */
  async renew(will: { topic: string; payload: string } | undefined): Promise<void> {
    this.#will = will;
    this.#skipWait = true;
    if (this.connected) await this.#session?.end();
  }

  /** Disconnects cleanly; never takes longer than 1 s. */
  async stop(): Promise<void> {
    this.#stop.abort();
    if (this.connected) await this.#session?.end();
    else this.#session?.destroy();
    await this.#loop;
  }

  async #run(): Promise<void> {
    const { clock, log, backoff } = this.#options;
    const troubles = createTroubleLog(log, clock);
    const { signal } = this.#stop;
    for (let attempt = 1; !signal.aborted; attempt++) {
      const startedAt = clock.monotonic();
      const end = await this.#attempt(() => troubles.end('broker', 'The MQTT broker answers again'));
      if (signal.aborted) return;
      if (this.#skipWait || end.protocolRefused) {
        this.#skipWait = false;
        attempt = 0;
        continue;
      }
      if (end.connected && clock.monotonic() - startedAt > settledMs) attempt = 1;
      troubles.begin('broker', `${explain(end)} Trying again until it answers.`);
      await clock.sleep(backoffMs(attempt, backoff, Math.random()), signal).catch(() => undefined);
    }
  }

  async #attempt(onConnected: () => void): Promise<SessionEnd> {
    const { prepare, clientId, durable, clock } = this.#options;
    let endpoint: Endpoint;
    try {
      endpoint = await prepare();
    } catch (error) {
      return { connected: false, error, protocolRefused: false };
    }
    if (this.#stop.signal.aborted) return { connected: false, error: undefined, protocolRefused: false };
    const protocolVersion = endpoint.options.protocolVersion === 4 || clock.monotonic() < this.#version4Until ? 4 : 5;
    const session = new Session(endpoint, {
      clientId,
      protocolVersion,
      durable,
      will: this.#will,
      onConnect: () => {
        onConnected();
        this.#onConnect();
      },
      onMessage: (topic, payload, retained) => this.#dispatch(topic, payload, retained),
    });
    this.#session = session;
    const end = await session.ended;
    if (end.connected) this.#notify(false);
    const protocolRefused = end.protocolRefused && protocolVersion === 5;
    if (protocolRefused) this.#version4Until = clock.monotonic() + retryVersion5Ms;
    return { ...end, protocolRefused };
  }

  #request(filter: string): void {
    const session = this.#session;
    session?.subscribe(filter).catch((error: unknown) => {
      // Where the connection broke, the next one asks again.
      if (!session.connected) return;
      const what = `${filter} (${describeError(error)})`;
      this.#complain(filter, `The MQTT broker refuses to send us ${what}. May this user read it?`);
    });
  }

  #onConnect(): void {
    for (const filter of this.#subscriptions.keys()) this.#request(filter);
    this.#notify(true);
    this.reconnects += 1;
  }

  #notify(connected: boolean): void {
    for (const listener of this.#connectionListeners) listener(connected);
  }

  #dispatch(topic: string, payload: Buffer, retained: boolean): void {
    const levels = topic.split('/');
    let isHeard = false;
    for (const { matches, listeners } of this.#subscriptions.values()) {
      if (!matches(levels)) continue;
      isHeard = true;
      for (const listener of listeners) this.#tell(listener, topic, payload, retained);
    }
    if (isHeard || !this.#options.durable || payload.length > maxEarlyBytes) return;
    if (this.#early.length >= maxEarlyMessages) this.#early.shift();
    this.#early.push({ topic, payload, retained });
  }

  /** One listener's fault ends neither the process nor what the others hear. */
  #tell(listener: MessageListener, ...[topic, payload, retained]: Parameters<MessageListener>): void {
    try {
      listener(topic, payload, retained);
    } catch (error) {
      const name = topic.slice(0, 120);
      this.#complain(name, `A message on ${name} could not be dealt with: ${describeError(error)}`);
    }
  }

  #deliverEarly({ matches }: Subscription): void {
    const mine = this.#early.filter(({ topic }) => matches(topic.split('/')));
    if (mine.length === 0) return;
    this.#early = this.#early.filter((message) => !mine.includes(message));
    for (const { topic, payload, retained } of mine) this.#dispatch(topic, payload, retained);
  }
}

function explain({ connected, error }: SessionEnd): string {
  if (connected) return 'The connection to the MQTT broker was lost.';
  return `The MQTT broker cannot be reached: ${error === undefined ? 'it hung up' : describeError(error)}.`;
}
