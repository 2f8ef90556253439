import { errorCode } from '@porchlight/core';
import type { LookupFunction } from 'node:net';
import { createConnection } from 'node:net';
import type { ProbeOutcome } from '../../domain/probe.ts';
import { broken, noName, silent, stopwatch } from '../outcome.ts';

/** Errors that come from this machine, not from the network. */
const ownFaults = new Set(['EACCES', 'EPERM', 'EMFILE', 'ENFILE', 'ENOBUFS', 'EADDRNOTAVAIL', 'EAFNOSUPPORT']);

/** Connects and closes. A refusal is an answer: the host is there. */
export function probeTcp(
  { host, port, lookup }: { host: string; port: number; lookup: LookupFunction },
  signal: AbortSignal,
): Promise<ProbeOutcome> {
  const elapsed = stopwatch();
  return new Promise((resolve) => {
    const socket = createConnection({ host, port, lookup });
    const end = (outcome: ProbeOutcome): void => {
      signal.removeEventListener('abort', onAbort);
      socket.destroy();
      resolve(outcome);
    };
    const onAbort = (): void => end(silent('no answer'));
    socket.on('connect', () => end({ ok: true, latencyMs: elapsed() }));
    socket.on('error', (error) => end(judge(error, elapsed())));
    if (signal.aborted) return onAbort();
    signal.addEventListener('abort', onAbort, { once: true });
  });
}

function judge(error: Error, latencyMs: number): ProbeOutcome {
  const code = errorCode(error) ?? '';
  if (code === 'ECONNREFUSED') return { ok: true, latencyMs };
  if (code.startsWith('dns.')) return noName(error.message);
  return ownFaults.has(code) ? broken(code) : silent(code || error.message);
}
