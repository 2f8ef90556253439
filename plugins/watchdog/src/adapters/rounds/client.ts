import type { WatchdogConfig } from '@porchlight/config-schemas';
import { describeError, type Clock } from '@porchlight/core';
import type { ProbeResult } from '../../domain/probe.ts';
import type { Probe, Probes } from '../../ports.ts';
import { gatewayProbe, readRoute, type RouteFacts } from '../gateway/client.ts';
import { broken, silent } from '../outcome.ts';
import { toProbe } from './map.ts';
import { defaultTargets } from './targets.ts';

/** The configured checks, or the built-in ones. */
export function openProbes(config: WatchdogConfig, clock: Clock): Probes {
  const { gateway, timeoutSeconds } = config;
  const targets = config.probes.length > 0 ? config.probes : defaultTargets;
  const probes = targets.map((target) => toProbe(target, timeoutSeconds));
  let route: RouteFacts | undefined;
  const address = (): string | undefined => (gateway === 'auto' ? route?.gateway : gateway);
  if (gateway !== 'none') probes.push(gatewayProbe(address, timeoutSeconds));
  return createRounds(probes, {
    clock,
    timeoutMs: timeoutSeconds * 1000,
    readRoute: async () => (route = await readRoute()),
  });
}

interface RoundParts {
  clock: Clock;
  timeoutMs: number;
  readRoute: () => Promise<RouteFacts | undefined>;
}

/** Asks all probes at once, and none of them for longer than the limit. */
export function createRounds(probes: readonly Probe[], { clock, timeoutMs, readRoute: readFacts }: RoundParts): Probes {
  let isRouterKnown = false;
  return {
    async ask(signal) {
      signal.throwIfAborted();
      const facts = await readFacts();
      const limit = new AbortController();
      const over = new AbortController();
      const stop = (): void => limit.abort();
      signal.addEventListener('abort', stop, { once: true });
      const timeout = clock.sleep(timeoutMs, over.signal).then(stop, () => undefined);
      const results = await Promise.all(probes.map((probe) => runLimited(probe, limit.signal)));
      over.abort('answered');
      await timeout;
      signal.removeEventListener('abort', stop);
      signal.throwIfAborted();
      isRouterKnown ||= results.some(({ group, outcome }) => group === 'router' && outcome.ok);
      return { results, isRouterKnown, ...(facts && { hasLink: facts.hasLink }) };
    },
  };
}

/** Silence when the limit comes first, whatever the probe itself does about it. */
async function runLimited({ run, ...facts }: Probe, limit: AbortSignal): Promise<ProbeResult> {
  const { promise, resolve } = Promise.withResolvers<ProbeResult>();
  const onAbort = (): void => resolve({ ...facts, outcome: silent('no answer') });
  limit.addEventListener('abort', onAbort, { once: true });
  run(limit).then(
    (outcome) => resolve({ ...facts, outcome }),
    (error: unknown) => resolve({ ...facts, outcome: broken(describeError(error)) }),
  );
  const result = await promise;
  limit.removeEventListener('abort', onAbort);
  return result;
}
