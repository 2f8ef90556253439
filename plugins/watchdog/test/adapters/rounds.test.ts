import { describe, expect, test } from '@jest/globals';
import { systemClock } from '@porchlight/core/node';
import { createFakeClock } from '@porchlight/core/testing';
import { mkdir, mkdtemp, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { gatewayProbe, readRoute } from '../../src/adapters/gateway/client.ts';
import { parseRoutes } from '../../src/adapters/gateway/map.ts';
import { createRounds, openProbes } from '../../src/adapters/rounds/client.ts';
import type { Probe } from '../../src/ports.ts';
import { parse } from '../support/house.ts';

const never = (): Promise<never> => new Promise(() => undefined);
const probe = (label: string, run: Probe['run'], group: Probe['group'] = 'address'): Probe => ({
  label,
  group,
  owner: label,
  run,
});
const answer = probe('a', async () => ({ ok: true, latencyMs: 1 }));
const head = 'Iface\tDestination\tGateway \tFlags\tRefCnt\tUse\tMetric\tMask\t\tMTU\tWindow\tIRTT\n';

describe('a round', () => {
  test('waits for no check longer than the limit, whatever the check does', async () => {
    const clock = createFakeClock();
    const rounds = createRounds([answer, probe('hangs', never)], {
      clock,
      timeoutMs: 5_000,
      readRoute: async () => undefined,
    });
    const asked = rounds.ask(new AbortController().signal);
    await clock.advance(5_000);
    const { results } = await asked;
    expect(results.map(({ outcome }) => outcome)).toEqual([
      { ok: true, latencyMs: 1 },
      { ok: false, why: 'silent', problem: 'no answer' },
    ]);
    expect(clock.pending).toBe(0);
  });

  test('a check that throws is broken, and holds no other', async () => {
    const clock = createFakeClock();
    const broken = probe('throws', () => Promise.reject(new Error('EMFILE')));
    const rounds = createRounds([broken, answer], {
      clock,
      timeoutMs: 5_000,
      readRoute: async () => ({ hasLink: true }),
    });
    const { results, hasLink } = await rounds.ask(new AbortController().signal);
    expect(results[0]?.outcome).toEqual({ ok: false, why: 'broken', problem: 'EMFILE' });
    expect(hasLink).toBe(true);
  });

  test('ends at once when the service stops', async () => {
    const clock = createFakeClock();
    const rounds = createRounds([probe('hangs', never)], { clock, timeoutMs: 5_000, readRoute: async () => undefined });
    const stop = new AbortController();
    const asked = rounds.ask(stop.signal);
    await clock.advance(0);
    stop.abort(new Error('stopped'));
    await expect(asked).rejects.toThrow('stopped');
    expect(clock.pending).toBe(0);
  });

  test('knows the router once it has answered', async () => {
    const clock = createFakeClock();
    let isUp = false;
    const router = probe(
      'router',
      async () => (isUp ? { ok: true, latencyMs: 1 } : { ok: false, why: 'silent', problem: '' }),
      'router',
    );
    const rounds = createRounds([router], { clock, timeoutMs: 5_000, readRoute: async () => undefined });
    const { signal } = new AbortController();
    expect((await rounds.ask(signal)).isRouterKnown).toBe(false);
    isUp = true;
    expect((await rounds.ask(signal)).isRouterKnown).toBe(true);
    isUp = false;
    expect((await rounds.ask(signal)).isRouterKnown).toBe(true);
  });

  test('every kind of check can be configured', async () => {
    const probes = [
      { type: 'tcp', host: '127.0.0.1', port: 9 },
      { type: 'ping', host: '127.0.0.1', owner: 'me' },
      { type: 'dns', server: '127.0.0.1:9' },
      { type: 'http', url: 'http://127.0.0.1:9/' },
      { type: 'command', command: ['true'] },
    ];
    const config = parse({ probes, gateway: '127.0.0.1', timeoutSeconds: 1 });
    const { results } = await openProbes(config, systemClock).ask(new AbortController().signal);
    expect(results.map(({ label, group, owner }) => `${label} (${group}, ${owner})`)).toEqual([
      'tcp 127.0.0.1:9 (address, 127.0.0.1)',
      'ping 127.0.0.1 (address, me)',
      'dns 127.0.0.1:9 (names, 127.0.0.1:9)',
      'web 127.0.0.1:9 (web, 127.0.0.1:9)',
      'command true (address, true)',
      'router (router, router)',
    ]);
    expect(results.filter(({ group }) => group === 'router')[0]?.outcome.ok).toBe(true);
  });
});

describe('the way out', () => {
  test('is the default route with the lowest metric', () => {
    const lan = 'eth0\t0001A8C0\t00000000\t0001\t0\t0\t0\t00FFFFFF\t0\t0\t0\n';
    const wifi = 'wlan0\t00000000\t0101A8C0\t0003\t0\t0\t600\t00000000\t0\t0\t0\n';
    const cable = 'eth0\t00000000\tFE01A8C0\t0003\t0\t0\t100\t00000000\t0\t0\t0\n';
    const rejecting = 'lo\t00000000\t00000000\t0200\t0\t0\t0\t00000000\t0\t0\t0\n';
    expect(parseRoutes(head + lan + wifi + cable + rejecting)).toMatchObject({
      device: 'eth0',
      gateway: '192.168.1.254',
    });
    expect(parseRoutes(head + lan)).toBeUndefined();
    expect(parseRoutes('')).toBeUndefined();
  });

  async function machine(files: Record<string, string>): Promise<string> {
    const root = `${await mkdtemp(join(tmpdir(), 'porchlight-proc-'))}/`;
    for (const [path, text] of Object.entries(files)) {
      await mkdir(join(root, path, '..'), { recursive: true });
      await writeFile(join(root, path), text);
    }
    return root;
  }
  const route = `${head}eth0\t00000000\t0101A8C0\t0003\t0\t0\t0\t00000000\t0\t0\t0\n`;
  const ppp = `${head}ppp0\t00000000\t00000000\t0001\t0\t0\t0\t00000000\t0\t0\t0\n`;
  const ipv6 = `${'0'.repeat(32)} 00 ${'0'.repeat(32)} 00 fe800000000000000000000000000001 00000400 1 0 00000003 eth0\n`;

  test.each<[string, Record<string, string>, object | undefined]>([
    [
      'a cable and a route',
      { 'proc/net/route': route, 'sys/class/net/eth0/carrier': '1\n' },
      { hasLink: true, gateway: '192.168.1.1' },
    ],
    [
      'the cable is out',
      { 'proc/net/route': route, 'sys/class/net/eth0/carrier': '0\n' },
      { hasLink: false, gateway: '192.168.1.1' },
    ],
    ['a container without sysfs', { 'proc/net/route': route }, { hasLink: true, gateway: '192.168.1.1' }],
    ['a line without a router', { 'proc/net/route': ppp }, { hasLink: true }],
    ['no route', { 'proc/net/route': head }, { hasLink: false }],
    ['IPv6 alone', { 'proc/net/route': head, 'proc/net/ipv6_route': ipv6 }, undefined],
    ['no Linux', {}, undefined],
  ])('%s', async (_what, files, facts) => {
    expect(await readRoute(await machine(files))).toEqual(facts);
  });

  test('a router whose address is not known cannot be asked', async () => {
    const outcome = await gatewayProbe(() => undefined, 1).run(new AbortController().signal);
    expect(outcome).toMatchObject({ ok: false, why: 'broken' });
  });

  test('a router that is silent', async () => {
    const outcome = await gatewayProbe(() => '255.255.255.255', 1).run(AbortSignal.timeout(300));
    expect(outcome).toEqual({ ok: false, why: 'silent', problem: 'no answer' });
  });
});
