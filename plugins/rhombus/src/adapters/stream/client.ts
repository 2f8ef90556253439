import { backoffMs, createDeadline, type Clock, type Deadline, type Log } from '@porchlight/core';
import { WebSocket } from 'ws';
import type { Push, PushCallbacks } from '../../ports.ts';
import type { Credentials } from '../cloud/credentials.ts';
import { readChange } from './map.ts';
import { readFrame, writeFrame } from './stomp.ts';

export interface StreamSettings {
  url: string;
  credentials: Credentials;
  /** Asked once per connection; rejects while the cloud cannot be reached. */
  organisation: () => Promise<string>;
  heartBeatMs?: number;
}

const handshakeMs = 10_000;
const retryTimes = { firstMs: 5000, maxMs: 300_000 };
const maxPayload = 4 * 1024 * 1024;

/** The change stream: one websocket that is opened again for ever. What is missed in between is asked for elsewhere. */
export class ChangeStream implements Push {
  readonly #settings: StreamSettings;
  readonly #parts: { clock: Clock; log: Log; signal: AbortSignal };
  readonly #stopped = new AbortController();
  #running: Promise<void> = Promise.resolve();

  constructor(settings: StreamSettings, parts: { clock: Clock; log: Log; signal: AbortSignal }) {
    this.#settings = settings;
    this.#parts = parts;
  }

  start(callbacks: PushCallbacks): void {
    this.#running = this.#run(callbacks);
  }

  async stop(): Promise<void> {
    this.#stopped.abort();
    await this.#running;
  }

  async #run(callbacks: PushCallbacks): Promise<void> {
    const { clock, signal } = this.#parts;
    const stopped = AbortSignal.any([signal, this.#stopped.signal]);
    for (let failures = 0; !stopped.aborted;) {
      const outcome = await this.#connect(callbacks, stopped);
      if (stopped.aborted) break;
      callbacks.onState(false, outcome.problem);
      failures = outcome.wasRunning ? 1 : failures + 1;
      await clock.sleep(backoffMs(failures, retryTimes, Math.random()), stopped).catch(() => undefined);
    }
  }

  async #connect(callbacks: PushCallbacks, stopped: AbortSignal): Promise<{ wasRunning: boolean; problem: string }> {
    let organisation: string;
    try {
      organisation = await this.#settings.organisation();
    } catch {
      return { wasRunning: false, problem: 'the cloud cannot be asked for the organisation' };
    }
    return new Promise((resolve) => {
      const { url, credentials } = this.#settings;
      const address = new URL(url);
      address.searchParams.set('x-auth-scheme', credentials.headers['x-auth-scheme'] ?? 'api-token');
      const { ca } = credentials.tls;
      const socket = new WebSocket(address, {
        headers: { 'x-auth-apikey': credentials.headers['x-auth-apikey'] ?? '' },
        handshakeTimeout: handshakeMs,
        maxPayload,
        ...(ca !== undefined && { ca }),
      });
      this.#serve(socket, { callbacks, organisation, stopped, resolve });
    });
  }

  #serve(
    socket: WebSocket,
    {
      callbacks,
      organisation,
      stopped,
      resolve,
    }: {
      callbacks: PushCallbacks;
      organisation: string;
      stopped: AbortSignal;
      resolve: (outcome: { wasRunning: boolean; problem: string }) => void;
    },
  ): void {
    const { clock } = this.#parts;
    const beatMs = this.#settings.heartBeatMs ?? 10_000;
    let wasRunning = false;
    let problem = 'the connection was closed';
    // Silence of two beats and a half means that nobody is there, although the connection stands.
    const silence: Deadline = createDeadline(clock, () => fail('nothing was heard for a while'));
    const beat: Deadline = createDeadline(clock, () => {
      if (socket.readyState === WebSocket.OPEN) socket.send('\n');
      beat.set(beatMs);
    });
    const fail = (reason: string): void => {
      problem = reason;
      socket.terminate();
    };
    const onStop = (): void => socket.terminate();
    stopped.addEventListener('abort', onStop, { once: true });
    silence.set(handshakeMs);
    socket.on('open', () =>
      socket.send(writeFrame('CONNECT', { 'accept-version': '1.2', host: '/', 'heart-beat': `${beatMs},${beatMs}` })),
    );
    socket.on('error', (error) => (problem = error.message));
    socket.on('message', (message: Buffer) => {
      if (wasRunning) silence.set(beatMs * 2.5);
      const frame = readFrame(message.toString());
      if (frame?.command === 'CONNECTED' && !wasRunning) {
        wasRunning = true;
        silence.set(beatMs * 2.5);
        beat.set(beatMs);
        socket.send(writeFrame('SUBSCRIBE', { id: 'sub-0', destination: `/topic/change/${organisation}` }));
        callbacks.onState(true);
      } else if (frame?.command === 'ERROR') fail(`it was refused: ${(frame.headers['message'] ?? '').slice(0, 100)}`);
      else if (frame?.command === 'MESSAGE') tell(callbacks, frame.body, clock.now());
    });
    socket.on('close', () => {
      stopped.removeEventListener('abort', onStop);
      silence.clear();
      beat.clear();
      resolve({ wasRunning, problem });
    });
    if (stopped.aborted) onStop();
  }
}

function tell(callbacks: PushCallbacks, body: string, now: number): void {
  const told = readChange(body, now);
  if (told?.type === 'sighting') callbacks.onSighting(told.sighting);
  else if (told?.type === 'part') callbacks.onPart(told.uuid);
  else if (told?.type === 'devices') callbacks.onDevices();
}
