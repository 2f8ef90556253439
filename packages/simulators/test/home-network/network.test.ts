import { afterEach, describe, expect, test } from '@jest/globals';
import { until } from '@porchlight/core/testing';
import { Resolver } from 'node:dns/promises';
import { connect } from 'node:net';
import { startHomeNetwork, type HomeNetwork, type HomeNetworkOptions } from '../../src/home-network/index.ts';
import { startHttp } from '../../src/shared/http.ts';

const closers: (() => Promise<unknown>)[] = [];
afterEach(async () => {
  for (const close of closers.splice(0).toReversed()) await close();
});

async function open(options: HomeNetworkOptions = {}): Promise<HomeNetwork> {
  const network = await startHomeNetwork({ bootMs: 50, holdUpMs: 0, ...options });
  closers.push(() => network.close());
  return network;
}

type Knock = 'open' | 'refused' | 'silent';

function knock({ port }: { port: number }, ms = 200): Promise<Knock> {
  return new Promise((resolve) => {
    const socket = connect(port, '127.0.0.1');
    const end = (result: Knock): void => {
      clearTimeout(timer);
      socket.destroy();
      resolve(result);
    };
    const timer = setTimeout(end, ms, 'silent');
    socket.on('connect', () => end('open'));
    socket.on('error', () => end('refused'));
  });
}

async function ask(network: HomeNetwork, server: 'dns' | 'routerDns' = 'dns'): Promise<string> {
  const resolver = new Resolver({ timeout: 150, tries: 1 });
  resolver.setServers([`127.0.0.1:${network.targets[server].port}`]);
  return resolver.resolve4('porchlight.example').then(
    ([first]) => first ?? '',
    ({ code }: { code: string }) => code,
  );
}

const fetchPage = (network: HomeNetwork): Promise<number | 'silent'> =>
  fetch(`${network.targets.http}/generate_204`, { redirect: 'manual', signal: AbortSignal.timeout(300) }).then(
    ({ status }) => status,
    () => 'silent' as const,
  );

test('all of it answers while the router has power', async () => {
  const network = await open();
  const { tcp, gateway } = network.targets;
  expect(await Promise.all([...tcp, gateway].map((target) => knock(target)))).toEqual(Array(4).fill('open'));
  expect(await ask(network)).toBe('203.0.113.1');
  expect(await ask(network, 'routerDns')).toBe('203.0.113.1');
  expect(await fetchPage(network)).toBe(204);
  network.unknownNames.add('porchlight.example');
  expect(await ask(network)).toBe('ENOTFOUND');
});

describe.each(['hang', 'refuse'] as const)('a plug that feeds the router, %s', (silence) => {
  test('nothing answers while the contact is open, the plug included, and all does again', async () => {
    const network = await open({ silence });
    const plug = await startHttp({}, () => ({ body: 'a plug' }));
    closers.push(() => plug.close());
    const port = await network.expose(plug.port);
    expect(await fetch(`http://127.0.0.1:${port}/`).then((answer) => answer.text())).toBe('a plug');
    network.relay.set(false);
    await network.settled();
    const expected = silence === 'hang' ? 'silent' : 'refused';
    expect(await knock({ port })).toBe(expected);
    expect(await knock(network.targets.gateway)).toBe(expected);
    expect(await Promise.all(network.targets.tcp.map((target) => knock(target)))).toEqual(Array(3).fill(expected));
    expect(await fetchPage(network)).toBe('silent');
    if (silence === 'hang') expect(await ask(network)).toBe('ETIMEOUT');
    network.relay.set(true);
    await network.until(({ router }) => router === 'up');
    expect(await knock({ port }, 3000)).toBe('open');
    expect(await knock(network.targets.gateway, 3000)).toBe('open');
    expect(network.state.reboots).toBe(1);
  });
});

test('a connection that was open before falls silent and goes on afterwards', async () => {
  const network = await open();
  const port = await network.expose((await startEcho()).port);
  const socket = connect(port, '127.0.0.1');
  closers.push(async () => socket.destroy());
  const heard: string[] = [];
  socket.on('data', (part) => heard.push(String(part)));
  socket.write('one');
  await until(() => heard.join('') === 'one');
  network.relay.set(false);
  await network.settled();
  socket.write('two');
  await new Promise((resolve) => setTimeout(resolve, 100));
  expect(heard.join('')).toBe('one');
  network.relay.set(true);
  await until(() => heard.join('') === 'onetwo');
});

test('an outage of the line: the router answers, its name server fails, a reboot mends it if the power was off long enough', async () => {
  const network = await open();
  await network.outage({ type: 'wan', until: 'reboot', needsOffMs: 150 });
  expect(await knock(network.targets.gateway)).toBe('open');
  expect(await Promise.all(network.targets.tcp.map((target) => knock(target)))).toEqual(Array(3).fill('silent'));
  expect(await ask(network, 'routerDns')).toBe('ESERVFAIL');
  network.relay.set(false);
  network.relay.set(true);
  await network.until(({ reboots }) => reboots === 1);
  expect(network.state.hasInternet).toBe(false);
  network.relay.set(false);
  network.relay.flipAfter(0.2, true);
  await network.until(({ reboots }) => reboots === 2);
  expect(network.state).toMatchObject({ hasInternet: true, outage: undefined });
  expect(await knock(network.targets.tcp[0]!, 3000)).toBe('open');
});

test('the router runs on for a moment without power; a shorter gap is no reboot', async () => {
  const network = await open({ holdUpMs: 80 });
  network.relay.set(false);
  expect(network.state.router).toBe('up');
  network.relay.set(true);
  await network.settled();
  expect(network.state).toMatchObject({ router: 'up', reboots: 0 });
  network.relay.set(false);
  await network.settled();
  expect(network.state.router).toBe('off');
});

test('an outage of the provider outlives every reboot and ends when it is mended', async () => {
  const network = await open();
  await network.outage({ type: 'wan', until: 'mended' });
  network.relay.set(false);
  network.relay.set(true);
  await network.until(({ reboots }) => reboots === 1);
  expect(network.state.hasInternet).toBe(false);
  await network.mend();
  expect(await knock(network.targets.tcp[0]!, 3000)).toBe('open');
});

test('broken names, a login page, a router that hangs', async () => {
  const network = await open();
  await network.outage({ type: 'dns', until: 'mended' });
  expect(await ask(network)).toBe('ETIMEOUT');
  expect(await ask(network, 'routerDns')).toBe('ESERVFAIL');
  expect(await knock(network.targets.tcp[0]!)).toBe('open');
  await network.outage({ type: 'captive', until: 'mended' });
  expect(await ask(network)).toBe('203.0.113.1');
  expect(await fetchPage(network)).toBe(302);
  await network.outage({ type: 'lan', until: 'reboot' });
  expect(await knock(network.targets.gateway)).toBe('silent');
  expect(network.state).toMatchObject({ hasLan: true, hasGateway: false, hasInternet: false });
});

async function startEcho(): Promise<{ port: number }> {
  const { createServer } = await import('node:net');
  const server = createServer((socket) => {
    socket.on('error', () => undefined);
    socket.pipe(socket);
  });
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  closers.push(() => new Promise((resolve) => server.close(resolve)));
  return { port: (server.address() as { port: number }).port };
}
