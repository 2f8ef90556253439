import { type Clock, parseRetryAfter } from '@porchlight/core';
import type { IncomingMessage } from 'node:http';
import type * as z from 'zod';
import { callFailed, keyRefused, notUnderstood, refusedInBand, tooMany, unreachable } from '../../errors.ts';
import { type Agents, beginRequest } from '../media/agents.ts';
import { outcomeSchema } from './schema.ts';

const timeoutMs = 20_000;
const maxBytes = 64 * 1024 * 1024;

export interface CallParts {
  apiUrl: string;
  /** Key and scheme. */
  headers: Readonly<Record<string, string>>;
  agents: Agents;
  clock: Clock;
  signal: AbortSignal;
  /** Is told what time it is at Rhombus, epoch ms. */
  onTime?: (theirs: number) => void;
}

/** One call of the API: POST, JSON both ways, failures of status and in band turned into coded errors. */
export function createCall(parts: CallParts) {
  return async <T>(path: string, body: object, schema: z.ZodType<T, unknown>): Promise<T> => {
    const { status, retryAfter, date, text } = await send(parts, path, JSON.stringify(body)).catch((cause: unknown) => {
      parts.signal.throwIfAborted();
      throw unreachable(path, cause);
    });
    if (status === 401 || status === 403) throw keyRefused(path);
    if (status === 429) throw tooMany(parseRetryAfter(retryAfter, parts.clock.now()));
    if (status !== 200) throw callFailed(path, status);
    const theirs = Date.parse(date ?? '');
    if (!Number.isNaN(theirs)) parts.onTime?.(theirs);
    return readAnswer(path, text, schema);
  };
}

interface RawAnswer {
  status: number;
  retryAfter: string | undefined;
  date: string | undefined;
  text: string;
}

/** Node's own client, because certificates are asked for. */
function send({ apiUrl, headers, agents, signal }: CallParts, path: string, body: string): Promise<RawAnswer> {
  return new Promise((resolve, reject) => {
    const outgoing = beginRequest(`${apiUrl}/api/${path}`, agents, {
      method: 'POST',
      signal: AbortSignal.any([signal, AbortSignal.timeout(timeoutMs)]),
      headers: { ...headers, 'content-type': 'application/json', 'content-length': String(Buffer.byteLength(body)) },
    });
    outgoing.once('error', reject);
    outgoing.once('response', (incoming) => void readText(incoming).then(resolve, reject));
    outgoing.end(body);
  });
}

async function readText(incoming: IncomingMessage): Promise<RawAnswer> {
  const pieces: Buffer[] = [];
  let bytes = 0;
  for await (const piece of incoming as AsyncIterable<Buffer>) {
    bytes += piece.length;
    if (bytes > maxBytes) throw new Error(`the answer is larger than ${maxBytes} bytes`);
    pieces.push(piece);
  }
  const { statusCode: status = 0, headers } = incoming;
  const { 'retry-after': retryAfter, date } = headers;
  return { status, retryAfter, date, text: Buffer.concat(pieces).toString() };
}

/** A 200 is no success yet: failures come in band too. */
export function readAnswer<T>(path: string, text: string, schema: z.ZodType<T, unknown>): T {
  let raw: unknown;
  try {
    raw = JSON.parse(text);
  } catch (cause) {
    throw notUnderstood(path, cause);
  }
  const outcome = outcomeSchema.safeParse(raw);
  if (outcome.success && outcome.data.error) {
    const { errorMsg, message, msg } = outcome.data;
    throw refusedInBand(path, errorMsg ?? message ?? msg ?? 'no reason given');
  }
  const result = schema.safeParse(raw);
  if (!result.success) throw notUnderstood(path);
  return result.data;
}
