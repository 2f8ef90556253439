import { expect, test } from '@jest/globals';
import { until } from '@porchlight/core/testing';
import { startKasa } from '@porchlight/simulators';
import { frame, unframe } from '../../src/adapters/kasa/cipher.ts';
import { Kasa } from '../../src/adapters/kasa/client.ts';
import { unanswered } from '../../src/errors.ts';
import { driver, keep, quickRelay, signal } from '../support/plugs.ts';

async function open(options: Parameters<typeof startKasa>[0] = {}, more: object = {}) {
  const plug = keep(await startKasa({ relay: quickRelay(), ...options }));
  return { plug, port: driver({ type: 'kasa', host: '127.0.0.1', port: plug.port, ...more }) };
}

test('reads with its meter, switches, and restarts with one message', async () => {
  const { plug, port } = await open();
  expect(await port.read(signal())).toEqual({
    on: true,
    watts: 8.4,
    volts: 229.7,
    amperes: 8.4 / 229.7,
    kilowattHours: 4.321,
  });
  expect(port.identity).toMatchObject({ manufacturer: 'TP-Link', model: 'HS110(EU)' });
  await port.switch(false, signal());
  expect(plug.relay.on).toBe(false);
  await port.switch(true, signal());
  const before = plug.received.length;
  await port.cut(10, signal());
  expect(plug.received).toHaveLength(before + 1);
  expect(plug.relay.on).toBe(false);
  await until(() => plug.relay.on);
});

test('a message is masked as it has been captured from the wire', () => {
  const captured = 'AAAAKtDygfiL/5r31e+UtsWg1Iv5nPCR6LfEsNGlwOLYo4HyhueT9tTu36Lfog==';
  expect(frame('{"system":{"set_relay_state":{"state":1}}}').toString('base64')).toBe(captured);
  expect(unframe(Buffer.from(captured, 'base64'))).toBe('{"system":{"set_relay_state":{"state":1}}}');
  expect(unframe(Buffer.from(captured, 'base64').subarray(0, 20))).toBeUndefined();
});

test('"on" ends a countdown that still runs', async () => {
  const { plug, port } = await open();
  await port.cut(300, signal());
  await port.switch(true, signal());
  expect(plug.relay.pending).toBeUndefined();
});

test('a firmware whose relay ends the countdown stays off: only the test shows it', async () => {
  const { plug, port } = await open({ doesRelayEndTimer: true });
  await port.cut(1, signal());
  expect([plug.relay.on, plug.relay.pending]).toEqual([false, undefined]);
});

test('one socket of a strip', async () => {
  const { plug, port } = await open({ isStrip: true }, { outlet: 2 });
  await port.cut(10, signal());
  expect(plug.relay.on).toBe(false);
  expect(await port.read(signal())).toMatchObject({ on: false });
  await until(() => plug.relay.on);
  const { port: first } = await open({ isStrip: true }, { outlet: 1 });
  expect(await first.read(signal())).toMatchObject({ on: true });
  const { port: none } = await open({ isStrip: true }, { outlet: 8 });
  await expect(none.read(signal())).rejects.toMatchObject({ code: 'plug.refused' });
  const { port: whole } = await open({ isStrip: true });
  await expect(whole.read(signal())).rejects.toMatchObject({ code: 'plug.refused' });
});

test.each([
  ['nonsense', 'plug.answer'],
  ['hang-up', 'plug.unanswered'],
  ['silent', 'plug.unanswered'],
] as const)('%s is told apart', async (trouble, code) => {
  const { port } = await open({ trouble });
  await expect(port.cut(10, AbortSignal.timeout(300))).rejects.toMatchObject({ code });
});

test('a closed port is certain', async () => {
  const { plug, port } = await open();
  await plug.close();
  await expect(port.cut(10, signal())).rejects.toMatchObject({ code: 'plug.unreachable' });
});

test.each([
  ['is silent is asked again', unanswered('Router'), 2],
  ['is not there is asked once', undefined, 1],
])('a meter that %s', async (_what, trouble, times) => {
  let asked = 0;
  const kasa = new Kasa({ name: 'Router' }, async (text) => {
    if (text.includes('get_sysinfo')) return '{"system":{"get_sysinfo":{"err_code":0,"relay_state":1}}}';
    asked += 1;
    if (trouble) throw trouble;
    return '{"emeter":{"err_code":-1,"err_msg":"module not support"}}';
  });
  expect(await kasa.read(signal())).toEqual({ on: true });
  await kasa.read(signal());
  expect(asked).toBe(times);
});
