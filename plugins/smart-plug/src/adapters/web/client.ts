import { request } from 'node:http';
import { request as requestSecure } from 'node:https';
import { loginRefused, notUnderstood, refused, unanswered, unreachable } from '../../errors.ts';
import { answerChallenge, readChallenge, type Challenge } from './digest.ts';

export interface WebSettings {
  /** For messages. */
  name: string;
  /** `http://host:port`, without a path. */
  base: string;
  login?: { username: string; password: string };
}

export interface WebRequest {
  method?: 'GET' | 'POST' | 'PUT';
  /** With its query. */
  path: string;
  headers?: Readonly<Record<string, string>>;
  body?: string | Uint8Array;
  /** Statuses beyond 2xx that are an answer too. */
  accept?: readonly number[];
}

export interface WebAnswer {
  status: number;
  headers: Readonly<Record<string, string | string[] | undefined>>;
  body: Buffer;
}

export interface Web {
  /** Rejects with `plug.unreachable`, `plug.unanswered`, `plug.login`, `plug.refused` or `plug.answer`. */
  send(ask: WebRequest, signal: AbortSignal): Promise<WebAnswer>;
}

const timeoutMs = 5_000;
/** Largest answer of a plug that is read, bytes. */
const maxBytes = 262_144;

/** HTTP as plugs speak it: one connection for each request, Basic or Digest login, no redirections. */
export function openWeb({ name, base, login }: WebSettings): Web {
  let challenge: Challenge | undefined;
  const authorize = (ask: WebRequest): Record<string, string> => {
    if (!login || !challenge) return {};
    return { authorization: answerChallenge(challenge, login, ask.method ?? 'GET', ask.path) };
  };
  const judge = (answer: WebAnswer, ask: WebRequest): WebAnswer => {
    const { status } = answer;
    if ((status >= 200 && status < 300) || ask.accept?.includes(status)) return answer;
    if (status === 401 || status === 403) throw loginRefused(name);
    if (status < 500) throw refused(name, `HTTP status ${status}`);
    throw notUnderstood(name, new Error(`HTTP status ${status}`));
  };
  return {
    async send(ask, signal) {
      const first = await exchange({ name, base }, { ...ask, headers: { ...ask.headers, ...authorize(ask) } }, signal);
      const offered = first.status === 401 ? readChallenge(first.headers['www-authenticate']) : undefined;
      if (!offered || !login) return judge(first, ask);
      challenge = offered;
      const second = await exchange({ name, base }, { ...ask, headers: { ...ask.headers, ...authorize(ask) } }, signal);
      return judge(second, ask);
    },
  };
}

/** The JSON of an answer, checked by the caller. */
export function parseJson(name: string, { body }: WebAnswer): unknown {
  try {
    return JSON.parse(body.toString()) as unknown;
  } catch (cause) {
    throw notUnderstood(name, cause);
  }
}

function exchange({ name, base }: WebSettings, ask: WebRequest, signal: AbortSignal): Promise<WebAnswer> {
  const { method = 'GET', path, headers = {}, body } = ask;
  return new Promise((resolve, reject) => {
    const deadline = AbortSignal.any([signal, AbortSignal.timeout(timeoutMs)]);
    const begin = base.startsWith('https:') ? requestSecure : request;
    let isConnected = false;
    const fail = (cause: unknown): void => reject(isConnected ? unanswered(name, cause) : unreachable(name, cause));
    const outgoing = begin(`${base}${path}`, {
      method,
      agent: false,
      signal: deadline,
      headers: { ...headers, ...(body !== undefined && { 'content-length': String(Buffer.byteLength(body)) }) },
    });
    // What has not been connected cannot have been heard.
    outgoing.on('socket', (socket) => socket.once('connect', () => (isConnected = true)));
    outgoing.on('error', fail);
    outgoing.on('response', (incoming) => {
      const parts: Buffer[] = [];
      let bytes = 0;
      incoming.on('data', (part: Buffer) => {
        bytes += part.length;
        parts.push(part);
        if (bytes > maxBytes) incoming.destroy(new Error(`its answer is larger than ${maxBytes} bytes`));
      });
      incoming.on('error', fail);
      incoming.on('end', () =>
        resolve({ status: incoming.statusCode ?? 0, headers: incoming.headers, body: Buffer.concat(parts) }),
      );
    });
    outgoing.end(body);
  });
}
