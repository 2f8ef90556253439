import { describeError, PorchlightError, type Log } from '@porchlight/core';
import { once } from 'node:events';
import { readFileSync, statSync } from 'node:fs';
import { createServer as createHttpServer, type IncomingMessage, type Server, type ServerOptions } from 'node:http';
import { createServer as createHttpsServer } from 'node:https';
import type { AddressInfo } from 'node:net';
import type { Duplex } from 'node:stream';
import type { WatchtowerConfig } from '../config.ts';
import type { Gate } from '../gate.ts';
import { sendAnswer, type Answer } from './answer.ts';
import { peerAddress } from './peer.ts';
import type { Sockets } from './sockets.ts';

interface ListenerParts {
  config: WatchtowerConfig;
  gate: Gate;
  sockets: Sockets;
  routes: (request: IncomingMessage) => Promise<Answer | undefined>;
  isHealthy: () => boolean;
  log: Log;
  patience: Patience;
}

/** How long a peer may take, milliseconds. */
export interface Patience {
  /** To shake hands, and to show who it is. */
  headersMs: number;
  requestMs: number;
  /** Between two looks for those who dawdle. */
  lookMs: number;
}

export interface Listener {
  readonly port: number;
  /** Takes new certificates from their files when they have changed. */
  refreshTls(): void;
  stop(): Promise<void>;
}

export const usualPatience: Patience = { headersMs: 5_000, requestMs: 10_000, lookMs: 1_000 };
/** Sockets beyond `maxConnections` for peers that are not yet known, requests and the status page. */
const spareSockets = 500;

function toServerOptions({ headersMs, requestMs, lookMs }: Patience): ServerOptions {
  return {
    headersTimeout: headersMs,
    requestTimeout: requestMs,
    connectionsCheckingInterval: lookMs,
    keepAliveTimeout: 20_000,
    maxHeaderSize: 8_192,
    noDelay: true,
  };
}

/** Listens, and lets nobody in who does not show a token at once. Rejects with `watchtower.listen`. */
export async function listen(parts: ListenerParts): Promise<Listener> {
  const { config, routes, log, patience } = parts;
  const { server, refreshTls } = createServer(config, patience, log);
  server.maxConnections = config.maxConnections + spareSockets;
  server.maxHeadersCount = 50;
  server.on('request', (request, response) => {
    request.on('error', ignore);
    routes(request)
      .then((answer) => (answer ? sendAnswer(response, answer) : request.socket.destroy()))
      .catch((error: unknown) => log.warn(`A request could not be answered: ${describeError(error)}`));
  });
  server.on('upgrade', (request, socket, head) => upgrade(parts, { request, socket, head }));
  server.on('clientError', (_error, socket) => socket.destroy());
  const { host, port } = config.listen;
  server.listen({ host, port, backlog: 4_096 });
  try {
    await once(server, 'listening');
  } catch (cause) {
    throw new PorchlightError('watchtower.listen', `Cannot listen on ${host}:${port}`, { cause, retry: 'after-user' });
  }
  return {
    port: (server.address() as AddressInfo).port,
    refreshTls,
    async stop() {
      const closed = once(server, 'close');
      server.close();
      parts.sockets.closeAll();
      server.closeAllConnections();
      await closed;
    },
  };
}

function upgrade(
  { config, gate, sockets, isHealthy }: ListenerParts,
  parts: { request: IncomingMessage; socket: Duplex; head: Buffer },
): void {
  const { request, socket } = parts;
  socket.on('error', ignore);
  const refuse = (why: 'path' | 'token' | 'full' | 'unable', line: string): void => {
    const address = peerAddress(request, config.isBehindProxy);
    gate.refuse(why, address);
    if (!gate.mayAnswer(address)) return void socket.destroy();
    socket.end(`HTTP/1.1 ${line}\r\nConnection: close\r\nContent-Length: 0\r\n\r\n`, () => socket.destroy());
  };
  if (request.url !== '/beat') return refuse('path', '404 Not Found');
  const member = gate.identify(request.headers.authorization);
  if (!member) return refuse('token', '401 Unauthorized');
  if (!isHealthy()) return refuse('unable', '503 Service Unavailable');
  if (sockets.size >= config.maxConnections && !member.connection) return refuse('full', '503 Service Unavailable');
  sockets.accept(member, parts);
}

/** One function for all sockets, of which there may be tens of thousands. */
function ignore(): void {}

function createServer(
  { tls }: WatchtowerConfig,
  patience: Patience,
  log: Log,
): { server: Server; refreshTls: () => void } {
  const options = toServerOptions(patience);
  if (!tls) return { server: createHttpServer(options), refreshTls: () => undefined };
  const read = (): { cert: Buffer; key: Buffer } => {
    try {
      return { cert: readFileSync(tls.certFile), key: readFileSync(tls.keyFile) };
    } catch (cause) {
      throw new PorchlightError('watchtower.tls', 'The certificate cannot be read', { cause, retry: 'after-user' });
    }
  };
  const stamp = (): number => Math.max(statSync(tls.certFile).mtimeMs, statSync(tls.keyFile).mtimeMs);
  const handshakeTimeout = patience.headersMs;
  const server = createHttpsServer({ ...options, ...read(), handshakeTimeout, minVersion: 'TLSv1.2' });
  server.on('tlsClientError', (_error, socket) => socket.destroy());
  let usedStamp = stamp();
  const refreshTls = (): void => {
    try {
      const newest = stamp();
      if (newest === usedStamp) return;
      usedStamp = newest;
      server.setSecureContext(read());
      log.info('The new certificate is in use.');
    } catch (error) {
      log.warn(`The new certificate cannot be used; the old one stays: ${describeError(error)}`);
    }
  };
  return { server, refreshTls };
}
