import { inspect } from 'node:util';
import { expect, test } from '@jest/globals';
import { until } from '@porchlight/core/testing';
import { startTuya } from '@porchlight/simulators';
import { toFigures } from '../../src/adapters/tuya/map.ts';
import { driver, keep, quickRelay, signal } from '../support/plugs.ts';

const device = { key: '0123456789abcdef', id: 'bf1234567890abcdefghij' };

async function open(options: object = {}, more: object = {}) {
  const plug = keep(await startTuya({ relay: quickRelay(), ...device, ...options }));
  const settings = { host: '127.0.0.1', port: plug.port, deviceId: device.id, localKey: device.key };
  return { plug, port: driver({ type: 'tuya', ...settings, ...more }) };
}

test('reads, switches, and restarts with one message that holds switch and countdown', async () => {
  const { plug, port } = await open();
  expect(await port.read(signal())).toEqual({ on: true, watts: 8.4, volts: 229.7, amperes: 0.037 });
  await port.cut(20, signal());
  expect(plug.sets).toEqual([{ '1': false, '9': 20 }]);
  expect(plug.relay.on).toBe(false);
  await until(() => plug.relay.on);
});

test('data points that are no meter are no figures', () => {
  expect(toFigures({ '1': true, '19': 84 })).toEqual({});
  expect(toFigures({ '1': true, '18': 'x', '19': 84, '20': 2297 })).toEqual({});
});

test('"on" ends a countdown that would turn it off again', async () => {
  const { plug, port } = await open();
  await port.cut(500, signal());
  await port.switch(true, signal());
  expect([plug.relay.on, plug.relay.pending]).toEqual([true, undefined]);
});

test('a wrong key shows as silence, and the key is in no message', async () => {
  const { port } = await open({}, { localKey: 'fedcba9876543210' });
  const error = await port.read(AbortSignal.timeout(500)).catch((caught: Error) => caught);
  expect(error).toMatchObject({ code: 'plug.unanswered' });
  expect(inspect(error)).not.toContain('fedcba');
});

test('a closed port is certain', async () => {
  const { plug, port } = await open();
  await plug.close();
  await expect(port.cut(10, signal())).rejects.toMatchObject({ code: 'plug.unreachable' });
});

test('a connection that is given up in the middle of its handshake does not keep the plug from others', async () => {
  const { plug, port } = await open({}, { version: '3.4' });
  const given = new AbortController();
  const cut = port.cut(10, given.signal);
  await until(() => plug.connections === 1);
  given.abort();
  await expect(cut).rejects.toMatchObject({ code: 'plug.unreachable' });
  await until(() => plug.connections === 0);
});
