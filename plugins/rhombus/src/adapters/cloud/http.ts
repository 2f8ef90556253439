import { request as requestHttp, Agent as HttpAgent } from 'node:http';
import { Agent as HttpsAgent, request as requestHttps } from 'node:https';

export interface HttpSettings {
  headers: Readonly<Record<string, string>>;
  /** PEM texts. */
  tls: { cert?: string; key?: string; ca?: string };
  timeoutMs: number;
  /** Largest answer that is read, in bytes. */
  maxBytes: number;
}

export interface HttpAnswer {
  status: number;
  headers: Readonly<Record<string, string | string[] | undefined>>;
  body: Buffer;
}

export interface Http {
  /** POST with a body, GET without. Rejects when there is no whole answer in time. */
  send(url: string, body: string | undefined, signal: AbortSignal): Promise<HttpAnswer>;
  close(): void;
}

/** A small HTTP client of its own because client certificates are asked for; it never follows redirections. */
export function createHttp({ headers, tls, timeoutMs, maxBytes }: HttpSettings): Http {
  const agents = { http: new HttpAgent({ keepAlive: true }), https: new HttpsAgent({ keepAlive: true, ...tls }) };
  return {
    close() {
      agents.http.destroy();
      agents.https.destroy();
    },
    send: (url, body, signal) =>
      new Promise((resolve, reject) => {
        const isSecure = url.startsWith('https:');
        const begin = isSecure ? requestHttps : requestHttp;
        const outgoing = begin(url, {
          method: body === undefined ? 'GET' : 'POST',
          agent: isSecure ? agents.https : agents.http,
          signal: AbortSignal.any([signal, AbortSignal.timeout(timeoutMs)]),
          headers: {
            ...headers,
            ...(body !== undefined && {
              'content-type': 'application/json',
              'content-length': String(Buffer.byteLength(body)),
            }),
          },
        });
        outgoing.on('error', reject);
        outgoing.on('response', (incoming) => {
          const parts: Buffer[] = [];
          let bytes = 0;
          incoming.on('data', (part: Buffer) => {
            bytes += part.length;
            parts.push(part);
            if (bytes > maxBytes) incoming.destroy(new Error(`the answer is larger than ${maxBytes} bytes`));
          });
          incoming.on('error', reject);
          incoming.on('aborted', () => reject(new Error('the answer was cut off')));
          incoming.on('end', () =>
            resolve({ status: incoming.statusCode ?? 0, headers: incoming.headers, body: Buffer.concat(parts) }),
          );
        });
        outgoing.end(body);
      }),
  };
}
