// requires: mosquitto mosquitto_pub
import { afterEach, describe, expect, test } from '@jest/globals';
import { execFile } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { promisify } from 'node:util';
import { createCaptureLog, freePort, until } from '@porchlight/core/testing';
import { createEmbeddedBroker } from '@porchlight/bus';
import { startMosquitto, type Mosquitto } from '../packages/bus/test/support/mosquitto.ts';
import { readFixture } from '../plugins/event-alarm/test/support/fixtures.ts';
import { eventually, pair, type Controller } from './support/controller.ts';
import { createHomebridge, type Homebridge, type HomebridgeOptions } from './support/homebridge.ts';

const run = promisify(execFile);
const cleanUps: (() => Promise<unknown>)[] = [];
afterEach(async () => {
  for (const cleanUp of cleanUps.splice(0).toReversed()) await cleanUp();
});

const away = 1;
const disarmed = 3;
const triggered = 4;
let count = 0;

async function openMosquitto(): Promise<Mosquitto> {
  const mosquitto = await startMosquitto();
  cleanUps.push(() => mosquitto.stop());
  return mosquitto;
}

async function open(options: Partial<HomebridgeOptions> & { block: object }): Promise<Homebridge> {
  const { block, ...rest } = options;
  const platforms = [{ platform: 'PorchlightEventAlarm', name: 'House alarm', ...block }];
  const homebridge = await createHomebridge({ platforms, ...rest });
  cleanUps.push(() => homebridge.remove());
  await homebridge.start();
  return homebridge;
}

async function control(homebridge: Homebridge): Promise<Controller> {
  const { childBridge, ...bridge } = homebridge;
  const controller = await pair({ ...bridge, ...childBridge });
  cleanUps.push(() => controller.close());
  return controller;
}

/** What a user's script would send. */
async function publishMotion(port: number, device: string, login: string[] = []): Promise<void> {
  count += 1;
  const at = new Date().toISOString();
  const event = {
    v: 1,
    id: `e2e-${count}`,
    type: 'motion',
    service: 'script',
    device,
    name: device,
    occurredAt: at,
    observedAt: at,
  };
  await publish(port, `porchlight/event/script/${device}/motion`, JSON.stringify(event), login);
}

async function publish(port: number, topic: string, payload: string, more: string[] = []): Promise<void> {
  await run('mosquitto_pub', ['-h', '127.0.0.1', '-p', String(port), '-t', topic, '-q', '1', '-m', payload, ...more]);
}

/** Waits until the service has claimed its place on the bus. */
async function served(port: number, login: string[] = []): Promise<void> {
  await until(async () => {
    const args = [
      '-h',
      '127.0.0.1',
      '-p',
      String(port),
      '-t',
      'porchlight/event-alarm/status',
      '-C',
      '1',
      '-W',
      '2',
      ...login,
    ];
    const { stdout } = await run('mosquitto_sub', args).catch(() => ({ stdout: '' }));
    return stdout.includes('"online"');
  });
}

describe.each(['2', '1.11'] as const)('Homebridge %s', (version) => {
  test('arm in Apple Home, two motions over MQTT, it rings; disarm; a restart keeps it armed', async () => {
    const mosquitto = await openMosquitto();
    const homebridge = await open({ version, block: { broker: { url: mosquitto.url } } });
    const controller = await control(homebridge);
    await served(mosquitto.port);
    expect(await controller.read('SecuritySystem', 'CurrentState')).toBe(disarmed);
    await controller.write('SecuritySystem', 'TargetState', away);
    await eventually(controller, ['SecuritySystem', 'CurrentState'], away);

    const states = await controller.watch('SecuritySystem', 'CurrentState');
    await publishMotion(mosquitto.port, 'hall');
    await publishMotion(mosquitto.port, 'garden');
    await until(() => states.includes(triggered));
    await controller.write('SecuritySystem', 'TargetState', disarmed);
    await eventually(controller, ['SecuritySystem', 'CurrentState'], disarmed);

    await controller.write('SecuritySystem', 'TargetState', away);
    await eventually(controller, ['SecuritySystem', 'CurrentState'], away);
    await controller.close();
    await homebridge.stop();
    await homebridge.start();
    await eventually(controller, ['SecuritySystem', 'CurrentState'], away);
    await served(mosquitto.port);
    const after = await controller.watch('SecuritySystem', 'CurrentState');
    await publishMotion(mosquitto.port, 'hall');
    await publishMotion(mosquitto.port, 'garden');
    await until(() => after.includes(triggered));
    expect(homebridge.lines.filter((line) => /error|uncaught|warn/i.test(line))).toEqual([]);
  });
});

