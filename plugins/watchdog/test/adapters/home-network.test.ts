import { afterEach, expect, test } from '@jest/globals';
import { systemClock } from '@porchlight/core/node';
import { until } from '@porchlight/core/testing';
import { startHomeNetwork, type HomeNetwork, type Outage } from '@porchlight/simulators';
import { createRounds } from '../../src/adapters/rounds/client.ts';
import { toProbe } from '../../src/adapters/rounds/map.ts';
import { lookup } from '../../src/adapters/dns/client.ts';
import { probeTcp } from '../../src/adapters/tcp/client.ts';
import { judgeRound } from '../../src/domain/verdict.ts';
import type { Probe, Probes } from '../../src/ports.ts';
import { parse } from '../support/house.ts';

const cleanUps: (() => unknown)[] = [];
afterEach(async () => {
  for (const cleanUp of cleanUps.splice(0).toReversed()) await cleanUp();
});

/** The checks that are built in, against a home on loopback. */
function probesOf({ targets }: HomeNetwork): Probes {
  const { probes } = parse({
    probes: [
      ...targets.tcp.map(({ host, port }, index) => ({ type: 'tcp', host, port, owner: `host ${index}` })),
      { type: 'dns', server: `${targets.routerDns.host}:${targets.routerDns.port}` },
      { type: 'dns', server: `${targets.dns.host}:${targets.dns.port}` },
      { type: 'http', url: `${targets.http}/success.txt`, body: 'success' },
      { type: 'http', url: `${targets.http}/generate_204`, status: 204 },
    ],
  });
  const router: Probe = {
    label: 'router',
    group: 'router',
    owner: 'router',
    run: (signal) => probeTcp({ ...targets.gateway, lookup }, signal),
  };
  const all = [...probes.map((probe) => toProbe(probe, 1)), router];
  return createRounds(all, { clock: systemClock, timeoutMs: 600, readRoute: async () => undefined });
}

test.each<[Outage['type'], string]>([
  ['wan', 'wan'],
  ['lan', 'lan'],
  ['captive', 'captive-portal'],
])('an outage of the kind %s is called %s, and over when it is over', async (type, cause) => {
  const network = await startHomeNetwork();
  cleanUps.push(() => network.close());
  const probes = probesOf(network);
  const judge = async () => judgeRound({ ...(await probes.ask(new AbortController().signal)), minHealthy: 1 });
  expect(await judge()).toEqual({ status: 'online' });
  await network.outage({ type, until: 'mended' });
  expect(await judge()).toEqual({ status: 'offline', cause });
  await network.mend();
  await until(async () => (await judge()).status === 'online');
});

test('the router off: everything is silent', async () => {
  const network = await startHomeNetwork();
  cleanUps.push(() => network.close());
  const probes = probesOf(network);
  const { signal } = new AbortController();
  await probes.ask(signal);
  network.relay.set(false);
  await network.settled();
  const round = await probes.ask(signal);
  expect(round.results.map(({ outcome }) => outcome.ok)).toEqual(Array.from({ length: 8 }, () => false));
  expect(judgeRound({ ...round, minHealthy: 1 })).toEqual({ status: 'offline', cause: 'lan' });
});

test('names are not resolved: the addresses of the web checks are known here, so it shows as degraded', async () => {
  const network = await startHomeNetwork();
  cleanUps.push(() => network.close());
  const probes = probesOf(network);
  await network.outage({ type: 'dns', until: 'mended' });
  const round = await probes.ask(new AbortController().signal);
  expect(judgeRound({ ...round, minHealthy: 1 })).toMatchObject({ status: 'degraded' });
});
