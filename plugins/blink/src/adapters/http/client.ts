import { Agent as HttpAgent } from 'node:http';
import { Agent as HttpsAgent } from 'node:https';
import { errorCode, parseRetryAfter, type Clock } from '@porchlight/core';
import nodeFetch from 'node-fetch';
import { unreachable } from '../../errors.ts';

export type Fetch = typeof nodeFetch;

export interface HttpSettings {
  /** Longest time an answer may take, in ms of real time. */
  timeoutMs: number;
  fetch?: Fetch;
}

export interface HttpRequest {
  /** Name of the call for errors; never an address, which may hold secrets. */
  call: string;
  url: string;
  method?: 'GET' | 'POST';
  headers?: Readonly<Record<string, string>>;
  body?: string;
  /** Largest answer that is read, in bytes. */
  maxBytes?: number;
}

export interface HttpAnswer {
  status: number;
  header(name: string): string | undefined;
  cookies: readonly string[];
  body: Buffer;
  /** Milliseconds that the other side asks us to wait. */
  retryAfterMs: number | undefined;
  /** By how much its clock is ahead of ours, in ms; undefined when it does not tell the time. */
  skewMs: number | undefined;
}

export type Http = (request: HttpRequest) => Promise<HttpAnswer>;

const defaultMaxBytes = 8 * 1024 * 1024;

/** Idle connections are closed before the other side does so, in ms. */
const idleMs = 15_000;

/** Sends one request and reads the whole answer; redirections are not followed. Rejects with `blink.unreachable`. */
export function createHttp(
  { timeoutMs, fetch = nodeFetch }: HttpSettings,
  { clock, signal }: { clock: Clock; signal: AbortSignal },
): Http {
  const options = { keepAlive: true, timeout: idleMs };
  const agents = { http: new HttpAgent(options), https: new HttpsAgent(options) };
  const close = (): void => {
    agents.http.destroy();
    agents.https.destroy();
  };
  signal.addEventListener('abort', close, { once: true });
  return async ({ call, url, method = 'GET', headers = {}, body, maxBytes = defaultMaxBytes }) => {
    const sentAt = clock.now();
    const ending = endAfter(timeoutMs, signal);
    try {
      const answer = await fetch(url, {
        method,
        headers,
        redirect: 'manual',
        size: maxBytes,
        agent: ({ protocol }) => (protocol === 'https:' ? agents.https : agents.http),
        signal: ending.signal,
        ...(body !== undefined && { body }),
      });
      const bytes = Buffer.from(await answer.arrayBuffer());
      const date = Date.parse(answer.headers.get('date') ?? '');
      return {
        status: answer.status,
        header: (name) => answer.headers.get(name) ?? undefined,
        cookies: answer.headers.raw()['set-cookie'] ?? [],
        body: bytes,
        retryAfterMs: parseRetryAfter(answer.headers.get('retry-after'), clock.now()),
        skewMs: Number.isNaN(date) ? undefined : date - sentAt,
      };
    } catch (cause) {
      throw unreachable(call, reasonOf(cause));
    } finally {
      ending.clear();
    }
  };
}

/** A signal for one request, that leaves nothing behind when the request is over. */
function endAfter(ms: number, signal: AbortSignal): { signal: AbortSignal; clear(): void } {
  const controller = new AbortController();
  const abort = (): void => controller.abort();
  const timer = setTimeout(abort, ms);
  if (signal.aborted) abort();
  signal.addEventListener('abort', abort, { once: true });
  return {
    signal: controller.signal,
    clear() {
      clearTimeout(timer);
      signal.removeEventListener('abort', abort);
    },
  };
}

/** Errors of the HTTP library quote whole addresses; what went wrong is enough. */
function reasonOf(cause: unknown): string {
  const name = cause instanceof Error ? cause.name : '';
  if (name === 'AbortError') return 'no answer in time';
  return errorCode(cause) ?? 'the answer was cut off';
}
