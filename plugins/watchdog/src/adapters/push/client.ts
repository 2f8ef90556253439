import type { WatchdogConfig } from '@porchlight/config-schemas';
import { createTroubleLog, type Clock, type Log } from '@porchlight/core';
import type { Heartbeat, HeartbeatStatus } from '../../ports.ts';
import { lookup } from '../dns/client.ts';
import { probeHttp } from '../http/client.ts';

type Push = WatchdogConfig['pushes'][number];

/** Longest time for one answer, milliseconds; well below what a stop may take. */
const timeoutMs = 4_000;
const names = { healthchecks: 'Healthchecks', 'uptime-kuma': 'Uptime Kuma' };

export interface PushParts {
  clock: Clock;
  log: Log;
  signal: AbortSignal;
}

/** Fetches the push address again and again, as long as there is a connection. */
export function startPush(push: Push, { clock, log, signal }: PushParts): Heartbeat {
  const stopped = new AbortController();
  const either = AbortSignal.any([signal, stopped.signal]);
  const trouble = createTroubleLog(log, clock);
  const name = names[push.kind];
  let status: HeartbeatStatus = { state: 'starting', isConnected: false };
  let connect: (() => void) | undefined;

  const tell = async (): Promise<void> => {
    const limit = new AbortController();
    const over = new AbortController();
    const timeout = clock.sleep(timeoutMs, over.signal).then(
      () => limit.abort(),
      () => undefined,
    );
    const outcome = await probeHttp({ url: toPushUrl(push, status), status: 200, lookup }, limit.signal);
    over.abort('answered');
    await timeout;
    // Never the address: it is the secret.
    if (outcome.ok) trouble.end(name, `${name} is reached again.`);
    else trouble.begin(name, `${name} is not reached: ${outcome.problem}.`);
  };
  const connected = (): Promise<void> =>
    new Promise((resolve) => {
      connect = resolve;
      if (status.isConnected || either.aborted) resolve();
    });
  const run = async (): Promise<void> => {
    while (!either.aborted) {
      await connected();
      if (either.aborted) return;
      await tell();
      await clock.sleep(push.everySeconds * 1000, either).catch(() => undefined);
    }
  };
  const running = run();
  const wake = (): void => connect?.();
  either.addEventListener('abort', wake, { once: true });
  return {
    show(next) {
      status = next;
      if (next.isConnected) wake();
    },
    announceReboot: () => undefined,
    reconnect: () => undefined,
    async stop() {
      stopped.abort('stopped');
      await running;
    },
  };
}

/** Uptime Kuma takes what it shows from the address. */
export function toPushUrl({ kind, url }: Push, { state, latencyMs }: Omit<HeartbeatStatus, 'isConnected'>): string {
  if (kind === 'healthchecks') return url;
  const target = new URL(url);
  target.searchParams.set('status', 'up');
  target.searchParams.set('msg', state);
  target.searchParams.set('ping', latencyMs === undefined ? '' : String(latencyMs));
  return target.href;
}
