import { createHmac, timingSafeEqual } from 'node:crypto';
import { createServer, type IncomingMessage, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { createRateLimitedLog, describeError, type Clock, type Log } from '@porchlight/core';
import type { Push, PushCallbacks } from '../../ports.ts';
import { readWebhook } from './map.ts';

export interface WebhookSettings {
  host: string;
  /** 0 lets the system choose. */
  port: number;
  secret: string;
}

const maxBytes = 256 * 1024;

/** Receives what Rhombus sends; everything that is not signed is refused. */
export class WebhookListener implements Push {
  readonly #settings: WebhookSettings;
  readonly #clock: Clock;
  readonly #complain: (key: string, message: string) => void;
  readonly #server: Server;
  #callbacks: PushCallbacks | undefined;

  constructor(settings: WebhookSettings, { clock, log }: { clock: Clock; log: Log }) {
    this.#settings = settings;
    this.#clock = clock;
    this.#complain = createRateLimitedLog(log, clock, 3_600_000);
    this.#server = createServer({ requestTimeout: 5000, headersTimeout: 5000 }, (request, response) => {
      void this.#judge(request).then((status) => response.writeHead(status, { connection: 'close' }).end());
    });
    this.#server.maxConnections = 64;
  }

  /** The port it listens on; undefined while it does not. */
  get port(): number | undefined {
    return (this.#server.address() as AddressInfo | null)?.port;
  }

  start(callbacks: PushCallbacks): void {
    this.#callbacks = callbacks;
    const { host, port } = this.#settings;
    this.#server.on('error', (error) => {
      callbacks.onState(false, `The webhook port ${port} cannot be opened: ${describeError(error)}.`);
    });
    this.#server.listen(port, host, () => callbacks.onState(true));
  }

  async stop(): Promise<void> {
    this.#callbacks = undefined;
    this.#server.closeAllConnections();
    if (this.#server.listening) await new Promise<void>((resolve) => void this.#server.close(() => resolve()));
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
    const sightings = readWebhook(parse(body), this.#clock.now());
    if (!sightings) return 400;
    setImmediate(() => {
      for (const sighting of sightings) this.#callbacks?.onSighting(sighting);
    });
    return 200;
  }
}

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
