import type { Clock } from '@porchlight/core';
import type { IncomingMessage } from 'node:http';
import type { Duplex } from 'node:stream';
import { WebSocket, WebSocketServer } from 'ws';
import type { Counters } from '../counters.ts';
import { maxBeatBytes } from '../domain/beat.ts';
import type { Gate } from '../gate.ts';
import type { Member } from '../roster.ts';

export const closeCodes = { stopping: 1001, malformed: 4000, replayed: 4002, replaced: 4003, rate: 4008 } as const;

interface SocketsParts {
  gate: Gate;
  counters: Counters;
  clock: Clock;
}

/** Messages and pings of one connection within `windowMs`. */
const maxMessages = 30;
const windowMs = 30_000;
const maxMalformed = 3;

/** A home's connection. Fields instead of closures, because there may be tens of thousands. */
class HomeSocket extends WebSocket {
  member: Member | undefined;
  windowAt = 0;
  messages = 0;
  malformed = 0;
}

/** Beats over WebSocket: one connection for each home, the newest one counts. */
export class Sockets {
  readonly #parts: SocketsParts;
  readonly #open = new Set<HomeSocket>();
  readonly #server = new WebSocketServer({
    noServer: true,
    clientTracking: false,
    maxPayload: maxBeatBytes,
    perMessageDeflate: false,
    // What is no UTF-8 is no JSON either.
    skipUTF8Validation: true,
    WebSocket: HomeSocket,
  });
  readonly #onMessage: (this: WebSocket, data: Buffer, isBinary: boolean) => void;
  readonly #onPing: (this: WebSocket) => void;
  readonly #onError: (this: WebSocket, error: Error & { code?: string }) => void;
  readonly #onClose: (this: WebSocket) => void;

  constructor(parts: SocketsParts) {
    this.#parts = parts;
    const receive = this.#receive.bind(this);
    const count = this.#count.bind(this);
    const forget = this.#forget.bind(this);
    this.#onMessage = function (data, isBinary) {
      receive(this as HomeSocket, data, isBinary);
    };
    this.#onPing = function () {
      count(this as HomeSocket);
    };
    this.#onClose = function () {
      forget(this as HomeSocket);
    };
    this.#onError = function (error) {
      const who = (this as HomeSocket).member?.id ?? '';
      if (error.code === 'WS_ERR_UNSUPPORTED_MESSAGE_LENGTH') parts.gate.refuse('size', who);
      else if (error.code?.startsWith('WS_ERR')) parts.gate.refuse('malformed', who);
    };
  }

  get size(): number {
    return this.#open.size;
  }

  /** Completes the upgrade of a home that has shown its token. */
  accept(member: Member, upgrade: { request: IncomingMessage; socket: Duplex; head: Buffer }): void {
    this.#server.handleUpgrade(upgrade.request, upgrade.socket, upgrade.head, (socket) => {
      this.#welcome(member, socket);
    });
  }

  /** Sends all homes away, to another worker if there is one. */
  closeAll(): void {
    for (const socket of this.#open) socket.close(closeCodes.stopping, 'stopping');
    // Who does not answer the farewell is cut off.
    for (const socket of this.#open) socket.terminate();
  }

  #welcome(member: Member, socket: HomeSocket): void {
    const { clock, counters } = this.#parts;
    member.connection?.close(closeCodes.replaced, 'another connection took over');
    socket.member = member;
    member.connection = socket;
    member.connectedAt = clock.now();
    this.#open.add(socket);
    counters.connections = this.#open.size;
    socket.on('message', this.#onMessage);
    socket.on('ping', this.#onPing);
    socket.on('error', this.#onError);
    socket.on('close', this.#onClose);
    socket.send(JSON.stringify({ type: 'welcome', seq: member.sequence, graceSeconds: member.graceMs / 1000 }));
  }

  #receive(socket: HomeSocket, data: Buffer, isBinary: boolean): void {
    const { member } = socket;
    if (!member || socket.readyState !== WebSocket.OPEN || !this.#count(socket)) return;
    const { gate } = this.#parts;
    const verdict = isBinary ? 'malformed' : gate.hear(member, data.toString());
    if (verdict === 'ok') {
      socket.malformed = 0;
      return;
    }
    gate.refuse(verdict, member.id);
    if (verdict === 'replayed') return socket.close(closeCodes.replayed, 'sequence used before');
    socket.malformed += 1;
    if (socket.malformed >= maxMalformed) socket.close(closeCodes.malformed, 'malformed');
  }

  #count(socket: HomeSocket): boolean {
    const now = this.#parts.clock.monotonic();
    if (now - socket.windowAt >= windowMs) {
      socket.windowAt = now;
      socket.messages = 0;
    }
    socket.messages += 1;
    if (socket.messages <= maxMessages) return true;
    if (socket.messages === maxMessages + 1) {
      this.#parts.gate.refuse('rate', socket.member?.id ?? '');
      socket.close(closeCodes.rate, 'too many messages');
      // A peer that goes on talking does not deserve the closing handshake.
    } else socket.terminate();
    return false;
  }

  #forget(socket: HomeSocket): void {
    this.#open.delete(socket);
    this.#parts.counters.connections = this.#open.size;
    if (socket.member?.connection === socket) socket.member.connection = undefined;
  }
}
