import { afterEach, beforeEach, expect, test } from '@jest/globals';
import type { ServiceCommandContext } from '@porchlight/core';
import { mkdtemp, readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { Relay, startShellyGen2 } from '@porchlight/simulators';
import { commands, listPlugs } from '../../src/service.ts';
import { startHapOutlet } from '../support/hap-outlet.ts';
import { keep } from '../support/plugs.ts';

let folder = '';
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), 'porchlight-commands-'));
});
afterEach(() => rm(folder, { recursive: true, force: true }));

async function run(
  name: string,
  config: unknown,
  { args = [], reply = 'yes', home = folder }: { args?: string[]; reply?: string; home?: string } = {},
) {
  const lines: string[] = [];
  const context: ServiceCommandContext = {
    config,
    folder: home,
    args,
    print: (line) => void lines.push(line),
    ask: async (question) => {
      lines.push(question);
      return reply;
    },
    signal: AbortSignal.timeout(20_000),
  };
  const command = commands.find((one) => one.name === name);
  return { code: await command?.run(context), lines };
}

test('the test of a plug, from the question to the stored proof; a broken timer fails it', async () => {
  const plug = keep(await startShellyGen2({ relay: new Relay() }));
  const broken = keep(await startShellyGen2({ relay: new Relay() }));
  broken.relay.isTimerBroken = true;
  const shelly = (name: string, port: number) => ({ type: 'shelly', name, host: '127.0.0.1', port, offSeconds: 3 });
  const config = { plugs: [shelly('Router', plug.port)] };
  const failing = run('test', { plugs: [shelly('Broken', broken.port)] }, { home: join(folder, 'other') });
  expect(await run('test', config, { reply: 'no' })).toMatchObject({ code: 1 });
  expect(plug.relay.history).toEqual([]);
  const { code, lines } = await run('test', config, { args: ['Router'] });
  expect([code, lines.at(-1)]).toEqual([0, 'Verified and stored.']);
  expect(plug.relay.history.map(({ on }) => on)).toEqual([false, true]);
  expect(await listPlugs({ config, folder })).toEqual([
    { name: 'Router', type: 'shelly', grade: 'A', isVerified: true, isPairable: false },
  ]);
  // The proof is about this plug: at another address it is another one.
  const moved = { plugs: [{ ...config.plugs[0], host: 'localhost' }] };
  expect(await listPlugs({ config: moved, folder })).toMatchObject([{ isVerified: false }]);
  const { code: failed, lines: said } = await failing;
  expect([failed, said.at(-1)]).toEqual([1, 'Not verified.']);
  expect(broken.relay.on).toBe(true);
}, 20_000);

test('the grade of each kind is known before the plug is asked', async () => {
  const http = { onUrl: 'http://a/1', offUrl: 'http://a/0', stateUrl: 'http://a' };
  const plugs = [
    { type: 'shelly', name: 'A', host: 'a' },
    { type: 'kasa', name: 'B', host: 'b' },
    { type: 'zigbee2mqtt', name: 'C', device: 'c' },
    { type: 'http', name: 'D', ...http },
    { type: 'http', name: 'E', ...http, cycleUrl: 'http://a/2', failSafe: true },
    { type: 'gpio', name: 'F', line: 17 },
  ];
  const list = await listPlugs({ config: { plugs }, folder });
  expect(list.map(({ grade }) => grade)).toEqual(['A', 'B', 'C', 'D', 'B', 'A']);
});

test.each<[string, unknown, string[], number, RegExp]>([
  ['no plug yet', {}, [], 2, /no plug in the settings/],
  ['a bad configuration', { plugs: [{ type: 'shelly' }] }, [], 2, /plugs\[0\]\.name/],
  ['an unknown plug', { plugs: [{ type: 'shelly', name: 'A', host: 'a' }] }, ['B'], 2, /There are: A/],
  [
    'several plugs and no name',
    { plugs: ['A', 'B'].map((name) => ({ type: 'shelly', name, host: name })) },
    [],
    2,
    /There are: A, B/,
  ],
  ['a closed port', { plugs: [{ type: 'kasa', name: 'A', host: '127.0.0.1', port: 1 }] }, [], 1, /does not answer/],
  [
    'MQTT without a broker',
    { plugs: [{ type: 'zigbee2mqtt', name: 'A', device: 'a' }] },
    [],
    1,
    /address of the broker/,
  ],
])('%s', async (_name, config, args, code, text) => {
  const result = await run('test', config, { args });
  expect(result.code).toBe(code);
  expect(result.lines.join('\n')).toMatch(text);
});

test('pairs a HomeKit plug; neither code nor keys are printed', async () => {
  const outlet = keep(await startHapOutlet());
  const config = {
    plugs: [{ type: 'homekit', name: 'Plug', deviceId: outlet.id, host: '127.0.0.1', port: outlet.port }],
  };
  expect(await run('pair', config, { reply: '12345678' })).toMatchObject({ code: 2 });
  const { code, lines } = await run('pair', config, { reply: outlet.code });
  expect([code, lines.at(-1)]).toEqual([0, 'Paired.']);
  expect(await readFile(join(folder, 'smart-plug/pairings.json'), 'utf8')).toContain(outlet.id);
  expect(lines.join('\n')).not.toContain(outlet.code);
}, 20_000);
