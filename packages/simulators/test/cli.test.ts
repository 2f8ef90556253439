// requires: ffmpeg
import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { afterEach, expect, test } from '@jest/globals';

const cli = fileURLToPath(new URL('../src/cli.ts', import.meta.url));
let child: ChildProcess | undefined;

afterEach(() => void child?.kill('SIGKILL'));

function start(...args: string[]): ChildProcess {
  child = spawn(process.execPath, [cli, ...args], { stdio: ['ignore', 'pipe', 'inherit'] });
  return child;
}

async function printed(running: ChildProcess, wanted: RegExp): Promise<string> {
  let text = '';
  // It has more to say: who closes its output would end it.
  for await (const chunk of running.stdout?.iterator({ destroyOnReturn: false }) ?? []) {
    text += String(chunk);
    if (wanted.test(text)) return text;
  }
  throw new Error(`Printed only: ${text}`);
}

test('serves a Blink account that can be told what happens, until it is stopped', async () => {
  const running = start('blink', '--port', '0', '--second-factor', '202');
  const text = await printed(running, /curl/);
  expect(text).toContain('owner@example.com');
  const url = /http:\/\/127\.0\.0\.1:\d+/.exec(text)?.[0] ?? '';
  expect((await fetch(`${url}/regions`)).status).toBe(200);
  const order = { method: 'POST', body: JSON.stringify({ do: 'trigger', camera: 4001 }) };
  expect(await (await fetch(`${url}/simulator`, order)).json()).toEqual({ row: 7001 });
  const exit = once(running, 'exit');
  running.kill('SIGTERM');
  expect(await exit).toEqual([0, null]);
});

test('writes the certificate that clients have to trust', async () => {
  const folder = await mkdtemp(join(tmpdir(), 'simulators-'));
  const file = join(folder, 'blink.pem');
  await printed(start('blink', '--port', '0', '--https', '--certificate', file), /curl -k https/);
  expect(await readFile(file, 'utf8')).toContain('BEGIN CERTIFICATE');
  await rm(folder, { recursive: true });
});

test('serves a Rhombus organisation with alerts in either shape', async () => {
  const running = start('rhombus', '--port', '0', '--http', '--alerts', '2', '--legacy-alerts');
  const text = await printed(running, /camera .* Front Door\n/);
  const url = /http:\/\/127\.0\.0\.1:\d+/.exec(text)?.[0] ?? '';
  const headers = { 'x-auth-scheme': 'api-token', 'x-auth-apikey': 'simulated-api-token' };
  const order = { method: 'POST', headers: { ...headers, 'content-type': 'application/json' }, body: '{}' };
  const answer = (await (await fetch(`${url}/api/event/getPolicyAlerts`, order)).json()) as { alerts: object[] };
  expect(answer.alerts).toHaveLength(2);
  const exit = once(running, 'exit');
  running.kill('SIGTERM');
  expect(await exit).toEqual([0, null]);
});
