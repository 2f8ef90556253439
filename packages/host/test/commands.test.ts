import { expect, test } from '@jest/globals';
import { forms } from '@porchlight/config-schemas';
import { freePort } from '@porchlight/core/testing';
import { writeFile } from 'node:fs/promises';
import { join } from 'node:path';
import { open as openWebServer } from '../../notify/test/support/servers.ts';
import { call, writeConfig } from './support/program.ts';

test('without a broker the commands that need one say so, and found none', async () => {
  const builtIn = await writeConfig({ broker: { port: await freePort() }, services: { 'event-alarm': {} } });
  const remote = await writeConfig({ broker: { url: `mqtt://127.0.0.1:${await freePort()}` } });
  const results = await Promise.all([builtIn, remote].map((folder) => call('status', '--config', folder)));
  const silence = { code: 1, output: 'The MQTT broker does not answer. Is the host running?' };
  expect(results).toEqual([silence, silence]);
}, 20_000);

test('notify test: one message through every channel, each with its outcome', async () => {
  const good = await openWebServer();
  const refusing = await openWebServer({ status: 401, body: 'who are you' });
  const channel = (name: string, url: string): object => ({ type: 'webhook', name, url: `${url}/hook?key=url-secret` });
  const channels = [channel('good', good.url), channel('refusing', refusing.url)];
  const folder = await writeConfig({ services: { 'event-alarm': { notifications: { channels } } } });
  const { code, output } = await call('notify', 'test', '--config', folder);
  expect([code, output.split('\n').toSorted()]).toEqual([
    1,
    ['ok       event-alarm: webhook "good"', 'problem  event-alarm: webhook "refusing" answered 401: who are you'],
  ]);
  expect(JSON.parse(good.received[0]!.body.toString())).toMatchObject({ title: 'Porchlight' });
  const none = await writeConfig({ services: { 'event-alarm': {} } });
  expect((await call('notify', 'test', '--config', none)).output).toMatch(/No service has a channel/);
});

test('check-config names every problem with its remedy, and warns of what it does not know', async () => {
  const folder = await writeConfig({
    services: { 'event-alarm': { thresholdEventCount: 0, treshold: 2 }, doorbel: {} },
  });
  expect(await call('check-config', '--config', folder)).toEqual({
    code: 1,
    output: [
      `problem  services.doorbel: there is no such service; known are ${forms.map(({ service }) => service).join(', ')}`,
      'warning  event-alarm.treshold: there is no such setting',
      'problem  event-alarm.thresholdEventCount: must be at least 1',
    ].join('\n'),
  });
  const good = await writeConfig({ services: { 'event-alarm': null } });
  expect(await call('check-config', '--config', good)).toEqual({ code: 0, output: 'ok       event-alarm' });
});

test("settings come from the environment too, under the names of the origin's scripts as well", async () => {
  const folder = await writeConfig({ services: { 'event-alarm': {} } });
  await writeFile(join(folder, '.env'), 'ALARM_THRESHOLD_EVENT_COUNT=many\n');
  const { output } = await call('check-config', '--config', folder);
  expect(output).toContain('ALARM_THRESHOLD_EVENT_COUNT: must be a number');
});

test.each([
  [['run', '--config', '/nowhere'], 2, /There is no \/nowhere\/porchlight\.json/],
  [['frobnicate'], 2, /unknown command/],
  [['--help'], 0, /Usage: porchlight[^]*porchlight <event-alarm\|[^>]*> --help/],
  [['event-alarm'], 2, /event-alarm has no commands of its own/],
  [['alarm', 'frobnicate'], 2, /event-alarm has no commands of its own/],
])('%j ends with %d and says why', async (args, code, said) => {
  const result = await call(...args);
  expect(result.code).toBe(code);
  expect(result.output).toMatch(said);
});
