import { createDeadline, type Clock, type Deadline } from '@porchlight/core';
import { WebSocket } from 'ws';
import { readFrames, readHeartBeat, writeFrame, type Frame } from './stomp.ts';

export interface SessionSettings {
  /** Between two heart-beats of ours, and the longest that is accepted between two of theirs, in ms. */
  heartBeatMs: number;
  destination: string;
}

export interface SessionCallbacks {
  /** The subscription stands. */
  onRunning(): void;
  onMessage(body: string): void;
  /** Called once, at the end. */
  onEnd(problem: string): void;
}

const handshakeMs = 10_000;
/** Not every broker confirms a subscription; then it is taken for granted after so long. */
const receiptMs = 3000;
/** Silence of so many beats means that nobody is there, although the connection stands. */
const patience = 2.5;

/** One life of a STOMP session over a websocket: handshake, subscription, heart-beats, end. */
export class StreamSession {
  readonly #socket: WebSocket;
  readonly #settings: SessionSettings;
  readonly #callbacks: SessionCallbacks;
  readonly #silence: Deadline;
  readonly #beat: Deadline;
  readonly #receipt: Deadline;
  #beatMs: number;
  #silenceMs = handshakeMs;
  #stage: 'handshake' | 'subscribing' | 'running' = 'handshake';
  #problem: string | undefined;

  constructor(
    socket: WebSocket,
    { clock, settings, callbacks }: { clock: Clock; settings: SessionSettings; callbacks: SessionCallbacks },
  ) {
    this.#socket = socket;
    this.#settings = settings;
    this.#callbacks = callbacks;
    this.#beatMs = settings.heartBeatMs;
    this.#silence = createDeadline(clock, () =>
      this.end(this.#stage === 'handshake' ? 'it does not answer' : 'nothing was heard for a while'),
    );
    this.#beat = createDeadline(clock, () => this.#sendBeat());
    this.#receipt = createDeadline(clock, () => this.#run());
  }

  start(): void {
    const socket = this.#socket;
    this.#silence.set(handshakeMs);
    socket.on('open', () => this.#connect());
    socket.on('error', (error) => (this.#problem ??= explain(error)));
    socket.on('message', (message: Buffer) => this.#receive(message.toString()));
    // A pong answers a ping of ours, a ping is a word of theirs: both are signs of life.
    for (const sign of ['ping', 'pong'] as const) socket.on(sign, () => this.#heard());
    socket.on('close', () => {
      for (const deadline of [this.#silence, this.#beat, this.#receipt]) deadline.clear();
      this.#callbacks.onEnd(this.#problem ?? 'the connection was closed');
    });
  }

  end(reason: string): void {
    this.#problem ??= reason;
    this.#socket.terminate();
  }

  #connect(): void {
    const { heartBeatMs } = this.#settings;
    const headers = { 'accept-version': '1.2', host: '/', 'heart-beat': `${heartBeatMs},${heartBeatMs}` };
    this.#socket.send(writeFrame('CONNECT', headers));
  }

  #receive(message: string): void {
    if (this.#stage !== 'handshake') this.#heard();
    for (const frame of readFrames(message)) this.#take(frame);
  }

  #take(frame: Frame): void {
    switch (frame.command) {
      case 'CONNECTED':
        return this.#subscribe(frame.headers['heart-beat']);
      case 'RECEIPT':
        return this.#run();
      case 'ERROR':
        return this.end(`it was refused: ${(frame.headers['message'] ?? '').slice(0, 100)}`);
      case 'MESSAGE':
        this.#run();
        return this.#callbacks.onMessage(frame.body);
      default:
    }
  }

  #subscribe(agreed: string | undefined): void {
    if (this.#stage !== 'handshake') return;
    this.#stage = 'subscribing';
    const { heartBeatMs, destination } = this.#settings;
    const theirs = readHeartBeat(agreed);
    this.#beatMs = Math.max(heartBeatMs, theirs.wantsMs);
    // Who sends no beats still answers pings.
    this.#silenceMs = Math.max(heartBeatMs, theirs.sendsMs) * patience;
    this.#heard();
    this.#beat.set(this.#beatMs);
    this.#socket.send(writeFrame('SUBSCRIBE', { id: 'sub-0', destination, receipt: 'sub-0' }));
    this.#receipt.set(receiptMs);
  }

  #run(): void {
    if (this.#stage !== 'subscribing') return;
    this.#stage = 'running';
    this.#receipt.clear();
    this.#callbacks.onRunning();
  }

  #heard(): void {
    if (this.#stage !== 'handshake') this.#silence.set(this.#silenceMs);
  }

  #sendBeat(): void {
    if (this.#socket.readyState === WebSocket.OPEN) {
      this.#socket.send('\n');
      this.#socket.ping();
    }
    this.#beat.set(this.#beatMs);
  }
}

/** In words of the owner; the original text may hold the address with its query. */
function explain(error: Error & { code?: unknown }): string {
  const status = /server response: (\d+)/.exec(error.message)?.[1];
  if (status === '401' || status === '403') return `it answered ${status}: it takes keys of the kind Api Token only`;
  if (status) return `it answered ${status}`;
  return typeof error.code === 'string' ? error.code : 'the connection failed';
}
