import { createServer as createHttp, type IncomingMessage, type Server, type ServerResponse } from 'node:http';
import { createServer as createHttps } from 'node:https';
import type { AddressInfo, Socket } from 'node:net';
import { setTimeout as sleep } from 'node:timers/promises';
import type { Faults, Trouble } from './faults.ts';

/** An answer before it is written. A string or bytes go out as they are, anything else as JSON. */
export interface Answer {
  status?: number;
  headers?: Record<string, string | string[]>;
  body?: unknown;
  /** Writes the answer itself (head and body), for what must be slow, shaped or broken. The other fields are ignored. */
  stream?: (response: ServerResponse) => Promise<void>;
}

/** One request as a simulator sees it, its body already read. */
export interface Request {
  method: string;
  url: URL;
  headers: IncomingMessage['headers'];
  body: Buffer;
  raw: IncomingMessage;
}

export interface HttpOptions {
  /** 0 (the default) lets the system choose. */
  port?: number;
  host?: string;
  tls?: { key: string; cert: string; ca?: string; requestCert?: boolean; rejectUnauthorized?: boolean };
  faults?: Faults;
  /** Largest request body that is read, in bytes; more is answered 413. Default 1 MiB. */
  maxBodyBytes?: number;
}

export interface HttpSimulator {
  /** Without a trailing slash. */
  url: string;
  port: number;
  server: Server;
  /** Every request that was answered, oldest first, for assertions. */
  requests: Request[];
  close(): Promise<void>;
}

/** Starts a loopback server that answers with `respond` unless a fault says otherwise. */
export async function startHttp(
  options: HttpOptions,
  respond: (request: Request) => Answer | Promise<Answer>,
): Promise<HttpSimulator> {
  const requests: Request[] = [];
  const sockets = new Set<Socket>();
  const listener = (raw: IncomingMessage, response: ServerResponse): void => {
    void serve(raw, response, options, requests, respond).catch((error: unknown) => {
      if (!response.headersSent) response.writeHead(500, { 'content-type': 'text/plain' });
      response.end(String(error));
    });
  };
  const server = options.tls ? createHttps(options.tls, listener) : createHttp(listener);
  server.on('connection', (socket: Socket) => {
    sockets.add(socket);
    socket.on('close', () => sockets.delete(socket));
  });
  await new Promise<void>((resolve, reject) => {
    server.once('error', reject);
    server.listen(options.port ?? 0, options.host ?? '127.0.0.1', resolve);
  });
  const { port } = server.address() as AddressInfo;
  return {
    url: `${options.tls ? 'https' : 'http'}://127.0.0.1:${port}`,
    port,
    server,
    requests,
    close: () =>
      new Promise((resolve) => {
        server.close(() => resolve());
        for (const socket of sockets) socket.destroy();
      }),
  };
}

async function serve(
  raw: IncomingMessage,
  response: ServerResponse,
  options: HttpOptions,
  requests: Request[],
  respond: (request: Request) => Answer | Promise<Answer>,
): Promise<void> {
  const body = await readBody(raw, options.maxBodyBytes ?? 1_048_576);
  if (!body) return send(response, { status: 413 });
  const url = new URL(raw.url ?? '/', `http://${raw.headers.host ?? 'localhost'}`);
  const request: Request = { method: raw.method ?? 'GET', url, headers: raw.headers, body, raw };
  requests.push(request);
  const trouble = options.faults?.take(raw);
  if (!trouble) return send(response, await respond(request));
  await misbehave(trouble, response, () => respond(request));
}

async function misbehave(
  trouble: Trouble,
  response: ServerResponse,
  answer: () => Answer | Promise<Answer>,
): Promise<void> {
  switch (trouble.type) {
    case 'hang':
      return;
    case 'reset':
      response.socket?.resetAndDestroy();
      return;
    case 'slow':
      await sleep(trouble.delayMs, undefined, { ref: false });
      return send(response, await answer());
    case 'status':
      return send(response, {
        status: trouble.status,
        ...(trouble.headers && { headers: trouble.headers }),
        body: trouble.body ?? '',
      });
    case 'replace': {
      const { stream: _unused, ...plain } = await answer();
      return send(response, { ...plain, body: trouble.body });
    }
    case 'truncate': {
      const [status, headers, bytes] = render(await answer());
      response.writeHead(status, { ...headers, 'content-length': String(bytes.length) });
      response.write(bytes.subarray(0, trouble.bytes), () => response.socket?.destroy());
    }
  }
}

async function send(response: ServerResponse, answer: Answer): Promise<void> {
  if (answer.stream) return answer.stream(response);
  const [status, headers, bytes] = render(answer);
  response.writeHead(status, headers);
  response.end(bytes);
}

function render({ status = 200, headers = {}, body }: Answer): [number, Record<string, string | string[]>, Buffer] {
  if (body === undefined) return [status, headers, Buffer.alloc(0)];
  if (Buffer.isBuffer(body)) return [status, headers, body];
  if (typeof body === 'string') return [status, headers, Buffer.from(body)];
  return [status, { 'content-type': 'application/json', ...headers }, Buffer.from(JSON.stringify(body))];
}

async function readBody(raw: IncomingMessage, maxBytes: number): Promise<Buffer | undefined> {
  const chunks: Buffer[] = [];
  let length = 0;
  for await (const chunk of raw as AsyncIterable<Buffer>) {
    length += chunk.length;
    if (length > maxBytes) return undefined;
    chunks.push(chunk);
  }
  return Buffer.concat(chunks);
}
