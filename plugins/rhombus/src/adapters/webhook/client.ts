import { createHmac, timingSafeEqual } from 'node:crypto';
import { once } from 'node:events';
import { createServer, type IncomingMessage, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { backoffMs, createRateLimitedLog, errorCode, type Clock, type Log } from '@porchlight/core';
import type { Push, PushCallbacks } from '../../ports.ts';
import { readWebhook, type WebhookNews } from './map.ts';

export interface WebhookSettings {
  host: string;
  /** 0 lets the system choose. */
  port: number;
  secret: string;
}

const maxBytes = 256 * 1024;
const retryTimes = { firstMs: 5000, maxMs: 60_000 };
const reasons: Readonly<Record<string, string>> = {
  EADDRINUSE: 'another program uses it; choose another port',
  EACCES: 'the system does not allow it; choose a port above 1023',
  EADDRNOTAVAIL: 'this machine does not have that address',
};

/** Receives what Rhombus sends; everything that is not signed is refused. A port that is taken is tried again. */
export class WebhookListener implements Push {
  readonly #settings: WebhookSettings;
  readonly #clock: Clock;
  readonly #complain: (key: string, message: string) => void;
  readonly #stopped = new AbortController();
  readonly #signal: AbortSignal;
  #server: Server | undefined;
  #callbacks: PushCallbacks | undefined;
  #running: Promise<void> = Promise.resolve();

  constructor(settings: WebhookSettings, { clock, log, signal }: { clock: Clock; log: Log; signal: AbortSignal }) {
    this.#settings = settings;
    this.#clock = clock;
    this.#complain = createRateLimitedLog(log, clock, 3_600_000);
    this.#signal = AbortSignal.any([signal, this.#stopped.signal]);
  }

  /** The port it listens on; undefined while it does not. */
  get port(): number | undefined {
    return (this.#server?.address() as AddressInfo | null | undefined)?.port;
  }

  start(callbacks: PushCallbacks): void {
    this.#callbacks = callbacks;
    this.#running = this.#run(callbacks);
  }

  async stop(): Promise<void> {
    this.#callbacks = undefined;
    this.#stopped.abort();
    await this.#running;
  }

  async #run(callbacks: PushCallbacks): Promise<void> {
    for (let failures = 0; !this.#signal.aborted;) {
      const startedAt = this.#clock.monotonic();
      const problem = await this.#listen(callbacks);
      if (this.#signal.aborted) return;
      failures = this.#clock.monotonic() - startedAt > retryTimes.maxMs ? 1 : failures + 1;
      callbacks.onState(false, problem);
      const waitMs = backoffMs(failures, retryTimes, Math.random());
      await this.#clock.sleep(waitMs, this.#signal).catch(() => undefined);
    }
  }

  /** Serves until it is stopped or fails; resolves with what went wrong. */
  async #listen(callbacks: PushCallbacks): Promise<string> {
    const { host, port } = this.#settings;
    const server = this.#createServer();
    this.#server = server;
    // A second error, after the one that ends it, must not end the program.
    server.on('error', () => undefined);
    const over = new AbortController();
    const { signal } = over;
    const failure = once(server, 'error', { signal }).then(([error]) => errorCode(error), ignore);
    const stopped = this.#signal.aborted ? undefined : once(this.#signal, 'abort', { signal }).then(ignore, ignore);
    server.listen(port, host, () => callbacks.onState(true));
    const code = await Promise.race([failure, stopped]);
    over.abort();
    server.closeAllConnections();
    if (server.listening) await new Promise<void>((resolve) => void server.close(() => resolve()));
    return `The webhook port ${port} cannot be opened: ${reasons[code ?? ''] ?? code ?? 'unknown reason'}.`;
  }

  #createServer(): Server {
    const times = { requestTimeout: 5000, headersTimeout: 5000, connectionsCheckingInterval: 2000 };
    const server = createServer(times, (request, response) => {
      void this.#judge(request).then((status) => {
        if (!response.destroyed) response.writeHead(status, { connection: 'close' }).end();
      });
    });
    server.maxConnections = 64;
    return server;
  }

  /** The status to answer with; the work itself is done after that. */
  async #judge(request: IncomingMessage): Promise<number> {
    if (request.method !== 'POST') return 405;
    const body = await readBody(request).catch(() => undefined);
    if (!body) return 413;
    if (!isSigned(request, body, this.#settings.secret)) {
      this.#complain('signature', 'A webhook with a wrong signature was refused; is the secret the one of Rhombus?');
      return 401;
    }
    const news = readWebhook(parse(body), this.#clock.now());
    if (!news) return 400;
    setImmediate(() => this.#tell(news));
    return 200;
  }

  #tell(news: WebhookNews): void {
    if (news.type === 'devices') this.#callbacks?.onDevices();
    else if (news.type === 'part') this.#callbacks?.onPart(news);
    else for (const sighting of news.sightings) this.#callbacks?.onSighting(sighting);
  }
}

function ignore(): undefined {}

function isSigned({ headers }: IncomingMessage, body: Buffer, secret: string): boolean {
  return (['sha256', 'sha1'] as const).some((algorithm) => {
    const shown = headers[`x-rhombus-signature-${algorithm}`];
    if (typeof shown !== 'string') return false;
    const right = createHmac(algorithm, secret).update(body).digest();
    const given = Buffer.from(shown, 'hex');
    return given.length === right.length && timingSafeEqual(given, right);
  });
}

async function readBody(request: IncomingMessage): Promise<Buffer> {
  const parts: Buffer[] = [];
  let bytes = 0;
  for await (const part of request) {
    bytes += (part as Buffer).length;
    if (bytes > maxBytes) throw new Error('too large');
    parts.push(part as Buffer);
  }
  return Buffer.concat(parts);
}

function parse(body: Buffer): unknown {
  try {
    return JSON.parse(body.toString());
  } catch {
    return undefined;
  }
}
