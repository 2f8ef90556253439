import { expect, test } from '@jest/globals';
import { until } from '@porchlight/core/testing';
import { startTapo } from '@porchlight/simulators';
import { driver, keep, quickRelay, signal } from '../support/plugs.ts';

const account = { username: 'me@example.org', password: 'secret-of-mine' };

async function open(options: Partial<Parameters<typeof startTapo>[0]> = {}, more: object = {}) {
  const plug = keep(await startTapo({ relay: quickRelay(), ...account, ...options }));
  return { plug, port: driver({ type: 'tapo', host: '127.0.0.1', port: plug.port, ...account, ...more }) };
}

test.each([
  ['Tapo', { version: 2 }, 'P110'],
  ['Kasa with new firmware', { version: 1 }, 'HS110(EU)'],
  ['Kasa that serves one request per session', { version: 1, isOneRequestPerSession: true }, 'HS110(EU)'],
] as const)('%s: reads, switches, restarts with one message', async (_name, options, model) => {
  const { plug, port } = await open(options);
  expect(await port.read(signal())).toMatchObject({ on: true, watts: 8.4 });
  expect(port.identity).toMatchObject({ model });
  await port.switch(false, signal());
  expect(plug.relay.on).toBe(false);
  await port.switch(true, signal());
  const before = plug.calls.length;
  await port.cut(10, signal());
  expect(plug.calls).toHaveLength(before + 1);
  expect(plug.relay.on).toBe(false);
  await until(() => plug.relay.on);
});

test('a plug that has never seen the cloud knows its setup account only', async () => {
  const { port } = await open({ username: 'test@tp-link.net', password: 'test1' });
  expect(await port.read(signal())).toMatchObject({ on: true });
});

test('a session that the plug has forgotten is opened anew, and the message is sent once', async () => {
  const { plug, port } = await open();
  await port.read(signal());
  plug.forget();
  await port.cut(10, signal());
  expect(plug.calls.filter((call) => call.includes('add_countdown_rule'))).toHaveLength(1);
});

test('a wrong account is certain, and is not in the message', async () => {
  const { port } = await open({}, { password: 'wrong-secret' });
  const error = await port.cut(10, signal()).catch((caught: Error) => caught);
  expect(error).toMatchObject({ code: 'plug.login', retry: 'after-user' });
  expect(String(error)).not.toMatch(/secret|example/);
});

test('a relay that ends its own countdown is switched before the countdown is set', async () => {
  const { plug, port } = await open({ doesRelayEndTimer: true });
  await port.cut(10, signal());
  await until(() => plug.relay.on);
});

test.each([
  [{ type: 'status', status: 500 } as const, 'plug.answer'],
  [{ type: 'replace', body: 'x'.repeat(64) } as const, 'plug.answer'],
  [{ type: 'reset' } as const, 'plug.unanswered'],
  [{ type: 'truncate', bytes: 5 } as const, 'plug.unanswered'],
])('%j is told apart', async (trouble, code) => {
  const { plug, port } = await open();
  await port.read(signal());
  plug.faults.add({ match: '/app/request', trouble });
  await expect(port.cut(10, signal())).rejects.toMatchObject({ code });
});

test('a meter that was silent for once is asked again', async () => {
  const { plug, port } = await open();
  let requests = 0;
  const match = ({ url = '' }): boolean => url.startsWith('/app/request') && (requests += 1) === 2;
  plug.faults.add({ match, trouble: { type: 'reset' } });
  expect(await port.read(signal())).toEqual({ on: true });
  expect(await port.read(signal())).toMatchObject({ on: true, watts: 8.4 });
});

test('a session that the plug calls too old is opened anew with the next message', async () => {
  const { plug, port } = await open();
  await port.read(signal());
  plug.expire();
  await expect(port.read(signal())).rejects.toMatchObject({ code: 'plug.refused' });
  expect(await port.read(signal())).toMatchObject({ on: true, watts: 8.4 });
});
