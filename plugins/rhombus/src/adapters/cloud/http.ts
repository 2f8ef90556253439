import { Agent as HttpAgent } from 'node:http';
import { Agent as HttpsAgent } from 'node:https';
import fetch from 'node-fetch';

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
  /** Value of a header; null without it. */
  header(name: string): string | null;
  body: Buffer;
}

export interface Http {
  /** POST with a body, GET without; never follows a redirection. Rejects when there is no whole answer in time. */
  send(url: string, body: string | undefined, signal: AbortSignal): Promise<HttpAnswer>;
  close(): void;
}

export function createHttp({ headers, tls, timeoutMs, maxBytes }: HttpSettings): Http {
  const agents = { http: new HttpAgent({ keepAlive: true }), https: new HttpsAgent({ keepAlive: true, ...tls }) };
  return {
    close() {
      agents.http.destroy();
      agents.https.destroy();
    },
    async send(url, body, signal) {
      // Of one that is aborted beforehand, node-fetch destroys the body where nobody can catch it.
      signal.throwIfAborted();
      const response = await fetch(url, {
        method: body === undefined ? 'GET' : 'POST',
        headers: { ...headers, ...(body !== undefined && { 'content-type': 'application/json' }) },
        ...(body !== undefined && { body }),
        agent: ({ protocol }) => (protocol === 'http:' ? agents.http : agents.https),
        // The key must not go where a redirection leads.
        redirect: 'manual',
        size: maxBytes,
        signal: AbortSignal.any([signal, AbortSignal.timeout(timeoutMs)]),
      });
      const { status } = response;
      return { status, header: (name) => response.headers.get(name), body: Buffer.from(await response.arrayBuffer()) };
    },
  };
}
