import { afterEach, expect, test } from '@jest/globals';
import { mkdir, mkdtemp, writeFile } from 'node:fs/promises';
import { once } from 'node:events';
import { createServer, type AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { commands } from '../../src/service.ts';

const cleanUps: (() => unknown)[] = [];
afterEach(async () => {
  for (const cleanUp of cleanUps.splice(0).toReversed()) await cleanUp();
});

async function run(name: string, part: { config?: unknown; folder?: string; args?: string[] } = {}) {
  const lines: string[] = [];
  const command = commands.find((candidate) => candidate.name === name);
  const code = await command?.run({
    config: {},
    folder: await mkdtemp(join(tmpdir(), 'porchlight-watchdog-')),
    args: [],
    print: (line) => void lines.push(line),
    ask: () => Promise.reject(new Error('nobody is there')),
    signal: new AbortController().signal,
    ...part,
  });
  return { code, lines };
}

test('the history of a home that never ran it', async () => {
  const { code, lines } = await run('history');
  expect(code).toBe(0);
  expect(lines[0]).toBe('No outage has been seen.');
});

test('the history reads what the service wrote, the last ones where a number is given', async () => {
  const folder = await mkdtemp(join(tmpdir(), 'porchlight-watchdog-'));
  await mkdir(join(folder, 'watchdog'));
  const line = (day: number): string =>
    JSON.stringify({
      startedAt: `2026-01-0${day}T00:00:00.000Z`,
      endedAt: `2026-01-0${day}T01:00:00.000Z`,
      durationSeconds: 3600,
      cause: 'wan',
      reboots: 3,
      manual: 0,
    });
  await writeFile(join(folder, 'watchdog/outages.jsonl'), `${line(1)}\n${line(2)}\n${line(3)}\n`);
  await writeFile(join(folder, 'watchdog/watchdog.json'), 'cut of');
  const { code, lines } = await run('history', { folder, args: ['2'] });
  expect(code).toBe(0);
  expect(lines.filter((text) => text.startsWith('2026'))).toEqual([
    '2026-01-02T00:00:00.000Z  60 min        no internet behind the router, 3 restarts',
    '2026-01-03T00:00:00.000Z  60 min        no internet behind the router, 3 restarts',
  ]);
});

test.each(['none', '0', '1.5'])('%s is no number of outages', async (count) => {
  expect(await run('history', { args: [count] })).toEqual({
    code: 2,
    lines: ['How many outages? Give a whole number.'],
  });
});

test('check shows each answer, and by its exit code whether there is a connection', async () => {
  const server = createServer((socket) => socket.destroy());
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  cleanUps.push(() => server.close());
  const { port } = server.address() as AddressInfo;
  const good = { type: 'tcp', host: '127.0.0.1', port };
  const { code, lines } = await run('check', { config: { probes: [good], gateway: 'none' } });
  expect(code).toBe(0);
  expect(lines).toEqual([expect.stringMatching(/^tcp 127\.0\.0\.1:\d+ +ok, \d+ ms$/), 'online']);
  const bad = { type: 'command', command: ['false'] };
  expect(await run('check', { config: { probes: [bad], gateway: 'none' } })).toEqual({
    code: 1,
    lines: [expect.stringContaining('silent: exit code 1'), 'offline: no internet behind the router'],
  });
});

test('check with a configuration that is wrong says what', async () => {
  const { code, lines } = await run('check', { config: { intervalSeconds: 'often' } });
  expect(code).toBe(2);
  expect(lines[0]).toContain('intervalSeconds');
});
