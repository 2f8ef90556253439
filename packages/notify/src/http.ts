import { parseRetryAfter, PorchlightError, type Clock } from '@porchlight/core';
import type { BodyInit, HeadersInit } from 'node-fetch';

export interface Request {
  url: string;
  /** What the other side is called in messages; the address may hold a secret. */
  label: string;
  headers?: HeadersInit;
  body: BodyInit;
  clock: Clock;
  signal: AbortSignal;
}

/** Longest time for one request, milliseconds. */
const timeoutMs = 20_000;

/** POSTs once. 429 and 5xx may be tried again; any other refusal will not heal by itself. */
export async function post({ url, label, headers, body, clock, signal }: Request): Promise<string> {
  const { default: fetch } = await import('node-fetch');
  // Given a signal that has aborted already, node-fetch raises an error that nobody can catch.
  signal.throwIfAborted();
  const limited = AbortSignal.any([signal, AbortSignal.timeout(timeoutMs)]);
  const response = await fetch(url, { method: 'POST', body, signal: limited, ...(headers && { headers }) }).catch(
    (error: unknown) => {
      // The original message holds the address, and with it perhaps a token.
      const code = error instanceof Error && 'code' in error ? String(error.code) : 'no answer';
      throw new PorchlightError('notify.unreachable', `${label} cannot be reached (${code})`);
    },
  );
  if (response.ok) return response.text();
  const answer = (await response.text().catch(() => '')).slice(0, 200);
  const retryAfterMs = parseRetryAfter(response.headers.get('retry-after'), clock.now());
  throw refusal(label, response.status, answer, retryAfterMs);
}

/** The error for a status that is no success. */
export function refusal(label: string, status: number, answer: string, retryAfterMs?: number): PorchlightError {
  const mayHeal = status === 429 || status === 408 || status >= 500;
  return new PorchlightError('notify.refused', `${label} answered ${status}${answer ? `: ${answer}` : ''}`, {
    retry: mayHeal ? 'later' : 'never',
    ...(retryAfterMs !== undefined && { retryAfterMs }),
  });
}
