import { afterEach, expect, test } from '@jest/globals';
import { buildContext } from '@porchlight/core/testing';
import { runProgram } from '@porchlight/host';
import type { Rhombus } from '@porchlight/simulators';
import { fork } from 'node:child_process';
import { once } from 'node:events';
import { mkdtemp, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { surveyOrganisation } from '../src/adapters/commands/survey.ts';
import { toCloudSettings } from '../src/adapters/open.ts';
import { commands } from '../src/service.ts';
import { endpointsOf, startOrganisation } from './support/organisation.ts';
import { closeAll, onClose } from './support/play.ts';

afterEach(closeAll);

async function organisation(): Promise<{ cloud: Rhombus; config: Record<string, unknown> }> {
  const cloud = await startOrganisation(buildContext(), { now: () => Date.now() });
  onClose(() => cloud.close());
  return { cloud, config: { apiKey: 'simulated-api-token', endpoints: endpointsOf(cloud) } };
}

async function runCameras(config: unknown, args: string[] = []): Promise<{ code: number; lines: string[] }> {
  const lines: string[] = [];
  const { signal } = new AbortController();
  const ask = (): Promise<string> => Promise.reject(new Error('nobody is there'));
  const print = (line: string): void => void lines.push(line);
  const code = await commands[0]?.run({ config, folder: '/nowhere', args, print, ask, signal });
  return { code: code ?? -1, lines };
}

test('the command lists devices by location, with what is wrong', async () => {
  const { cloud, config } = await organisation();
  const { code, lines } = await runCameras(config);
  expect(code).toBe(0);
  expect(lines[0]).toBe('The key works: 14 devices.');
  expect(lines.indexOf('House')).toBeLessThan(lines.indexOf('Shed'));
  const line = (name: string): string | undefined => lines.find((text) => text.includes(`  ${name}`));
  expect(line('Front Door')).toMatch(/^ {2}[\w-]{22} {2}camera +online +Front Door$/);
  expect(line('Offline')).toMatch(/offline {2}Offline {2}- It is not connected to Rhombus\.$/);
  expect(line('…!?')).toMatch(/Its alert policy does not report motion\.$/);
  const json = await runCameras(config, ['json']);
  expect(JSON.parse(json.lines.join('\n'))).toMatchObject({ locations: ['House', 'Shed'], hints: [] });
  expect(cloud.api.requests.every(({ headers }) => headers['x-auth-apikey'] === 'simulated-api-token')).toBe(true);
});

test('a key with a line break after it is the key', async () => {
  const { config } = await organisation();
  expect((await runCameras({ ...config, apiKey: ' simulated-api-token\n' })).code).toBe(0);
});

test('what the key may not do is named', async () => {
  const { cloud, config } = await organisation();
  for (const match of ['/api/event/', '/api/policy/', '/api/org/', '/api/door/']) {
    cloud.faults.add({ match, trouble: { type: 'status', status: 403 } });
  }
  const { code, lines } = await runCameras(config);
  expect(code).toBe(0);
  expect(lines.slice(1, 5)).toEqual([
    'It may not list doors: they are left out.',
    expect.stringMatching(/^It may not read alerts, without which there is no motion\./),
    'It may not read policies: who never reports motion cannot be told.',
    'It may not read the organisation: the change stream does not work, alerts are asked for.',
  ]);
});

test.each([
  ['no key', {}, 1, /There is no API key yet/],
  ['a wrong key', { apiKey: 'not-this-one' }, 1, /check the key, its region/],
  ['a key that was copied badly', { apiKey: 'näh' }, 1, /apiKey: it holds characters that no key has; copy it again/],
  ['a file that is not there', { certFile: '/no/cert', keyFile: '/no/key' }, 1, /certFile: the file cannot be read/],
  ['a wrong setting', { pollSeconds: 'often' }, 1, /pollSeconds: must be/],
])('%s is explained', async (name, change, expected, text) => {
  const { config } = await organisation();
  const { apiKey, ...rest } = config;
  const { code, lines } = await runCameras({ ...rest, ...(name !== 'no key' && { apiKey }), ...change });
  expect(code).toBe(expected);
  expect(lines.join('\n')).toMatch(text);
  expect(lines.join('\n')).not.toContain('not-this-one');
});

test('it is a command of porchlight', async () => {
  const { config } = await organisation();
  const folder = await mkdtemp(join(tmpdir(), 'porchlight-rhombus-cli-'));
  await writeFile(join(folder, 'porchlight.json'), JSON.stringify({ services: { rhombus: config } }));
  const lines: string[] = [];
  const print = (line: string): void => void lines.push(line);
  const parts = { print, printError: print, signal: new AbortController().signal, env: {} };
  expect(await runProgram(['--config', folder, 'rhombus', 'cameras'], parts)).toBe(0);
  expect(lines[0]).toBe('The key works: 14 devices.');
});

test('a format that is none is wrong usage', async () => {
  expect((await runCameras({}, ['xml'])).code).toBe(2);
});

test('a role without cameras is told from a wrong key', async () => {
  const { cloud, config } = await organisation();
  cloud.faults.add({ match: '/api/camera/', trouble: { type: 'status', status: 403 } });
  expect((await runCameras(config)).lines).toEqual(['The key is right, but its role may not view cameras.']);
});

test('a key of the other region is recognised', async () => {
  const { cloud } = await organisation();
  const at = (api: string) =>
    toCloudSettings('simulated-api-token', { region: 'us', requestsPerHour: 600, endpoints: { api } });
  const { problem } = await surveyOrganisation(at(cloud.foreignApiUrl), {
    clock: buildContext().clock,
    signal: new AbortController().signal,
    elsewhere: { region: 'eu', settings: at(cloud.apiUrl) },
  });
  expect(problem).toBe('The key is right, but belongs to another region: choose "eu".');
});

test('the settings page gets the same, in its own process', async () => {
  const { config } = await organisation();
  const script = fileURLToPath(new URL('../homebridge-ui/server.js', import.meta.url));
  const page = fork(script, {
    execArgv: ['--conditions=@porchlight/source'],
    stdio: ['ignore', 'ignore', 'inherit', 'ipc'],
  });
  onClose(() => page.kill('SIGKILL'));
  await once(page, 'message');
  const body = { platform: 'PorchlightRhombus', name: 'Rhombus', _bridge: {}, ...config };
  page.send({ action: 'request', path: '/survey', requestId: '1', body });
  const [answer] = (await once(page, 'message')) as [{ payload: { success: boolean; data: { devices: unknown[] } } }];
  expect(answer.payload.success).toBe(true);
  expect(answer.payload.data.devices).toHaveLength(14);
}, 20_000);