test.each(['2', '1.11'] as const)(
  'kill -9 of Homebridge %s while armed: armed afterwards, silent, no event lost; while it rings: it rings on',
  async (version) => {
    const mosquitto = await openMosquitto();
    const homebridge = await open({ version, block: { broker: { url: mosquitto.url } } });
    const controller = await control(homebridge);
    await served(mosquitto.port);
    await controller.write('SecuritySystem', 'TargetState', away);
    await eventually(controller, ['SecuritySystem', 'CurrentState'], away);
    await until(() => readAlarm(homebridge).includes('"armed"'));
    await controller.close();
    await homebridge.kill();
    await publishMotion(mosquitto.port, 'hall');
    await homebridge.start();
    await eventually(controller, ['SecuritySystem', 'CurrentState'], away);
    await served(mosquitto.port);
    expect(await controller.read('SecuritySystem', 'CurrentState')).toBe(away);
    await publishMotion(mosquitto.port, 'garden');
    await eventually(controller, ['SecuritySystem', 'CurrentState'], triggered);
    await until(() => readAlarm(homebridge).includes('"triggered"'));
    await controller.close();
    await homebridge.kill();
    await homebridge.start();
    await eventually(controller, ['SecuritySystem', 'CurrentState'], triggered);
  },
);

function readAlarm(homebridge: Homebridge): string {
  try {
    return readFileSync(join(homebridge.folder, 'porchlight/event-alarm/alarm.json'), 'utf8');
  } catch {
    return '';
  }
}

test('Apple Home works while Mosquitto is gone, and events count again when it is back', async () => {
  const mosquitto = await openMosquitto();
  const homebridge = await open({ block: { broker: { url: mosquitto.url } } });
  const controller = await control(homebridge);
  await served(mosquitto.port);
  await mosquitto.kill();
  await until(() => homebridge.lines.some((line) => line.includes('connection to the MQTT broker was lost')));
  await controller.write('SecuritySystem', 'TargetState', away);
  await eventually(controller, ['SecuritySystem', 'CurrentState'], away);
  await mosquitto.restart();
  await served(mosquitto.port);
  await publishMotion(mosquitto.port, 'hall');
  await publishMotion(mosquitto.port, 'garden');
  await eventually(controller, ['SecuritySystem', 'CurrentState'], triggered);
});

test('with the built-in broker: a script with its credentials rings the alarm, also in a child bridge', async () => {
  const port = await freePort();
  const homebridge = await open({ isChildBridge: true, block: { broker: { port } } });
  await until(() => readLogin(homebridge).length > 0);
  const login = readLogin(homebridge);
  await served(port, login);
  const controller = await control(homebridge);
  await controller.write('SecuritySystem', 'TargetState', away);
  await eventually(controller, ['SecuritySystem', 'CurrentState'], away);
  await publishMotion(port, 'hall', login);
  await publishMotion(port, 'garden', login);
  await eventually(controller, ['SecuritySystem', 'CurrentState'], triggered);
});

test('the built-in broker of another process dies: Apple Home works, Homebridge takes the broker over, events count', async () => {
  const port = await freePort();
  const platforms = [{ platform: 'PorchlightEventAlarm', name: 'House alarm', broker: { port } }];
  const homebridge = await createHomebridge({ platforms });
  cleanUps.push(() => homebridge.remove());
  const folder = join(homebridge.folder, 'porchlight');
  const broker = createEmbeddedBroker({ port, folder, log: createCaptureLog() });
  await broker.prepare();
  cleanUps.push(() => broker.stop());
  await homebridge.start();
  const login = readLogin(homebridge);
  await served(port, login);
  const controller = await control(homebridge);
  const isTakenOver = (): boolean => homebridge.lines.some((line) => line.includes('Serving the built-in MQTT broker'));
  expect(isTakenOver()).toBe(false);
  await publishMotion(port, 'hall', login);

  await broker.stop();
  await controller.write('SecuritySystem', 'TargetState', away);
  await eventually(controller, ['SecuritySystem', 'CurrentState'], away);
  await until(isTakenOver);
  await served(port, login);
  await publishMotion(port, 'hall', login);
  await publishMotion(port, 'garden', login);
  await eventually(controller, ['SecuritySystem', 'CurrentState'], triggered);
});

function readLogin(homebridge: Homebridge): string[] {
  try {
    const text = readFileSync(join(homebridge.folder, 'porchlight/broker.json'), 'utf8');
    const { username, password } = JSON.parse(text) as { username: string; password: string };
    return ['-u', username, '-P', password];
  } catch {
    return [];
  }
}

test.each([
  ['frigate', [{ preset: 'frigate-events' }]],
  ['zigbee2mqtt', [{ preset: 'zigbee2mqtt' }]],
] as const)('the recorded stream of %s rings it', async (name, inputs) => {
  const mosquitto = await openMosquitto();
  const block = { broker: { url: mosquitto.url }, inputs, sensor: 'motion' };
  const homebridge = await open({ block });
  const controller = await control(homebridge);
  await served(mosquitto.port);
  await controller.write('SecuritySystem', 'TargetState', away);
  await eventually(controller, ['SecuritySystem', 'CurrentState'], away);
  const motions = await controller.watch('MotionSensor', 'MotionDetected');
  const shiftSeconds = Date.now() / 1000 - 1_767_225_600;
  for (const { topic, payload, retain } of readFixture(name)) {
    await publish(mosquitto.port, topic, shift(payload, shiftSeconds), retain ? ['-r'] : []);
  }
  await until(() => motions.some(Boolean));
});

/** Moves the recording's times to now. */
function shift(payload: string, seconds: number): string {
  return payload.replaceAll(/("(?:start_time|end_time|frame_time)": )([\d.]+)/g, (_all, key: string, time: string) => {
    return `${key}${Number(time) + seconds}`;
  });
}
