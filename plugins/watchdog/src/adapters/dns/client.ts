import { errorCode } from '@porchlight/core';
import { lookup as lookupBySystem, Resolver } from 'node:dns/promises';
import { isIP, type LookupFunction } from 'node:net';
import type { ProbeOutcome } from '../../domain/probe.ts';
import { noName, silent, stopwatch } from '../outcome.ts';

/** Answers that say no, but do come from a resolver that works. */
const answers = new Set(['ENOTFOUND', 'ENODATA', 'NXDOMAIN', 'NODATA']);

/** A resolver of its own, because the system's blocks threads for half a minute when DNS is dead. */
function openResolver(server: string): Resolver {
  const resolver = new Resolver({ timeout: 2_000, tries: 2 });
  if (server !== 'system') resolver.setServers([server]);
  return resolver;
}

/** Looks a name up at one server. That there is no such name is an answer too. */
export async function probeDns(
  { server, query }: { server: string; query: string },
  signal: AbortSignal,
): Promise<ProbeOutcome> {
  const elapsed = stopwatch();
  const resolver = openResolver(server);
  const cancel = (): void => resolver.cancel();
  signal.addEventListener('abort', cancel, { once: true });
  try {
    await resolver.resolve4(query);
    return { ok: true, latencyMs: elapsed() };
  } catch (error) {
    const code = errorCode(error) ?? 'no answer';
    if (answers.has(code)) return { ok: true, latencyMs: elapsed() };
    return code === 'ETIMEOUT' || code === 'ECANCELLED' ? silent('no answer') : noName(code);
  } finally {
    signal.removeEventListener('abort', cancel);
  }
}

/** What sockets use in place of the system's lookup: it never blocks a thread, and it asks anew each time. */
export const lookup: LookupFunction = (host, options, callback) => {
  const family = isIP(host);
  const reply = (addresses: readonly { address: string; family: number }[]): void => {
    const [first] = addresses;
    if (options.all) callback(null, [...addresses]);
    else callback(null, first?.address ?? '', first?.family ?? 4);
  };
  if (family !== 0) return reply([{ address: host, family }]);
  if (host === 'localhost') return reply([{ address: '127.0.0.1', family: 4 }]);
  const fail = (error: unknown): void => {
    const code = errorCode(error) ?? 'no answer';
    callback(Object.assign(new Error(`${host} is not resolved (${code})`), { code: `dns.${code}` }), '', 0);
  };
  resolveHost(host).then(reply, fail);
};

/** Names of the hosts file and of mDNS are known to the system alone; a resolver that answers does not block it. */
async function resolveHost(host: string): Promise<{ address: string; family: number }[]> {
  try {
    return (await openResolver('system').resolve4(host)).map((address) => ({ address, family: 4 }));
  } catch (error) {
    if (!answers.has(errorCode(error) ?? '')) throw error;
    return lookupBySystem(host, { all: true });
  }
}
