// requires: mosquitto
import { createMemoryStorage, until } from '@porchlight/core/testing';
import { afterEach, beforeEach, describe, expect, test } from '@jest/globals';
import { runService, type RunningService } from '@porchlight/bus';
import { brokerSchema } from '@porchlight/config-schemas';
import { silentLog } from '@porchlight/core';
import { systemClock } from '@porchlight/core/node';
import mqtt from 'mqtt';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { startMosquitto, type Mosquitto } from '../../../../packages/bus/test/support/mosquitto.ts';
import { startTasmotaMqtt, startZigbee2Mqtt } from '@porchlight/simulators';
import { connectBroker } from '../../src/adapters/broker/client.ts';
import { findOnBroker } from '../../src/adapters/discovery/mqtt.ts';
import { openPlug } from '../../src/adapters/open.ts';
import { service } from '../../src/service.ts';
import { hastenClock } from '../support/clock.ts';
import { keep, plugConfig, quickRelay, signal } from '../support/plugs.ts';

let mosquitto: Mosquitto;
let folder = '';
beforeEach(async () => {
  mosquitto = await startMosquitto();
  folder = await mkdtemp(join(tmpdir(), 'porchlight-plug-'));
});
afterEach(async () => {
  await mosquitto.stop();
  await rm(folder, { recursive: true, force: true });
});

/** The waits of the service are no news here, its messages are. */
const clock = hastenClock(3);

async function run(plug: object): Promise<RunningService> {
  const config = { plugs: [{ name: 'Router', pollSeconds: 2, ...plug }], broker: { url: mosquitto.url } };
  const running = runService(service, { config, log: silentLog, folder, host: 'test', clock });
  keep({ close: () => running.stop() });
  await running.ready;
  await until(() => running.devices.state('router', 'switch') !== undefined, 8000);
  return running;
}

const restart = (running: RunningService, offSeconds = 1): Promise<void> =>
  running.devices.command({ device: 'router', capability: 'power-cycle' }, { action: 'run', offSeconds }, 'homekit');
const phase = (running: RunningService) => running.devices.state('router', 'power-cycle')?.phase;

