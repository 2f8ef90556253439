import type { IncomingMessage, Server } from 'node:http';
import type { Duplex } from 'node:stream';
import { WebSocket, WebSocketServer } from 'ws';
import { agreeHeartBeat, type Frame, readFrame, writeFrame } from './stomp.ts';

/** What is sent about a change of the organisation. */
export interface Change {
  entity: string;
  entityUuid?: string;
  type: 'CREATE' | 'UPDATE' | 'DELETE';
  deviceUuid?: string;
  update?: Record<string, unknown>;
  [field: string]: unknown;
}

interface Listener {
  socket: WebSocket;
  transport: Duplex;
  subscription?: { id: string; destination: string };
  heartBeats: number;
  timers: NodeJS.Timeout[];
}

interface Options {
  orgUuid: string;
  /** Shortest interval of heart-beats, in ms; 0 for none. */
  heartBeatMs: number;
  /** Judges the handshake: the status to refuse with, or undefined to let it pass. */
  refuse(request: IncomingMessage): number | undefined;
}

/** The organisation's change stream: STOMP over a websocket at `/websocket`. */
export class ChangeStream {
  readonly #options: Options;
  readonly #sockets = new WebSocketServer({ noServer: true });
  #listeners = new Set<Listener>();
  #messages = 0;
  #isSilent = false;
  /** Handshakes so far, refused ones too. */
  handshakes = 0;

  constructor(server: Server, options: Options) {
    this.#options = options;
    server.on('upgrade', (request: IncomingMessage, socket: Duplex, head: Buffer) => {
      this.handshakes += 1;
      const path = new URL(request.url ?? '/', 'http://localhost').pathname;
      const status = path === '/websocket' ? options.refuse(request) : 404;
      if (status !== undefined) {
        socket.end(`HTTP/1.1 ${status} Refused\r\nConnection: close\r\nContent-Length: 0\r\n\r\n`);
        return;
      }
      this.#sockets.handleUpgrade(request, socket, head, (webSocket) => this.#accept(webSocket, socket));
    });
  }

  /** Connections that are subscribed now. */
  get subscribers(): number {
    return [...this.#listeners].filter(({ subscription }) => subscription).length;
  }

  /** Heart-beats received from the clients that are connected now. */
  get heartBeats(): number {
    return [...this.#listeners].reduce((sum, listener) => sum + listener.heartBeats, 0);
  }

  /** Sends a change to every subscriber; nothing is kept for those who are away. */
  publish(change: Change): void {
    for (const listener of this.#listeners) {
      if (!listener.subscription) continue;
      const { id, destination } = listener.subscription;
      this.#messages += 1;
      const headers = { subscription: id, 'message-id': String(this.#messages), destination };
      const typed = { ...headers, 'content-type': 'application/json' };
      this.#send(listener, { command: 'MESSAGE', headers: typed, body: JSON.stringify(change) });
    }
  }

  /** Silent death: all connections stay open, but nothing is sent or read any more; new ones work. */
  silence(): void {
    for (const listener of this.#listeners) {
      stopTimers(listener);
      listener.transport.pause();
      this.#listeners.delete(listener);
    }
  }

  /** From now on connections are accepted, but the STOMP handshake is not answered. */
  stayMute(isSilent = true): void {
    this.#isSilent = isSilent;
  }

  /** Ends all connections: with a close code, or without a word. */
  drop(code?: number): void {
    for (const { socket } of this.#listeners) {
      if (code === undefined) socket.terminate();
      else socket.close(code);
    }
  }

  close(): void {
    for (const listener of this.#listeners) {
      stopTimers(listener);
      listener.socket.terminate();
    }
    this.#sockets.close();
  }

  #accept(socket: WebSocket, transport: Duplex): void {
    const listener: Listener = { socket, transport, heartBeats: 0, timers: [] };
    this.#listeners.add(listener);
    socket.on('error', () => undefined);
    socket.on('close', () => {
      stopTimers(listener);
      this.#listeners.delete(listener);
    });
    socket.on('message', (message: Buffer) => this.#receive(listener, message.toString()));
  }

  #receive(listener: Listener, message: string): void {
    if (this.#isSilent) return;
    if (/^[\r\n]+$/.test(message)) {
      listener.heartBeats += 1;
      return;
    }
    const frame = readFrame(message);
    if (!frame) return this.#refuse(listener, 'not a STOMP frame');
    switch (frame.command) {
      case 'CONNECT':
      case 'STOMP':
        return this.#connect(listener, frame);
      case 'SUBSCRIBE':
        return this.#subscribe(listener, frame);
      case 'UNSUBSCRIBE':
        delete listener.subscription;
        return;
      case 'DISCONNECT':
        if (frame.headers['receipt']) this.#send(listener, receipt(frame.headers['receipt']));
        return listener.socket.close(1000);
      default:
        return this.#refuse(listener, `unexpected ${frame.command}`);
    }
  }

  #connect(listener: Listener, { headers }: Frame): void {
    if (!headers['accept-version']?.split(',').includes('1.2')) return this.#refuse(listener, 'only version 1.2');
    const beat = agreeHeartBeat(headers['heart-beat'], this.#options.heartBeatMs);
    const own = this.#options.heartBeatMs;
    this.#send(listener, {
      command: 'CONNECTED',
      headers: { version: '1.2', 'heart-beat': `${own},${own}` },
      body: '',
    });
    if (beat.sendMs) listener.timers.push(every(beat.sendMs, () => listener.socket.send('\n')));
    if (beat.expectMs) this.#expectHeartBeats(listener, beat.expectMs);
  }

  // Brokers allow one missed beat; who misses two is gone.
  #expectHeartBeats(listener: Listener, intervalMs: number): void {
    let seen = listener.heartBeats;
    const check = (): void => {
      if (listener.heartBeats === seen) listener.socket.terminate();
      seen = listener.heartBeats;
    };
    listener.timers.push(every(intervalMs * 3, check));
  }

  #subscribe(listener: Listener, { headers }: Frame): void {
    const { id, destination } = headers;
    if (!id || destination !== `/topic/change/${this.#options.orgUuid}`) return this.#refuse(listener, 'no such topic');
    listener.subscription = { id, destination };
    if (headers['receipt']) this.#send(listener, receipt(headers['receipt']));
  }

  #refuse(listener: Listener, message: string): void {
    this.#send(listener, { command: 'ERROR', headers: { message }, body: '' });
    listener.socket.close(1002);
  }

  #send({ socket }: Listener, frame: Frame): void {
    if (socket.readyState === WebSocket.OPEN) socket.send(writeFrame(frame));
  }
}

function receipt(id: string): Frame {
  return { command: 'RECEIPT', headers: { 'receipt-id': id }, body: '' };
}

function every(intervalMs: number, run: () => void): NodeJS.Timeout {
  return setInterval(run, intervalMs).unref();
}

function stopTimers({ timers }: Listener): void {
  for (const timer of timers) clearInterval(timer);
}
