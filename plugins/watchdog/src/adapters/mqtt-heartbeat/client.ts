import {
  backoffMs,
  createTroubleLog,
  describeError,
  type Document,
  type Storage,
  type TroubleLog,
} from '@porchlight/core';
import mqtt, { type MqttClient } from 'mqtt';
import * as z from 'zod';
import type { Heartbeat, HeartbeatStatus } from '../../ports.ts';
import type { HeartbeatParts } from '../heartbeat/client.ts';
import { toBeat, toRebooting, type Unnumbered } from '../heartbeat/map.ts';
import { frameSchema, type Frame } from '../heartbeat/schema.ts';

const root = 'porchlight-beats';
const beatMs = 15_000;
const connectMs = 10_000;
/** A broker that is silent for half as long again is gone. */
const keepAliveSeconds = 30;
const backoff = { firstMs: 1_000, maxMs: 60_000 };
/** What brokers of MQTT 3.1.1 and 5 say to a wrong login. */
const refusals = new Set<unknown>([4, 5, 134, 135]);
/** The highest number that may have been used, for times when that is not the time of day. */
const numberSchema = z.object({ upTo: z.number() });
/** So many numbers are kept with one write. */
const keptNumbers = 20_000;

/** Beats to watchtowers that hear a broker, `mqtts://<home>@<broker>`: the login says which home this is. */
export class MqttHeartbeat implements Heartbeat {
  readonly #parts: HeartbeatParts;
  readonly #document: Document<z.output<typeof numberSchema>>;
  readonly #trouble: TroubleLog;
  readonly #stop = new AbortController();
  readonly #home: string;
  readonly #startedAt: number;
  readonly #running: Promise<void>;
  #client: MqttClient | undefined;
  #wake: AbortController | undefined;
  #status: HeartbeatStatus = { state: 'starting', isConnected: false };
  #seq = 0;
  #keptUpTo = 0;

  constructor(parts: HeartbeatParts & { storage: Storage }) {
    this.#parts = parts;
    this.#document = parts.storage.document('beat-number', numberSchema, { upTo: 0 });
    this.#trouble = createTroubleLog(parts.log, parts.clock);
    this.#home = new URL(parts.url).username;
    this.#startedAt = parts.clock.monotonic();
    this.#running = this.#run(AbortSignal.any([parts.signal, this.#stop.signal]));
  }

  show(status: HeartbeatStatus): void {
    this.#status = status;
  }

  announceReboot(backInSeconds: number): void {
    this.#send(toRebooting(backInSeconds));
  }

  reconnect(): void {
    this.#wake?.abort('reconnect');
    this.#client?.end(true);
  }

  async stop(): Promise<void> {
    this.#stop.abort('stopped');
    await this.#running;
  }

  async #run(signal: AbortSignal): Promise<void> {
    const { clock } = this.#parts;
    const { upTo } = await this.#document.read().catch(() => ({ upTo: 0 }));
    this.#seq = this.#keptUpTo = upTo;
    for (let attempt = 1; !signal.aborted; attempt += 1) {
      const why = await this.#connect(signal, () => (attempt = 0));
      if (signal.aborted) return;
      this.#trouble.begin('beat', `The broker of the watchtower is not reached${why}.`);
      this.#wake = new AbortController();
      const waitMs = backoffMs(attempt + 1, backoff, Math.random());
      await clock.sleep(waitMs, AbortSignal.any([signal, this.#wake.signal])).catch(() => undefined);
    }
  }

  /** Resolves when the connection is over, with what the owner can do something about. */
  async #connect(signal: AbortSignal, onReady: () => void): Promise<string> {
    const { url, token } = this.#parts;
    const client = mqtt.connect(url, {
      clientId: `porchlight-home-${this.#home}`,
      password: token,
      protocolVersion: 5,
      clean: true,
      reconnectPeriod: 0,
      connectTimeout: connectMs,
      keepalive: keepAliveSeconds,
      will: { topic: `${root}/${this.#home}/gone`, payload: Buffer.alloc(0), qos: 1, retain: false },
    });
    this.#client = client;
    const over = new AbortController();
    const end = (): void => void client.end(true);
    signal.addEventListener('abort', end, { once: true });
    let why = '';
    client.on('error', (error) => {
      if (refusals.has((error as { code?: unknown }).code)) why = ': it refuses the token';
    });
    client.on('connect', () => {
      onReady();
      void this.#beat(AbortSignal.any([signal, over.signal]));
    });
    await new Promise<void>((resolve) => client.on('close', resolve));
    signal.removeEventListener('abort', end);
    over.abort('over');
    this.#client = undefined;
    client.end(true);
    return why;
  }

  async #beat(signal: AbortSignal): Promise<void> {
    const { clock, version } = this.#parts;
    this.#trouble.end('beat', 'The broker of the watchtower is reached again.');
    while (!signal.aborted) {
      const uptimeMs = clock.monotonic() - this.#startedAt;
      // While the router is off nothing arrives; the announcement holds until the first beat after it.
      if (this.#status.state !== 'rebooting') this.#send(toBeat(this.#status, { uptimeMs, version }));
      await clock.sleep(beatMs, signal).catch(() => undefined);
    }
  }

  /** Nobody says where to go on counting, so the time of day is the number. What cannot go now is not kept. */
  #send(frame: Unnumbered<Frame>): void {
    if (!this.#client?.connected) return;
    const now = Math.floor(this.#parts.clock.now());
    this.#seq = Math.max(this.#seq + 1, now);
    if (this.#seq > now) this.#keepNumber();
    const text = JSON.stringify(frameSchema.encode({ ...frame, seq: this.#seq }));
    this.#client.publish(`${root}/${this.#home}/beat`, text, { qos: 1 });
  }

  /** The clock was set back: after a restart the time of day alone would begin with numbers that were used. */
  #keepNumber(): void {
    if (this.#seq <= this.#keptUpTo) return;
    this.#keptUpTo = this.#seq + keptNumbers;
    this.#document.write({ upTo: this.#keptUpTo }).catch((error: unknown) => {
      this.#parts.log.warn(`The number of the last beat cannot be kept: ${describeError(error)}`);
    });
  }
}
