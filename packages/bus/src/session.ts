import { PorchlightError } from '@porchlight/core';
import mqtt, { type MqttClient } from 'mqtt';
import type { Endpoint } from './endpoint.ts';

export interface PublishOptions {
  retain?: boolean;
  /** After this many seconds the broker forgets an undelivered message (MQTT 5 only). */
  expirySeconds?: number;
  /** Somebody waits for it: it goes out before the rest of this turn is done. */
  isUrgent?: boolean;
}

export interface SessionOptions {
  clientId: string;
  /** 5, or 4 (which is 3.1.1) where the broker knows no better. */
  protocolVersion: 4 | 5;
  /** The broker keeps subscriptions and undelivered messages while we are away. */
  durable: boolean;
  will: { topic: string; payload: string } | undefined;
  onConnect: () => void;
  onMessage: (topic: string, payload: Buffer, retained: boolean) => void;
}

/** How a session ended: whether it had been connected, and the error that ended it, if any. */
export interface SessionEnd {
  connected: boolean;
  error: unknown;
  /** The broker does not speak this version of the protocol. */
  protocolRefused: boolean;
}

/** How long the broker keeps what a durable session has missed, seconds. */
const sessionExpirySeconds = 86_400;
const endTimeoutMs = 1_000;
/** Larger packets are not sent to us (MQTT 5), bytes: nobody can fill our memory. */
const maxPacketBytes = 4_194_304;

/**
 * One connection from CONNECT to its end. A new one is made for every attempt, so nothing half-sent by an old one
 * can overtake what is current; what was not acknowledged is rejected here and sent again by its owner.
 */
export class Session {
  readonly ended: Promise<SessionEnd>;
  readonly #client: MqttClient;
  readonly #options: SessionOptions;
  readonly #pending = new Set<(error: Error) => void>();
  #isConnected = false;

  constructor(endpoint: Endpoint, options: SessionOptions) {
    this.#options = options;
    this.#client = mqtt.connect(endpoint.url, clientOptions(endpoint, options));
    this.ended = this.#watch();
  }

  #watch(): Promise<SessionEnd> {
    const client = this.#client;
    let wasConnected = false;
    let failure: unknown;
    client.on('error', (error) => (failure ??= error));
    client.on('connect', () => {
      // Without it Nagle's algorithm and delayed ACKs cost 20–80 ms a message.
      const stream: unknown = client.stream;
      if (hasNoDelay(stream)) stream.setNoDelay(true);
      wasConnected = true;
      this.#isConnected = true;
      this.#options.onConnect();
    });
    client.on('message', (topic, payload, packet) => this.#options.onMessage(topic, payload, packet.retain));
    return new Promise((resolve) => {
      client.once('close', () => {
        this.#isConnected = false;
        client.end(true);
        const offline = new PorchlightError('bus.offline', 'The connection to the MQTT broker was lost.');
        for (const reject of this.#pending) reject(offline);
        this.#pending.clear();
        resolve({ connected: wasConnected, error: failure, protocolRefused: isProtocolRefusal(failure) });
      });
    });
  }

  get connected(): boolean {
    return this.#isConnected;
  }

  /** Resolves when the broker has acknowledged it (QoS 1). */
  publish(topic: string, payload: string | Buffer, options: PublishOptions = {}): Promise<void> {
    const { retain = false, expirySeconds, isUrgent = false } = options;
    const properties =
      expirySeconds !== undefined && this.#options.protocolVersion === 5
        ? { properties: { messageExpiryInterval: expirySeconds } }
        : {};
    const sent = this.#settle((done) => this.#client.publish(topic, payload, { qos: 1, retain, ...properties }, done));
    // mqtt.js holds packets back until the turn is over.
    if (isUrgent) this.#client.stream.uncork();
    return sent;
  }

  subscribe(filter: string): Promise<void> {
    return this.#settle((done) => this.#client.subscribe(filter, { qos: 1 }, done));
  }

  unsubscribe(filter: string): Promise<void> {
    return this.#settle((done) => this.#client.unsubscribe(filter, {}, done));
  }

  /** Disconnects cleanly, which suppresses the will; after 1 s it just cuts the connection. */
  async end(): Promise<void> {
    // Once it is ending, mqtt.js no longer heeds a forced end.
    const timer = setTimeout(() => this.#client.stream.destroy(), endTimeoutMs);
    this.#client.end();
    await this.ended;
    clearTimeout(timer);
  }

  /** Cuts the connection without a word, so that the will is sent. */
  destroy(): void {
    this.#client.end(true);
  }

  #settle(start: (done: (error?: Error | null) => void) => void): Promise<void> {
    return new Promise((resolve, reject) => {
      this.#pending.add(reject);
      start((error) => {
        this.#pending.delete(reject);
        if (error) reject(error);
        else resolve();
      });
    });
  }
}

function clientOptions(endpoint: Endpoint, options: SessionOptions): mqtt.IClientOptions {
  const { clientId, protocolVersion, durable, will } = options;
  const properties = {
    maximumPacketSize: maxPacketBytes,
    ...(durable && { sessionExpiryInterval: sessionExpirySeconds }),
  };
  return {
    ...endpoint.options,
    clientId,
    protocolVersion,
    clean: !durable,
    keepalive: 20,
    connectTimeout: 10_000,
    reconnectPeriod: 0,
    resubscribe: false,
    // The cache of packet numbers takes 12 MB and gains nothing at a house's message rates.
    writeCache: false,
    ...(protocolVersion === 5 && { properties }),
    ...(will && { will: { ...will, payload: Buffer.from(will.payload), qos: 1, retain: true } }),
  };
}

/** CONNACK codes: 1 in MQTT 3.1.1, 132 in MQTT 5. A 3.1.1 broker may also just hang up on an unknown version. */
function isProtocolRefusal(error: unknown): boolean {
  return typeof error === 'object' && error !== null && 'code' in error && (error.code === 1 || error.code === 132);
}

function hasNoDelay(stream: unknown): stream is { setNoDelay(on: boolean): void } {
  return typeof stream === 'object' && stream !== null && 'setNoDelay' in stream;
}