describe('over a real broker', () => {
  test('plugs that have introduced themselves are found', async () => {
    keep(await startTasmotaMqtt({ url: mosquitto.url, topic: 'router', relay: quickRelay() }));
    keep(await startZigbee2Mqtt({ url: mosquitto.url, device: 'modem_plug', relay: quickRelay() }));
    const bus = keep(await connectBroker(brokerSchema.parse({ url: mosquitto.url })));
    const look = () => findOnBroker(bus, 200);
    await until(async () => (await look()).length === 2);
    expect(await look()).toEqual(
      expect.arrayContaining([
        { type: 'tasmota-mqtt', name: 'Router', topic: 'router' },
        { type: 'zigbee2mqtt', name: 'Tuya TS011F_plug_1', topic: 'modem_plug' },
      ]),
    );
  }, 20_000);

  test('Tasmota tells whether every "off" ends by itself', async () => {
    const settings = { topic: 'router', powerOnState: 5, pulseTime: 130 };
    keep(await startTasmotaMqtt({ url: mosquitto.url, relay: quickRelay(), ...settings }));
    const bus = keep(await connectBroker(brokerSchema.parse({ url: mosquitto.url })));
    const parts = { bus, clock: systemClock, storage: createMemoryStorage() };
    const port = keep(openPlug(plugConfig({ type: 'tasmota-mqtt', topic: 'router' }), parts));
    expect(port.grade).toBe('B');
    await port.read(signal());
    expect(port.grade).toBe('A');
  }, 20_000);

  test('Tasmota: figures, a restart in one message; nothing is retained, or it would go off again whenever it returns', async () => {
    const plug = keep(await startTasmotaMqtt({ url: mosquitto.url, topic: 'router', relay: quickRelay() }));
    const running = await run({ type: 'tasmota-mqtt', topic: 'router' });
    const before = plug.received.length;
    await restart(running);
    expect(plug.received.slice(before)).toContain('cmnd/router/Backlog0 Power1 OFF; Delay 10; Power1 ON');
    await until(() => phase(running) === 'idle', 8000);
    expect(plug.relay.history.map(({ on }) => on)).toEqual([false, true]);
    expect(plug.received.some((line) => /cmnd\/router\/Power1 (ON|OFF)/.test(line))).toBe(false);
    await until(() => running.devices.state('router', 'measurement')?.values['power'] === 8.4);
    const client = await mqtt.connectAsync(mosquitto.url);
    keep({ close: () => client.endAsync(true) });
    const retained: string[] = [];
    client.on('message', (topic, _payload, { retain }) => void (retain && retained.push(topic)));
    await client.subscribeAsync('#');
    await until(() => retained.includes('porchlight/smart-plug/router'));
    expect(retained.filter((topic) => topic.startsWith('cmnd/'))).toEqual([]);
  }, 20_000);

  test('zigbee2mqtt: the countdown of the plug is found by itself', async () => {
    const plug = keep(await startZigbee2Mqtt({ url: mosquitto.url, device: 'router_plug', relay: quickRelay() }));
    const running = await run({ type: 'zigbee2mqtt', device: 'router_plug' });
    expect(running.devices.state('router', 'switch')).toEqual({ on: true, inUse: true });
    await restart(running);
    expect(plug.received).toContain('zigbee2mqtt/router_plug/set {"state":"OFF","countdown":1}');
    await until(() => phase(running) === 'idle', 8000);
    expect(plug.relay.history.map(({ on }) => on)).toEqual([false, true]);
  }, 20_000);

  test('zigbee2mqtt: a plug without a countdown is brought back by us', async () => {
    const relay = quickRelay();
    const plug = keep(await startZigbee2Mqtt({ url: mosquitto.url, device: 'plug', relay, hasCountdown: false }));
    const running = await run({ type: 'zigbee2mqtt', device: 'plug' });
    await restart(running);
    expect(relay.on).toBe(false);
    await until(() => phase(running) === 'idle', 8000);
    expect(relay.on).toBe(true);
    expect(plug.received).toContain('zigbee2mqtt/plug/set {"state":"ON"}');
  }, 20_000);

  test('any other plug, by topics of its own', async () => {
    const client = await mqtt.connectAsync(mosquitto.url);
    keep({ close: () => client.endAsync(true) });
    const tell = (on: boolean) =>
      client.publishAsync('plug/state', JSON.stringify({ relay: { on } }), { retain: true });
    const received: string[] = [];
    client.on('message', (_topic, payload) => {
      received.push(payload.toString());
      void tell(payload.toString() === '1');
    });
    await client.subscribeAsync('plug/set');
    await tell(true);
    const running = await run({
      type: 'mqtt',
      commandTopic: 'plug/set',
      stateTopic: 'plug/state',
      onPayload: '1',
      offPayload: '0',
      statePath: 'relay.on',
      stateOn: 'true',
      mayStayOff: true,
    });
    await running.devices.command({ device: 'router', capability: 'switch' }, { on: false }, 'homekit');
    expect(running.devices.state('router', 'switch')).toEqual({ on: false });
    await restart(running);
    await until(() => phase(running) === 'idle', 8000);
    expect(received).toEqual(['0', '0', '1']);
  }, 20_000);

  test('the broker dies while the router is off: the plug comes back alone, and is seen on when the broker is there', async () => {
    const relay = quickRelay();
    keep(await startTasmotaMqtt({ url: mosquitto.url, topic: 'router', relay }));
    const running = await run({ type: 'tasmota-mqtt', topic: 'router' });
    await restart(running, 2);
    await mosquitto.kill();
    await until(() => relay.on);
    expect(phase(running)).toBe('off');
    await mosquitto.restart();
    await until(() => phase(running) === 'idle', 25_000);
    expect(relay.on).toBe(true);
  }, 40_000);
});
