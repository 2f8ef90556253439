// requires: mosquitto mosquitto_pub
import { afterEach, expect, test } from '@jest/globals';
import { readFile } from 'node:fs/promises';
import mqtt from 'mqtt';
import { startMosquitto } from '../packages/bus/test/support/mosquitto.ts';
import { eventually, pair } from './support/controller.ts';
import { createHomebridge } from './support/homebridge.ts';
import { until } from '@porchlight/core/testing';

const cleanUps: (() => unknown)[] = [];
afterEach(async () => {
  for (const cleanUp of cleanUps.splice(0).toReversed()) await cleanUp();
});

const away = 1;
const triggered = 4;
const hall = 'porchlight/event/script/hall/motion';
const setTopic = 'porchlight/event-alarm/alarm/alarm/set';

const motion = (id: string, part: object = {}): string => {
  const at = new Date().toISOString();
  const event = {
    v: 1,
    id,
    type: 'motion',
    service: 'script',
    device: 'hall',
    name: 'Hall',
    occurredAt: at,
    observedAt: at,
  };
  return JSON.stringify({ ...event, ...part });
};

async function open() {
  const mosquitto = await startMosquitto(['allow_anonymous true', 'max_queued_messages 0', 'max_inflight_messages 0']);
  cleanUps.push(() => mosquitto.stop());
  const block = { platform: 'PorchlightEventAlarm', name: 'House alarm', broker: { url: mosquitto.url } };
  const homebridge = await createHomebridge({ platforms: [{ ...block, inputs: [{ preset: 'zigbee2mqtt' }] }] });
  cleanUps.push(() => homebridge.remove());
  await homebridge.start();
  const controller = await pair(homebridge);
  cleanUps.push(() => controller.close());
  const client = await mqtt.connectAsync(mosquitto.url, { protocolVersion: 5 });
  cleanUps.push(() => client.endAsync(true));
  let isServed = false;
  client.on('message', (_topic, payload) => (isServed ||= payload.toString().includes('online')));
  await client.subscribeAsync('porchlight/event-alarm/status', { qos: 1 });
  await until(() => isServed);
  await controller.write('SecuritySystem', 'TargetState', away);
  await eventually(controller, ['SecuritySystem', 'CurrentState'], away);
  return { homebridge, controller, client };
}

async function residentMb(pid: number): Promise<number> {
  return Number(/VmRSS:\s+(\d+) kB/.exec(await readFile(`/proc/${pid}/status`, 'utf8'))?.[1]) / 1024;
}

test('nonsense of every kind neither rings, disarms nor ends anything, and is said once a minute', async () => {
  const { homebridge, controller, client } = await open();
  const nonsense: [topic: string, payload: string | Buffer][] = [
    [hall, '{'],
    [hall, 'null'],
    [hall, '[]'],
    [hall, motion('', {})],
    [hall, motion('a', { type: 7 })],
    [hall, motion('b', { occurredAt: 'yesterday' })],
    [hall, motion('c', { v: 99 })],
    [hall, motion('d', { device: 'garden' })],
    [hall, motion('e', { device: '+', service: '#' })],
    [hall, motion('f'.repeat(500))],
    [hall, Buffer.alloc(1_000_000, 'x')],
    [hall, Buffer.from([0xff, 0xfe, 0x00])],
    ['porchlight/event/__proto__/constructor/motion', motion('g')],
    ['zigbee2mqtt/hall', Buffer.alloc(1_000_000, '{"occupancy":true,')],
    ['zigbee2mqtt/hall', '{"occupancy":"perhaps"}'],
    [setTopic, '{"command":{"action":"set-mode","mode":"asleep"}}'],
    [setTopic, '{"command":{"action":"set-mode"}}'],
    [setTopic, Buffer.alloc(1_000_000, 'x')],
    ['porchlight/event-alarm/alarm/nonsense/set', '{"command":{}}'],
    ['porchlight/event-alarm/nobody/alarm/set', '{"command":{"action":"silence"}}'],
  ];
  for (let round = 0; round < 5; round += 1) {
    for (const [topic, payload] of nonsense) await client.publishAsync(topic, payload, { qos: 1 });
  }
  await client.publishAsync(setTopic, '{"command":{"action":"set-mode","mode":"disarmed"}}', {
    qos: 1,
    retain: false,
    properties: { messageExpiryInterval: 30 },
  });
  await eventually(controller, ['SecuritySystem', 'CurrentState'], 3);
  const refused = homebridge.lines.filter((line) => line.includes('was refused'));
  expect(refused.length).toBeGreaterThan(0);
  expect(refused.length).toBeLessThanOrEqual(6);
  expect(homebridge.lines.filter((line) => /uncaught|unhandled|TypeError/i.test(line))).toEqual([]);
  await controller.write('SecuritySystem', 'TargetState', away);
  await eventually(controller, ['SecuritySystem', 'CurrentState'], away);
  await client.publishAsync(hall, motion('real-1'), { qos: 1 });
  await client.publishAsync(hall, motion('real-2'), { qos: 1 });
  await eventually(controller, ['SecuritySystem', 'CurrentState'], triggered);
});

test('a flood of 10,000 messages a second: bounded memory, few lines, and the alarm still rings', async () => {
  const { homebridge, controller, client } = await open();
  // Events of the past are not received: the flood must not ring it by itself.
  const old = new Date(Date.now() - 3_600_000).toISOString();
  const burst = 10_000;
  const flood = async (round: number): Promise<void> => {
    for (let count = 0; count < burst; count += 1) {
      const id = `flood-${round}-${count}`;
      const payload = count % 2 === 0 ? '{"broken' : motion(id, { occurredAt: old, device: `d${count}` });
      client.publish(`porchlight/event/script/d${count}/motion`, payload, { qos: 0 });
    }
    await client.publishAsync('flood/end', String(round), { qos: 1 });
  };
  await flood(0);
  const before = await residentMb(homebridge.pid());
  const lines = homebridge.lines.length;
  for (let round = 1; round <= 5; round += 1) {
    await flood(round);
    await new Promise((resolve) => setTimeout(resolve, 200));
  }
  await client.publishAsync(hall, motion('real-1'), { qos: 1 });
  await client.publishAsync(hall, motion('real-2'), { qos: 1 });
  await eventually(controller, ['SecuritySystem', 'CurrentState'], triggered);
  const grownMb = (await residentMb(homebridge.pid())) - before;
  expect(grownMb).toBeLessThan(100);
  expect(homebridge.lines.length - lines).toBeLessThan(50);
});
