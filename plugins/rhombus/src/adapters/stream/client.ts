import { backoffMs, describeError, type Clock, type Log } from '@porchlight/core';
import { WebSocket } from 'ws';
import type { Push, PushCallbacks } from '../../ports.ts';
import type { Credentials } from '../cloud/credentials.ts';
import { readChange } from './map.ts';
import { StreamSession } from './session.ts';

export interface StreamSettings {
  url: string;
  credentials: Credentials;
  /** Asked until it is known; rejects while the cloud cannot be reached. */
  organisation: () => Promise<string>;
  /** @default 10000 */
  heartBeatMs?: number;
}

const handshakeMs = 10_000;
const retryTimes = { firstMs: 5000, maxMs: 300_000 };
/** A stream that has run so long was a good one: it is opened again soon, in ms. */
const goodMs = 60_000;
const maxPayload = 4 * 1024 * 1024;

interface Outcome {
  /** How long the subscription stood, in ms. */
  ranMs: number;
  problem: string;
}

/** The change stream: one websocket that is opened again for ever. What is missed in between is asked for elsewhere. */
export class ChangeStream implements Push {
  readonly #settings: StreamSettings;
  readonly #clock: Clock;
  readonly #log: Log;
  readonly #stopped = new AbortController();
  readonly #signal: AbortSignal;
  #organisation: string | undefined;
  #running: Promise<void> = Promise.resolve();

  constructor(settings: StreamSettings, { clock, log, signal }: { clock: Clock; log: Log; signal: AbortSignal }) {
    this.#settings = settings;
    this.#clock = clock;
    this.#log = log;
    this.#signal = AbortSignal.any([signal, this.#stopped.signal]);
  }

  start(callbacks: PushCallbacks): void {
    this.#running = this.#run(callbacks);
  }

  async stop(): Promise<void> {
    this.#stopped.abort();
    await this.#running;
  }

  async #run(callbacks: PushCallbacks): Promise<void> {
    const signal = this.#signal;
    for (let failures = 0; !signal.aborted;) {
      const { ranMs, problem } = await this.#connect(callbacks).catch(toOutcome);
      if (signal.aborted) break;
      this.#log.debug(`The change stream ended: ${problem}.`);
      callbacks.onState(false, problem);
      failures = ranMs >= goodMs ? 1 : failures + 1;
      await this.#clock.sleep(backoffMs(failures, retryTimes, Math.random()), signal).catch(() => undefined);
    }
  }

  async #connect(callbacks: PushCallbacks): Promise<Outcome> {
    this.#organisation ??= await this.#settings.organisation();
    return this.#serve(this.#open(), this.#organisation, callbacks);
  }

  #open(): WebSocket {
    const { url, credentials } = this.#settings;
    const address = new URL(url);
    address.searchParams.set('x-auth-scheme', credentials.headers['x-auth-scheme'] ?? 'api-token');
    const { ca } = credentials.tls;
    return new WebSocket(address, {
      headers: { 'x-auth-apikey': credentials.headers['x-auth-apikey'] ?? '' },
      handshakeTimeout: handshakeMs,
      followRedirects: false,
      maxPayload,
      ...(ca !== undefined && { ca }),
    });
  }

  #serve(socket: WebSocket, organisation: string, callbacks: PushCallbacks): Promise<Outcome> {
    return new Promise((resolve) => {
      const { heartBeatMs = 10_000 } = this.#settings;
      let runningSince: number | undefined;
      const session = new StreamSession(socket, {
        clock: this.#clock,
        settings: { heartBeatMs, destination: `/topic/change/${organisation}` },
        callbacks: {
          onRunning: () => {
            runningSince = this.#clock.monotonic();
            callbacks.onState(true);
          },
          onMessage: (body) => tell(callbacks, body, this.#clock.now()),
          onEnd: (problem) => {
            this.#signal.removeEventListener('abort', onStop);
            const now = this.#clock.monotonic();
            resolve({ ranMs: now - (runningSince ?? now), problem });
          },
        },
      });
      const onStop = (): void => session.end('stopped');
      this.#signal.addEventListener('abort', onStop, { once: true });
      session.start();
      if (this.#signal.aborted) onStop();
    });
  }
}

function toOutcome(error: unknown): Outcome {
  return { ranMs: 0, problem: describeError(error) };
}

function tell(callbacks: PushCallbacks, body: string, now: number): void {
  const told = readChange(body, now);
  if (told?.type === 'sighting') callbacks.onSighting(told.sighting);
  else if (told?.type === 'part') callbacks.onPart(told);
  else if (told?.type === 'devices') callbacks.onDevices();
}
