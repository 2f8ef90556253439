import type { IncomingMessage } from 'node:http';
import { Writable } from 'node:stream';
import { pipeline } from 'node:stream/promises';
import { createGunzip } from 'node:zlib';
import { parseRetryAfter } from '@porchlight/core';
import { PartError } from '../../errors.ts';
import { type Agents, beginRequest } from './agents.ts';

/** Takes a body piece by piece; it is waited for, so that a slow disk slows the network down. */
export interface Sink {
  write(piece: Buffer): Promise<void> | void;
}

export interface DownloadOptions {
  agents: Agents;
  headers: Readonly<Record<string, string>>;
  signal: AbortSignal;
  sink: Sink;
  /** Longest silence, ms. */
  idleMs: number;
  maxBytes: number;
}

/** Longest time that a single part may take, ms. */
const longestMs = 300_000;
const mostRedirects = 3;

/** GETs an address into a sink. Rejects with a PartError unless a whole body with status 200 came. */
export async function download(url: string, options: DownloadOptions): Promise<{ bytes: number }> {
  let address = url;
  for (let hop = 0; hop <= mostRedirects; hop += 1) {
    const response = await open(address, options);
    const location = redirectOf(response);
    if (location === undefined) return receive(response, options);
    response.resume();
    const next = URL.canParse(location, address) ? new URL(location, address) : undefined;
    // The token is for this host only.
    if (!next || next.origin !== new URL(address).origin)
      throw new PartError('content', 'It was redirected elsewhere.');
    address = next.href;
  }
  throw new PartError('content', 'It was redirected in circles.');
}

function redirectOf({ statusCode = 0, headers }: IncomingMessage): string | undefined {
  return [301, 302, 303, 307, 308].includes(statusCode) ? (headers.location ?? '') : undefined;
}

function open(address: string, { agents, headers, signal, idleMs }: DownloadOptions): Promise<IncomingMessage> {
  return new Promise((resolve, reject) => {
    const limited = AbortSignal.any([signal, AbortSignal.timeout(longestMs)]);
    const request = beginRequest(address, agents, { headers, signal: limited });
    request.setTimeout(idleMs, () => request.destroy(new PartError('transfer', 'Connection timeout')));
    request.once('error', (cause) => reject(asPartError(cause, signal)));
    request.once('response', resolve);
    request.end();
  });
}

async function receive(
  response: IncomingMessage,
  { sink, maxBytes, signal }: DownloadOptions,
): Promise<{ bytes: number }> {
  try {
    checkHead(response);
    let bytes = 0;
    const body = new Writable({
      write(piece: Buffer, _encoding, done) {
        bytes += piece.length;
        if (bytes > maxBytes) return done(new PartError('content', `It is larger than ${maxBytes} bytes.`));
        return pass(piece, sink, done);
      },
    });
    const isPacked = response.headers['content-encoding'] === 'gzip';
    await (isPacked ? pipeline(response, createGunzip(), body) : pipeline(response, body));
    return { bytes };
  } catch (error) {
    response.destroy();
    throw asPartError(error, signal);
  }
}

function pass(piece: Buffer, sink: Sink, onPassed: (error?: Error) => void): void {
  try {
    const pending = sink.write(piece);
    // Most pieces only join a buffer, which is not worth a turn.
    if (pending) pending.then(() => onPassed(), onPassed);
    else onPassed();
  } catch (error) {
    onPassed(error as Error);
  }
}

function checkHead({ statusCode = 0, headers }: IncomingMessage): void {
  if (statusCode === 401 || statusCode === 403) throw new PartError('token', `It was refused (${statusCode}).`);
  if (statusCode === 404 || statusCode === 400 || statusCode === 410) {
    throw new PartError('missing', `It is not there (${statusCode}).`);
  }
  if (statusCode !== 200) {
    const retryAfterMs = parseRetryAfter(headers['retry-after'], Date.now());
    throw new PartError('transfer', `The answer was ${statusCode}.`, { retryAfterMs });
  }
  if (headers['content-type']?.startsWith('text/html')) throw new PartError('content', 'A web page came instead.');
}

function asPartError(cause: unknown, signal: AbortSignal): unknown {
  if (signal.aborted) return signal.reason;
  if (cause instanceof PartError || isDiskError(cause)) return cause;
  return new PartError('transfer', 'The transfer broke off.', { cause });
}

/** Errors of the disk are no errors of the transfer: trying again does not help. */
export function isDiskError(error: unknown): boolean {
  const { code, syscall } = error as { code?: string; syscall?: string };
  return ['ENOSPC', 'EDQUOT', 'EROFS', 'EIO', 'EACCES', 'EFBIG'].includes(code ?? '') && syscall !== 'connect';
}
