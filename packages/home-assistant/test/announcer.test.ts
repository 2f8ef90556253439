// requires: mosquitto mosquitto_pub
import { afterEach, expect, test } from '@jest/globals';
import { createFakeClock, until } from '@porchlight/core/testing';
import { execFile } from 'node:child_process';
import { createServer } from 'node:http';
import { once } from 'node:events';
import type { AddressInfo } from 'node:net';
import { promisify } from 'node:util';
import { brokerSettings, observe, runLamp, startObserver, tempFolder } from '../../bus/test/support/house.ts';
import { startMosquitto, type Mosquitto } from '../../bus/test/support/mosquitto.ts';
import { Announcer, readMqttService } from '../src/index.ts';

const run = promisify(execFile);
const stops: (() => unknown)[] = [];
afterEach(async () => {
  for (const stop of stops.splice(0).toReversed()) await stop();
});

const config = 'homeassistant/device/porchlight_lamps_lamp/config';

async function openHouse() {
  const mosquitto = await startMosquitto();
  stops.push(() => mosquitto.stop());
  const settings = brokerSettings({ url: mosquitto.url });
  const lamp = runLamp({ settings, folder: await tempFolder(), host: 'one' });
  stops.push(() => lamp.run.stop());
  await lamp.run.ready;
  const observer = await observe(settings, await tempFolder());
  stops.push(() => observer.stop());
  const clock = createFakeClock();
  const seen: { topic: string; payload: string }[] = [];
  observer.client.foreign.subscribe('homeassistant/device/#', ({ topic, payload }) => {
    seen.push({ topic, payload: Buffer.from(payload).toString() });
  });
  const announcer = new Announcer({ client: observer.client, clock, log: observer.log, random: () => 0.5 });
  stops.push(() => announcer.stop());
  announcer.start();
  // The fake clock goes on while real messages are under way.
  const goOn = async (condition: () => boolean): Promise<void> => {
    for (const end = performance.now() + 8_000; !condition() && performance.now() < end;) {
      await clock.advance(250);
      await new Promise((resolve) => setTimeout(resolve, 10));
    }
    expect(condition()).toBe(true);
  };
  return { mosquitto, lamp, seen, goOn };
}

const publish = (mosquitto: Mosquitto, topic: string, payload: string, ...more: string[]) =>
  run('mosquitto_pub', ['-p', String(mosquitto.port), '-t', topic, '-m', payload, ...more]);

test('a device is announced, again when Home Assistant starts, and taken back when it goes', async () => {
  const { mosquitto, lamp, seen, goOn } = await openHouse();
  const announced = (): number =>
    seen.filter(({ topic, payload }) => topic === config && payload.includes('"light"')).length;
  await goOn(() => announced() > 0);
  const before = announced();
  await publish(mosquitto, 'homeassistant/status', 'online');
  await goOn(() => announced() > before);
  lamp.lamp()?.remove();
  await goOn(() => seen.at(-1)?.payload === '');
}, 30_000);

test('an entity that goes is taken out by name, and then named no more', async () => {
  const { mosquitto, seen, goOn } = await openHouse();
  const topic = 'homeassistant/device/porchlight_lamps_lamp/config';
  const latest = (): Record<string, object> => {
    const payload = seen.findLast((message) => message.topic === topic)?.payload;
    return payload ? (JSON.parse(payload) as { components: Record<string, object> }).components : {};
  };
  await goOn(() => 'switch' in latest());
  const withBattery = seen
    .findLast((message) => message.topic === topic)!
    .payload.replace(
      '"components":{',
      '"components":{"battery":{"platform":"sensor","unique_id":"porchlight_lamps_lamp_battery"},',
    );
  await publish(mosquitto, topic, withBattery, '-r');
  await goOn(() => 'battery' in latest());
  const from = seen.length;
  await publish(mosquitto, 'homeassistant/status', 'online');
  await goOn(() => seen.length > from && !('battery' in latest()));
  const farewell = JSON.parse(seen[from]!.payload) as { components: Record<string, object> };
  expect(farewell.components['battery']).toEqual({ platform: 'sensor' });
  expect(Object.keys(farewell.components)).toContain('switch');
}, 30_000);

test('nothing is taken for stale while the broker is away', async () => {
  const mosquitto = await startMosquitto();
  stops.push(() => mosquitto.stop());
  await mosquitto.kill();
  const observer = startObserver(brokerSettings({ url: mosquitto.url }), await tempFolder());
  stops.push(() => observer.stop());
  const clock = createFakeClock();
  const announcer = new Announcer({ client: observer.client, clock, log: observer.log });
  stops.push(() => announcer.stop());
  announcer.start();
  await clock.advance(60_000);
  await mosquitto.restart();
  const old = { origin: { name: 'Porchlight' }, availability: [{ topic: 'porchlight/x/status' }] };
  await publish(mosquitto, 'homeassistant/device/porchlight_old/config', JSON.stringify(old), '-r');
  let retained = 'not heard';
  observer.client.foreign.subscribe('homeassistant/device/porchlight_old/config', ({ payload }) => {
    retained = Buffer.from(payload).toString();
  });
  await until(() => retained.includes('Porchlight'), 15_000);
  await clock.advance(4_000);
  expect(retained).toContain('Porchlight');
  await clock.advance(2_000);
  await until(() => retained === '');
}, 30_000);

test('what an earlier run announced and is no more is cleared; what belongs to others stays', async () => {
  const mosquitto = await startMosquitto();
  stops.push(() => mosquitto.stop());
  const old = (root: string) =>
    JSON.stringify({ origin: { name: 'Porchlight' }, availability: [{ topic: `${root}/x/status` }] });
  await publish(mosquitto, 'homeassistant/device/porchlight_old/config', old('porchlight'), '-r');
  await publish(mosquitto, 'homeassistant/device/porchlight_b_old/config', old('site-b'), '-r');
  await publish(mosquitto, 'homeassistant/device/zigbee/config', '{"origin":{"name":"Zigbee2MQTT"}}', '-r');
  const observer = await observe(brokerSettings({ url: mosquitto.url }), await tempFolder());
  stops.push(() => observer.stop());
  const cleared: string[] = [];
  let heard = 0;
  observer.client.foreign.subscribe('homeassistant/device/#', ({ topic, payload }) => {
    heard += 1;
    if (payload.length === 0) cleared.push(topic);
  });
  const clock = createFakeClock();
  const announcer = new Announcer({ client: observer.client, clock, log: observer.log });
  stops.push(() => announcer.stop());
  announcer.start();
  await until(() => heard >= 6);
  await clock.advance(5_000);
  await until(() => cleared.length > 0);
  expect(new Set(cleared)).toEqual(new Set(['homeassistant/device/porchlight_old/config']));
});

test("the Supervisor's broker, or a sentence that says what to install", async () => {
  let answer: [number, object] = [
    200,
    { data: { host: 'core-mosquitto', port: 1883, ssl: false, username: 'addons', password: 'secret' } },
  ];
  const server = createServer((request, response) => {
    const [status, body] = request.headers.authorization === 'Bearer token' ? answer : [401, {}];
    response.writeHead(status).end(JSON.stringify(body));
  }).listen(0, '127.0.0.1');
  stops.push(() => server.close());
  await once(server, 'listening');
  const base = `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
  expect(await readMqttService('token', base)).toEqual({
    url: 'mqtt://core-mosquitto:1883',
    username: 'addons',
    password: 'secret',
  });
  answer = [400, { result: 'error', message: 'No service' }];
  await expect(readMqttService('token', base)).rejects.toMatchObject({ code: 'supervisor.no-mqtt' });
});
