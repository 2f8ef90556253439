import { backoffMs, createTroubleLog, describeError, type Clock, type Log, type TroubleLog } from '@porchlight/core';
import { WebSocket } from 'ws';
import type { Heartbeat, HeartbeatStatus } from '../../ports.ts';
import { lookup } from '../dns/client.ts';
import { toBeat, toEnding, toRebooting, type Ending, type Unnumbered } from './map.ts';
import { frameSchema, welcomeSchema, type Frame } from './schema.ts';

export interface HeartbeatParts {
  url: string;
  token: string;
  version: string;
  clock: Clock;
  log: Log;
  signal: AbortSignal;
}

const beatMs = 15_000;
/** Every so many beats a ping asks whether the connection still leads somewhere; the next beat must find its pong. */
const beatsPerPing = 4;
const connectMs = 10_000;
const welcomeMs = 5_000;
const backoff = { firstMs: 1_000, maxMs: 60_000 };
/** A connection that held this long was a good one: the next wait is short again. */
const goodMs = 60_000;

/** Beats to the watchtower over one WebSocket that is opened again whenever it is lost. */
export class WatchtowerHeartbeat implements Heartbeat {
  readonly #parts: HeartbeatParts;
  readonly #trouble: TroubleLog;
  readonly #stop = new AbortController();
  readonly #running: Promise<void>;
  readonly #startedAt: number;
  #socket: WebSocket | undefined;
  #wake: AbortController | undefined;
  #status: HeartbeatStatus = { state: 'starting', isConnected: false };
  #seq = 0;
  #isWelcome = false;

  constructor(parts: HeartbeatParts) {
    this.#parts = parts;
    this.#trouble = createTroubleLog(parts.log, parts.clock);
    this.#startedAt = parts.clock.monotonic();
    const signal = AbortSignal.any([parts.signal, this.#stop.signal]);
    this.#running = this.#run(signal);
  }

  show(status: HeartbeatStatus): void {
    this.#status = status;
  }

  announceReboot(backInSeconds: number): void {
    this.#send(toRebooting(backInSeconds));
  }

  reconnect(): void {
    this.#wake?.abort('reconnect');
    this.#socket?.terminate();
  }

  async stop(): Promise<void> {
    this.#stop.abort('stopped');
    await this.#running;
  }

  async #run(signal: AbortSignal): Promise<void> {
    let attempt = 0;
    while (!signal.aborted) {
      const openedAt = this.#parts.clock.monotonic();
      const ending = await this.#connect(signal);
      if (signal.aborted) return;
      attempt = this.#parts.clock.monotonic() - openedAt > goodMs ? 1 : attempt + 1;
      // Only what the owner can mend is named: other reasons change from try to try.
      const why = ending.problem === undefined ? '' : `: ${ending.problem}`;
      this.#trouble.begin('beat', `The watchtower is not reached${why}.`);
      await this.#sleep(ending.waitMs ?? backoffMs(attempt, backoff, Math.random()), signal);
    }
  }

  /** Resolves when the connection is over. */
  async #connect(signal: AbortSignal): Promise<Ending> {
    const { url, token } = this.#parts;
    const headers = { authorization: `Bearer ${token}` };
    // The library's own limit is not on our clock, but a socket that hangs is no matter of tests.
    const socket = new WebSocket(url, {
      headers,
      lookup,
      perMessageDeflate: false,
      handshakeTimeout: connectMs,
      maxPayload: 4_096,
    });
    this.#socket = socket;
    this.#isWelcome = false;
    const over = new AbortController();
    const { promise, resolve } = Promise.withResolvers<Ending>();
    const terminate = (): void => socket.terminate();
    signal.addEventListener('abort', terminate, { once: true });
    socket.on('unexpected-response', (request, { statusCode = 0 }) => {
      resolve(toEnding(statusCode));
      request.destroy();
    });
    socket.on('error', (error) => {
      this.#parts.log.debug(`The connection to the watchtower failed: ${describeError(error)}`);
      resolve({});
    });
    socket.on('close', (code) => resolve(toEnding(code)));
    socket.on('open', () => void this.#beat(socket, AbortSignal.any([signal, over.signal])));
    socket.on('message', (data: Buffer) => this.#onMessage(data.toString()));
    const ending = await promise;
    signal.removeEventListener('abort', terminate);
    over.abort('over');
    socket.removeAllListeners().on('error', () => undefined);
    socket.terminate();
    this.#socket = undefined;
    return ending;
  }

  #onMessage(text: string): void {
    const welcome = welcomeSchema.safeParse(parseJson(text));
    if (!welcome.success) return this.#parts.log.debug('The watchtower said something that is not understood.');
    this.#seq = Math.max(this.#seq, welcome.data.seq);
    this.#isWelcome = true;
    this.#wake?.abort('welcome');
  }

  async #beat(socket: WebSocket, signal: AbortSignal): Promise<void> {
    const { clock, version } = this.#parts;
    let isPongDue = false;
    socket.on('pong', () => (isPongDue = false));
    this.#seq = Math.max(this.#seq, Math.floor(clock.now()) - 1);
    if (!this.#isWelcome) await this.#sleep(welcomeMs, signal);
    this.#trouble.end('beat', 'The watchtower is reached again.');
    for (let count = 0; !signal.aborted; count += 1) {
      if (isPongDue) return socket.terminate();
      // While the router is off nothing arrives; the announcement holds until the first beat after it.
      const uptimeMs = clock.monotonic() - this.#startedAt;
      if (this.#status.state !== 'rebooting') this.#send(toBeat(this.#status, { uptimeMs, version }));
      if (count % beatsPerPing === 0) {
        isPongDue = true;
        socket.ping();
      }
      await this.#sleep(beatMs, signal, false);
    }
  }

  /** Beats that cannot go now are not kept: an old one would be a lie. */
  #send(frame: Unnumbered<Frame>): void {
    if (this.#socket?.readyState !== WebSocket.OPEN) return;
    this.#seq += 1;
    this.#socket.send(JSON.stringify(frameSchema.encode({ ...frame, seq: this.#seq })));
  }

  /** Waits; may be woken early. */
  async #sleep(ms: number, signal: AbortSignal, isWakeable = true): Promise<void> {
    const { clock } = this.#parts;
    // No signal is made for each beat: over the years they would add up.
    if (!isWakeable) return clock.sleep(ms, signal).catch(() => undefined);
    const wake = new AbortController();
    this.#wake = wake;
    await clock.sleep(ms, AbortSignal.any([signal, wake.signal])).catch(() => undefined);
  }
}

function parseJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}
