import { afterEach, describe, expect, test } from '@jest/globals';
import type { Clock } from '@porchlight/core';
import { createCaptureLog, createFakeClock, until } from '@porchlight/core/testing';
import { once } from 'node:events';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { startPush, toPushUrl } from '../../src/adapters/push/client.ts';

const cleanUps: (() => unknown)[] = [];
afterEach(async () => {
  for (const cleanUp of cleanUps.splice(0).toReversed()) await cleanUp();
});

describe('push addresses', () => {
  test('Uptime Kuma is told state and latency, Healthchecks nothing', () => {
    const everySeconds = 60;
    const status = { state: 'online', latencyMs: 12.3 };
    const kuma = {
      kind: 'uptime-kuma',
      url: 'https://kuma.test/api/push/abc?status=up&msg=OK&ping=',
      everySeconds,
    } as const;
    expect(toPushUrl(kuma, status)).toBe('https://kuma.test/api/push/abc?status=up&msg=online&ping=12.3');
    const checks = { kind: 'healthchecks', url: 'https://hc-ping.com/uuid', everySeconds } as const;
    expect(toPushUrl(checks, status)).toBe('https://hc-ping.com/uuid');
  });

  test('are fetched while there is a connection, and a failure is said once, without the address', async () => {
    let status = 200;
    const urls: (string | undefined)[] = [];
    const server = createServer((request, response) => {
      urls.push(request.url);
      response.writeHead(status).end('OK');
    });
    server.listen(0, '127.0.0.1');
    await once(server, 'listening');
    cleanUps.push(() => server.close());
    const fake = createFakeClock();
    const sleeps: number[] = [];
    const sleep: Clock['sleep'] = (ms, signal) => {
      sleeps.push(ms);
      return fake.sleep(ms, signal);
    };
    const clock: Clock = { now: fake.now, monotonic: fake.monotonic, sleep };
    const log = createCaptureLog();
    const url = `http://127.0.0.1:${(server.address() as AddressInfo).port}/secret-uuid`;
    const push = startPush(
      { kind: 'healthchecks', url, everySeconds: 60 },
      { clock, log, signal: new AbortController().signal },
    );
    const fetched = async (count: number): Promise<void> => {
      // The answer has come when the wait for the next one has begun.
      await until(() => sleeps.filter((ms) => ms === 60_000).length === count);
      expect(urls).toHaveLength(count);
    };
    await fake.advance(5_000);
    expect(urls).toEqual([]);
    push.show({ state: 'online', isConnected: true });
    await fetched(1);
    status = 500;
    await fake.advance(60_000);
    await fetched(2);
    await fake.advance(60_000);
    await fetched(3);
    push.show({ state: 'offline', isConnected: false });
    await fake.advance(600_000);
    expect(urls).toHaveLength(3);
    status = 200;
    push.show({ state: 'online', isConnected: true });
    await fetched(4);
    await push.stop();
    expect(fake.pending).toBe(0);
    expect(log.lines).toEqual([
      'warn: Healthchecks is not reached: status 500 instead of 200.',
      expect.stringMatching(/^info: Healthchecks is reached again/),
    ]);
  });
});
