import { afterEach, expect, test } from '@jest/globals';
import { until } from '@porchlight/core/testing';
import { createSocket } from 'node:dgram';
import { connect } from 'node:net';
import { answerKasa } from '../../src/plugs/kasa-device.ts';
import { Relay, startKasa, startTapo, startTasmota, startTuya, TasmotaDevice } from '../../src/plugs/index.ts';

const closers: (() => Promise<unknown>)[] = [];
afterEach(async () => {
  for (const close of closers.splice(0).toReversed()) await close();
});
function keep<T extends { close(): Promise<unknown> }>(thing: T): T {
  closers.push(() => thing.close());
  return thing;
}
const quick = (): Relay => new Relay({ secondMs: 10 });

/** The message that switches a Kasa plug on, as it has been captured from the wire many times. */
const captured = 'AAAAKtDygfiL/5r31e+UtsWg1Iv5nPCR6LfEsNGlwOLYo4HyhueT9tTu36Lfog==';

test('Kasa: understands a captured message', async () => {
  const relay = new Relay({ on: false });
  const plug = keep(await startKasa({ relay }));
  const socket = connect(plug.port, '127.0.0.1', () => socket.write(Buffer.from(captured, 'base64')));
  closers.push(async () => socket.destroy());
  await until(() => relay.on);
  expect(plug.received).toEqual(['{"system":{"set_relay_state":{"state":1}}}']);
});

test('Kasa: what it does not know it refuses where a library looks for it', () => {
  const message = { 'smartlife.iot.common.emeter': { get_realtime: {} }, system: { get_sysinfo: {}, dance: {} } };
  expect(answerKasa(message, new Relay(), {})).toMatchObject({
    'smartlife.iot.common.emeter': { err_code: -1, err_msg: 'module not support' },
    system: { get_sysinfo: { err_code: 0 }, dance: { err_code: -2, err_msg: 'member not support' } },
  });
});

test('Kasa and Tapo answer whoever looks for them, and say nothing to nonsense', async () => {
  const kasa = keep(await startKasa());
  const tapo = keep(await startTapo({ username: 'me', password: 'secret' }));
  const mask = (text: string): Buffer => {
    let key = 171;
    return Buffer.from(Buffer.from(text).map((byte) => (key = byte ^ key)));
  };
  const socket = createSocket('udp4');
  closers.push(async () => socket.close());
  const heard = new Map<number, Buffer>();
  socket.on('message', (message, { port }) => void heard.set(port, message));
  await new Promise<void>((resolve) => socket.bind(0, '127.0.0.1', resolve));
  for (const { port } of [kasa, tapo]) socket.send('nonsense', port, '127.0.0.1');
  socket.send(mask('{"system":{"get_sysinfo":{}}}'), kasa.port, '127.0.0.1');
  socket.send(Buffer.from('020000010000000000000000463cb5d3', 'hex'), tapo.port, '127.0.0.1');
  await until(() => heard.size === 2);
  expect(JSON.parse(String(heard.get(tapo.port)?.subarray(16)))).toMatchObject({
    result: { device_type: 'SMART.TAPOPLUG', mgt_encrypt_schm: { encrypt_type: 'KLAP', http_port: tapo.port } },
  });
  expect(heard.get(kasa.port)?.subarray(0, 12)).toEqual(mask('{"system":{"'));
});

test('Tasmota: a pause in a line, and what ends it', async () => {
  const device = new TasmotaDevice({ relay: quick() });
  device.run('Backlog0 Power1 OFF; Delay 30; Power1 ON');
  expect(device.relay.on).toBe(false);
  await until(() => device.relay.on);
  device.run('Backlog0 Power1 OFF; Delay 30; Power1 ON');
  device.run('Backlog');
  await new Promise((resolve) => setTimeout(resolve, 60));
  expect(device.relay.on).toBe(false);
  device.stop();
});

test.each([
  [0, false],
  [1, true],
  [3, false],
  [5, true],
])('Tasmota: PowerOnState %i after power is back', (powerOnState, expected) => {
  const device = new TasmotaDevice({ relay: new Relay({ on: false }), powerOnState });
  device.restart();
  expect(device.relay.on).toBe(expected);
  device.stop();
});

test('Tasmota over HTTP: answers as the plug does', async () => {
  const plug = keep(await startTasmota());
  const send = async (command: string) =>
    (await fetch(`http://127.0.0.1:${plug.port}/cm?cmnd=${encodeURIComponent(command)}`)).json();
  expect(await send('Power1 OFF')).toEqual({ POWER: 'OFF' });
  expect(await send('Power')).toEqual({ POWER: 'OFF' });
  expect(await send('Backlog0 Power1 ON')).toEqual({ WARNING: 'Enable weblog 2 if response expected' });
  expect(await send('Power')).toEqual({ POWER: 'ON' });
  expect(await send('Nothing 1')).toEqual({ Command: 'Unknown' });
  expect(await send('PulseTime1')).toEqual({ PulseTime1: { Set: 0, Remaining: 0 } });
});

test('Tapo: nobody without a handshake, nor with a proof that is wrong', async () => {
  const plug = keep(await startTapo({ username: 'me', password: 'secret' }));
  const post = (path: string, body: Uint8Array, cookie = '') =>
    fetch(`http://127.0.0.1:${plug.port}${path}`, { method: 'POST', body: Buffer.from(body), headers: { cookie } });
  expect((await post('/app/request?seq=1', new Uint8Array(64))).status).toBe(403);
  const first = await post('/app/handshake1', new Uint8Array(16));
  expect((await first.arrayBuffer()).byteLength).toBe(48);
  const cookie = first.headers.get('set-cookie')?.split(';')[0] ?? '';
  expect((await post('/app/handshake2', new Uint8Array(32), cookie)).status).toBe(403);
  expect((await post('/app/request?seq=1', new Uint8Array(64), cookie)).status).toBe(403);
});

test('Tuya: one who does not know the key hears nothing', async () => {
  const plug = keep(await startTuya({ key: '0123456789abcdef', id: 'bf1' }));
  const heard: Buffer[] = [];
  const socket = connect(plug.port, '127.0.0.1');
  closers.push(async () => socket.destroy());
  socket.on('data', (part) => heard.push(part));
  const query = Buffer.from('000055aa000000010000000a0000001800112233445566778899aabbccddeeff000000000000aa55', 'hex');
  socket.write(query);
  await new Promise((resolve) => setTimeout(resolve, 80));
  expect(heard).toEqual([]);
});
