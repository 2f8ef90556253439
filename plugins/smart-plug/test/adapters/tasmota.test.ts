import { expect, test } from '@jest/globals';
import { until } from '@porchlight/core/testing';
import { startTasmota } from '@porchlight/simulators';
import { driver, keep, quickRelay, signal } from '../support/plugs.ts';

async function open(options: Parameters<typeof startTasmota>[0] = {}, more: object = {}) {
  const plug = keep(await startTasmota({ relay: quickRelay(), ...options }));
  return { plug, port: driver({ type: 'tasmota', host: '127.0.0.1', port: plug.port, ...more }) };
}

test('reads with its meter, switches, and restarts with one message', async () => {
  const { plug, port } = await open();
  expect(await port.read(signal())).toMatchObject({ on: true, watts: 8.4, kilowattHours: 12.345 });
  await port.switch(false, signal());
  expect(plug.relay.on).toBe(false);
  await port.switch(true, signal());
  const before = plug.requests.length;
  await port.cut(10, signal());
  expect(plug.requests).toHaveLength(before + 1);
  expect(plug.relay.on).toBe(false);
  await until(() => plug.relay.on);
});

test('firmware that says nothing to a backlog but a warning has taken it', async () => {
  const { plug, port } = await open();
  const warning = { WARNING: 'Enable weblog 2 if response expected' };
  plug.faults.add({ match: 'Backlog', trouble: { type: 'replace', body: JSON.stringify(warning) } });
  await port.cut(10, signal());
});

test('grade B, and A when every "off" ends by itself', async () => {
  const { port } = await open();
  await port.read(signal());
  expect(port.grade).toBe('B');
  const { plug, port: better } = await open({ powerOnState: 5, pulseTime: 105 });
  await better.read(signal());
  expect(better.grade).toBe('A');
  // Even when what was to come is lost.
  await better.cut(300, signal());
  plug.device.run('Backlog');
  await until(() => plug.relay.on);
});

test('no command of ours ends a restart that is under way', async () => {
  const { plug, port } = await open();
  await port.cut(10, signal());
  await port.read(signal());
  await until(() => plug.relay.on);
});

test('the password goes along, a wrong one is told', async () => {
  const { port } = await open({ password: 'se cret' }, { password: 'se cret' });
  expect(await port.read(signal())).toMatchObject({ on: true });
  const { port: stranger } = await open({ password: 'se cret' }, { password: 'wrong' });
  await expect(stranger.cut(10, signal())).rejects.toMatchObject({ code: 'plug.login' });
});

test('what it cannot do is refused before anything is switched', async () => {
  const { plug, port } = await open();
  await expect(port.cut(400, signal())).rejects.toMatchObject({ code: 'plug.refused' });
  const second = driver({ type: 'tasmota', host: '127.0.0.1', port: plug.port, relay: 2 });
  await expect(second.switch(false, signal())).rejects.toMatchObject({ code: 'plug.refused' });
  expect(plug.relay.on).toBe(true);
});

test.each([
  [{ type: 'status', status: 500 } as const, 'plug.answer'],
  [{ type: 'replace', body: 'nonsense' } as const, 'plug.answer'],
  [{ type: 'reset' } as const, 'plug.unanswered'],
])('%j is told apart', async (trouble, code) => {
  const { plug, port } = await open();
  plug.faults.add({ match: '/', trouble });
  await expect(port.cut(10, signal())).rejects.toMatchObject({ code });
});
