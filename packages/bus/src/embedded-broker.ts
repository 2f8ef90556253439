import { errorCode, type Log } from '@porchlight/core';
import { writeFileAtomic } from '@porchlight/core/node';
import { randomBytes, timingSafeEqual } from 'node:crypto';
import { link, mkdir, readFile, rm } from 'node:fs/promises';
import { createServer, type Server, type Socket } from 'node:net';
import { join } from 'node:path';
import * as z from 'zod';
import type { Endpoint } from './endpoint.ts';

const credentialsSchema = z.object({ username: z.string(), password: z.string() });
type Credentials = z.output<typeof credentialsSchema>;

export interface EmbeddedBroker {
  /** Takes the port when it is free; either way there is a broker on it to connect to. */
  prepare(): Promise<Endpoint>;
  stop(): Promise<void>;
}

export interface EmbeddedBrokerOptions {
  port: number;
  /** Shared by all services of this machine; holds the credentials (0600). */
  folder: string;
  log: Log;
  /** Uses the broker of another process and never serves. */
  looksOn?: boolean;
}

/**
 * The broker for a house without one: the first service that binds the loopback port serves the others. When its
 * process dies the port is free, and whoever reconnects first takes over.
 */
export function createEmbeddedBroker({ port, folder, log, looksOn = false }: EmbeddedBrokerOptions): EmbeddedBroker {
  let stopServer: (() => Promise<void>) | undefined;
  return {
    async prepare() {
      const credentials = await readCredentials(folder);
      if (!stopServer && !looksOn) {
        stopServer = await serve(port, credentials);
        if (stopServer) {
          log.info(
            `Serving the built-in MQTT broker on 127.0.0.1:${port}. With Home Assistant, use Mosquitto instead.`,
          );
        }
      }
      return {
        url: `mqtt://127.0.0.1:${port}`,
        label: `built-in broker on 127.0.0.1:${port}`,
        options: { ...credentials, protocolVersion: 4 },
      };
    },
    async stop() {
      await stopServer?.();
      stopServer = undefined;
    },
  };
}

/** Undefined when the port is taken. */
async function serve(port: number, credentials: Credentials): Promise<(() => Promise<void>) | undefined> {
  const sockets = new Set<Socket>();
  const waiting: Socket[] = [];
  let accept = (socket: Socket): void => void waiting.push(socket);
  // The port decides who is the broker, so it is taken before the broker's code is even loaded.
  const server = createServer({ noDelay: true }, (socket) => {
    sockets.add(socket);
    socket.on('close', () => sockets.delete(socket));
    socket.on('error', () => socket.destroy());
    accept(socket);
  });
  if (!(await listen(server, port))) return undefined;
  const { Aedes } = await import('aedes');
  const broker = await Aedes.createBroker({ heartbeatInterval: 60_000 });
  broker.authenticate = (_client, username, password, done) => {
    done(null, isSame(username ?? '', credentials.username) && isSame(String(password ?? ''), credentials.password));
  };
  accept = (socket) => void broker.handle(socket);
  for (const socket of waiting) accept(socket);
  return async () => {
    const closed = new Promise<void>((resolve) => server.close(() => resolve()));
    await new Promise<void>((resolve) => broker.close(() => resolve()));
    for (const socket of sockets) socket.destroy();
    await closed;
  };
}

function listen(server: Server, port: number): Promise<boolean> {
  return new Promise((resolve, reject) => {
    server.once('error', (error) => (errorCode(error) === 'EADDRINUSE' ? resolve(false) : reject(error)));
    server.listen(port, '127.0.0.1', () => resolve(true));
  });
}

function isSame(given: string, expected: string): boolean {
  const [a, b] = [Buffer.from(given), Buffer.from(expected)];
  return a.length === b.length && timingSafeEqual(a, b);
}

/** Reads the credentials, or makes them; of several processes that make them at once, one wins. */
async function readCredentials(folder: string): Promise<Credentials> {
  const path = join(folder, 'broker.json');
  try {
    return credentialsSchema.parse(JSON.parse(await readFile(path, 'utf8')));
  } catch (error) {
    if (errorCode(error) !== 'ENOENT')
      throw new Error(`The file ${path} is damaged; delete it and restart.`, { cause: error });
  }
  await mkdir(folder, { recursive: true, mode: 0o700 });
  const fresh = `${path}.${randomBytes(6).toString('hex')}`;
  const credentials = { username: 'porchlight', password: randomBytes(24).toString('base64url') };
  await writeFileAtomic(fresh, `${JSON.stringify(credentials)}\n`);
  try {
    await link(fresh, path);
    return credentials;
  } catch (error) {
    if (errorCode(error) !== 'EEXIST') throw error;
    return credentialsSchema.parse(JSON.parse(await readFile(path, 'utf8')));
  } finally {
    await rm(fresh, { force: true });
  }
}
