// requires: ping
import { describe, expect, test } from '@jest/globals';
import { chmod, mkdtemp, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { probeCommand } from '../../src/adapters/command/client.ts';
import { judgePing, probePing } from '../../src/adapters/ping/client.ts';

const within = (ms: number): AbortSignal => AbortSignal.timeout(ms);
const host = '127.0.0.1';

async function openScript(body: string): Promise<string> {
  const folder = await mkdtemp(join(tmpdir(), 'porchlight-probe-'));
  const path = join(folder, 'check.sh');
  await writeFile(path, `#!/bin/sh\n${body}\n`);
  await chmod(path, 0o755);
  return path;
}

describe('command', () => {
  test.each([
    ['exit 0', { ok: true }],
    ['echo no line; exit 1', { ok: false, why: 'silent', problem: 'no line' }],
    ['exit 3', { ok: false, why: 'broken', problem: 'exit code 3' }],
    ['kill -9 $$', { ok: false, why: 'broken' }],
  ])('%s', async (body, outcome) => {
    expect(await probeCommand([await openScript(body)], within(2_000))).toMatchObject(outcome);
  });

  test('one that does not end is ended', async () => {
    const outcome = await probeCommand([await openScript('exec sleep 30')], within(300));
    expect(outcome).toEqual({ ok: false, why: 'silent', problem: 'it did not end in time' });
  });

  test('one that does not exist is broken, and its arguments go through no shell', async () => {
    expect(await probeCommand(['/nowhere/check'], within(2_000))).toMatchObject({ ok: false, why: 'broken' });
    expect(await probeCommand([await openScript('[ "$1" = "a; exit 1" ]'), 'a; exit 1'], within(2_000))).toMatchObject({
      ok: true,
    });
  });
});

describe('ping', () => {
  test.each<[number | null, string, object]>([
    [0, '64 bytes from 1.1.1.1: icmp_seq=1 ttl=57 time=12.3 ms', { ok: true, latencyMs: 12.3 }],
    [0, 'rtt without a time', { ok: true, latencyMs: 99 }],
    [1, '1 packets transmitted, 0 received, 100% packet loss', { ok: false, why: 'silent' }],
    [2, 'ping: example.test: Temporary failure in name resolution', { ok: false, why: 'no-name' }],
    [2, 'ping: connect: Network is unreachable', { ok: false, why: 'silent' }],
    [
      2,
      'ping: socktype: SOCK_RAW\nping: socket: Operation not permitted\nping: => missing cap_net_raw+p',
      { ok: false, why: 'broken' },
    ],
    [1, 'ping: permission denied (are you root?)', { ok: false, why: 'broken' }],
    [1, "ping: bad address 'example.test'", { ok: false, why: 'no-name' }],
    [68, 'ping: cannot resolve example.test: Unknown host', { ok: false, why: 'no-name' }],
    [null, '', { ok: false, why: 'silent' }],
  ])('exit code %j, "%s"', (exitCode, output, outcome) => {
    expect(judgePing({ exitCode, output, elapsedMs: 99 })).toMatchObject(outcome);
  });

  test('the real program on this machine', async () => {
    const outcome = await probePing({ host, timeoutSeconds: 1 }, within(3_000));
    // Without the permission it must be called broken, never silent.
    expect(outcome.ok || outcome.why === 'broken').toBe(true);
  });

  test('a machine without it', async () => {
    const outcome = await probePing({ host, timeoutSeconds: 1, program: '/nowhere/ping' }, within(1_000));
    expect(outcome).toMatchObject({ ok: false, why: 'broken' });
  });
});
