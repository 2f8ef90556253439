import type { AddressInfo } from 'node:net';
import { createServer, type Server, type TLSSocket } from 'node:tls';
import type { Certificate } from './certificate.ts';
import { streamPart } from './film/film.ts';
import type { LiveView, LiveViews } from './live-views.ts';

/** One connection of a viewer. */
export interface Visit {
  view: LiveView;
  keepAlives: number;
  latencyReports: number;
  sentBytes: number;
  isOpen: boolean;
}

const headerBytes = 122;
const type = { media: 0x00, keepAlive: 0x0a, latency: 0x12 };

/** The host of live views: TLS, a header of 122 bytes, then framed MPEG-TS, the same two seconds over and over. In real time. */
export class LiveStreams {
  /** Everyone who was let in, oldest first. */
  readonly visits: Visit[] = [];
  /** Why others were not. */
  readonly refusals: string[] = [];
  /** How long a viewer may be silent, in ms. */
  keepAliveMs = 20_000;
  /** Viewers have to show the token of their live view. */
  wantsToken = false;
  /** Payload of a message; 1316 are whole packets, anything else lets packets straddle messages. */
  messageBytes = 1316;
  readonly #server: Server;
  readonly #views: LiveViews;
  readonly #sockets = new Set<TLSSocket>();

  constructor(certificate: Certificate, views: LiveViews) {
    this.#views = views;
    this.#server = createServer(certificate, (socket) => this.#onViewer(socket));
  }

  /** Listens on the loopback address, and has live views name it. */
  async listen(): Promise<void> {
    await new Promise<void>((resolve) => this.#server.listen(0, '127.0.0.1', resolve));
    const { port } = this.#server.address() as AddressInfo;
    this.#views.streamHost = `127.0.0.1:${port}`;
  }

  close(): Promise<void> {
    return new Promise((resolve) => {
      this.#server.close(() => resolve());
      for (const socket of this.#sockets) socket.destroy();
    });
  }

  #onViewer(socket: TLSSocket): void {
    this.#sockets.add(socket);
    let received: Buffer = Buffer.alloc(0);
    let visit: Visit | undefined;
    socket.on('error', () => socket.destroy());
    socket.on('close', () => {
      this.#sockets.delete(socket);
      if (visit) visit.isOpen = false;
    });
    socket.setTimeout(this.keepAliveMs, () => socket.destroy());
    socket.on('data', (chunk) => {
      received = Buffer.concat([received, chunk]);
      if (!visit && received.length >= headerBytes) {
        visit = this.#admit(received.subarray(0, headerBytes));
        received = received.subarray(headerBytes);
        if (!visit) return void socket.destroy();
        this.#play(socket, visit);
      }
      if (visit) received = countMessages(received, visit);
    });
  }

  #admit(header: Buffer): Visit | undefined {
    const text = (start: number, end: number): string => header.toString('latin1', start, end).replace(/\0+$/, '');
    const view = this.#views.opened.find(({ connectionId }) => connectionId === text(102, 118));
    const isFramed =
      header.readUInt32BE(0) === 0x28 && header.readUInt16BE(28) === 0x0108 && header.readUInt32BE(118) === 1;
    const hasLengths = [4, 98].every((at) => header.readUInt32BE(at) === 16) && header.readUInt32BE(30) === 64;
    const reason = !isFramed || !hasLengths ? 'malformed header' : this.#objection(view, text);
    if (reason !== undefined || !view) {
      this.refusals.push(reason ?? 'unknown connection');
      return undefined;
    }
    const visit = { view, keepAlives: 0, latencyReports: 0, sentBytes: 0, isOpen: true };
    this.visits.push(visit);
    return visit;
  }

  #objection(view: LiveView | undefined, text: (start: number, end: number) => string): string | undefined {
    if (!view) return 'unknown connection';
    if (view.isOver) return 'live view is over';
    if (text(8, 24) !== view.camera.serial) return 'wrong serial';
    if (this.wantsToken && text(34, 98) !== view.token) return 'wrong token';
    return undefined;
  }

  #play(socket: TLSSocket, visit: Visit): void {
    let [position, sequence] = [0, 0];
    const timer = setInterval(() => {
      if (visit.view.isOver) return void socket.end();
      const end = Math.min(position + this.messageBytes, streamPart.length);
      const payload = streamPart.subarray(position, end);
      position = end === streamPart.length ? 0 : end;
      const head = Buffer.alloc(9);
      head.writeUInt8(type.media, 0);
      head.writeUInt32BE((sequence += 1), 1);
      head.writeUInt32BE(payload.length, 5);
      visit.sentBytes += payload.length;
      socket.write(Buffer.concat([head, payload]));
    }, 100);
    socket.on('close', () => clearInterval(timer));
  }
}

/** Counts the whole messages; returns what is left over. */
function countMessages(received: Buffer, visit: Visit): Buffer {
  let rest = received;
  while (rest.length >= 9 && rest.length >= 9 + rest.readUInt32BE(5)) {
    if (rest[0] === type.keepAlive) visit.keepAlives += 1;
    if (rest[0] === type.latency) visit.latencyReports += 1;
    rest = rest.subarray(9 + rest.readUInt32BE(5));
  }
  return rest;
}
