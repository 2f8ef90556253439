import { createServer, type AddressInfo, type Server, type Socket } from 'node:net';
import type { Answer, HttpSimulator, Request } from '../shared/http.ts';
import { startHttp } from '../shared/http.ts';
import type { Faults } from '../shared/faults.ts';
import { selfSigned } from './certificates.ts';
import { Wires } from './link.ts';
import { createMediaHost, type MediaContext } from './media-host.ts';
import type { Camera, Gateway, LanRoute } from './state.ts';

interface Listener {
  http: HttpSimulator;
  cert: string;
}

/** The devices' own HTTPS listeners, and the places that dead addresses lead to. */
export class Lan {
  readonly #media: MediaContext;
  readonly #faults: Faults;
  readonly #hostName: string;
  readonly #wires: Wires;
  #listeners = new Map<string, Listener>();
  #silent: { server: Server; port: number; sockets: Set<Socket> } | undefined;
  #silentStart: ReturnType<typeof startSilent> | undefined;

  constructor(media: MediaContext, faults: Faults, hostName: string) {
    this.#media = media;
    this.#faults = faults;
    this.#hostName = hostName;
    this.#wires = new Wires(media.settings.network.lan);
  }

  /** Opens the device's listener; without a live address there is none. */
  async open(device: Camera | Gateway): Promise<void> {
    // Devices are opened side by side; they share one.
    this.#silentStart ??= startSilent();
    this.#silent = await this.#silentStart;
    if (!device.lan.includes('live')) return;
    const certificate = await selfSigned([...new Set([this.#hostName, '127.0.0.1'])]);
    const serve = createMediaHost(this.#media, { route: 'lan', wires: this.#wires, device });
    const respond = (request: Request): Answer => {
      // A device that went off the net does not end its old connections politely either.
      if (device.connectionStatus === 'RED') request.raw.socket.destroy();
      return request.url.pathname === '/check' ? { body: 'ok' } : serve(request);
    };
    const http = await startHttp({ tls: certificate, faults: this.#faults }, respond);
    http.server.on('connection', (socket: Socket) => {
      if (device.connectionStatus === 'RED') socket.destroy();
    });
    this.#listeners.set(device.uuid, { http, cert: certificate.cert });
  }

  /** One address for each way in `device.lan`, without a trailing slash. */
  addresses(device: Camera | Gateway): string[] {
    return device.lan.map((way) => `https://${this.#hostOf(way, device)}`);
  }

  certificate(uuid: string): string | undefined {
    return this.#listeners.get(uuid)?.cert;
  }

  async close(): Promise<void> {
    const silent = this.#silent;
    for (const socket of silent?.sockets ?? []) socket.destroy();
    const closed = silent && new Promise<void>((resolve) => silent.server.close(() => resolve()));
    await Promise.all([closed, ...[...this.#listeners.values()].map(({ http }) => http.close())]);
  }

  #hostOf(way: LanRoute, device: Camera | Gateway): string {
    switch (way) {
      case 'live':
        return `${this.#hostName}:${this.#listeners.get(device.uuid)?.http.port ?? 1}`;
      case 'refused':
        // Nothing listens on port 1 of any ordinary machine.
        return '127.0.0.1:1';
      case 'silent':
        return `127.0.0.1:${this.#silent?.port ?? 1}`;
      case 'unresolvable':
        return `ip-127-0-0-1.lan.invalid:${this.#listeners.get(device.uuid)?.http.port ?? 1}`;
    }
  }
}

// Accepts connections and never says anything.
async function startSilent(): Promise<{ server: Server; port: number; sockets: Set<Socket> }> {
  const sockets = new Set<Socket>();
  const server = createServer((socket) => {
    sockets.add(socket);
    socket.on('error', () => undefined);
    socket.on('close', () => sockets.delete(socket));
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  return { server, port: (server.address() as AddressInfo).port, sockets };
}
