// requires: mosquitto postgres
import { afterAll, afterEach, beforeAll, beforeEach, expect, test } from '@jest/globals';
import { until } from '@porchlight/core/testing';
import mqtt, { type MqttClient } from 'mqtt';
import { spawn, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { fileURLToPath } from 'node:url';
import { startMosquitto, type Mosquitto } from '../../bus/test/support/mosquitto.ts';
import { startPhone, type Phone } from './support/phone.ts';
import { startPostgres, type Postgres } from './support/postgres.ts';
import { scaledTimeSql, speed } from './support/scaled-clock.ts';

/** Two workers, one broker, one database, in a world whose time goes twenty times as fast. */

const worker = fileURLToPath(new URL('support/worker.ts', import.meta.url));
const baseMs = Date.now();
const seconds = (count: number): Promise<void> => new Promise((resolve) => setTimeout(resolve, (count * 1000) / speed));

interface Worker {
  process: ChildProcess;
  lines: string[];
  port: number;
}

let postgres: Postgres;
let broker: Mosquitto;
let phone: Phone;
let homes: MqttClient;
let workers: Worker[] = [];
let silent = new Set<string>();
let beating: NodeJS.Timeout | undefined;

beforeAll(async () => {
  [postgres, broker] = await Promise.all([startPostgres(), startMosquitto()]);
  await postgres.query(scaledTimeSql(baseMs));
  homes = await mqtt.connectAsync(broker.url);
}, 60_000);
afterAll(async () => {
  await homes.endAsync(true);
  await Promise.all([postgres.stop(), broker.stop()]);
});

beforeEach(async () => {
  phone = await startPhone();
  silent = new Set();
  await postgres.query('DROP TABLE IF EXISTS watchtower, watchtower_home, watchtower_message');
  workers = await Promise.all([startWorker(), startWorker()]);
  const values = ['sea', 'hill', 'wood'].map((id) => `('${id}', '${id}', 'hash-${id}', 60000, '[]')`).join();
  await postgres.query(`INSERT INTO watchtower_home (id, name, token_hash, grace_ms, channels) VALUES ${values}`);
  beating = setInterval(beat, 15_000 / speed);
  await until(async () => (await heard()) === 3);
  // The patience after a start is over.
  await postgres.query('UPDATE watchtower_home SET count_from = 0');
}, 60_000);
afterEach(async () => {
  clearInterval(beating);
  await Promise.all(workers.map(kill));
  phone.stop();
});

let sequence = baseMs;

function beat(): void {
  for (const id of ['sea', 'hill', 'wood']) {
    if (!silent.has(id))
      homes.publish(`porchlight-beats/${id}/beat`, `{"type":"beat","seq":${(sequence += 1)}}`, { qos: 1 });
  }
}

async function heard(): Promise<number> {
  const [row] = await postgres.query<{ count: number }>(
    'SELECT count(*)::integer AS count FROM watchtower_home WHERE heard_at > 0',
  );
  return row?.count ?? 0;
}

async function startWorker(): Promise<Worker> {
  const config = {
    listen: { port: 0 },
    reminderMinutes: 600,
    database: { kind: 'postgres', url: postgres.url },
    mqtt: { url: broker.url },
    channels: [{ type: 'webhook', url: phone.url }],
  };
  const args = ['--conditions=@porchlight/source', worker, JSON.stringify(config), String(baseMs)];
  const child = spawn(process.execPath, args, { stdio: ['ignore', 'pipe', 'inherit'] });
  const started: Worker = { process: child, lines: [], port: 0 };
  child.stdout.on('data', (text) => started.lines.push(...String(text).trim().split('\n')));
  await until(() => started.lines.some((line) => line.includes('Listening')));
  started.port = Number(/:(\d+),/.exec(started.lines.join())?.[1]);
  return started;
}

async function kill({ process: child }: Worker): Promise<void> {
  if (child.exitCode !== null || child.signalCode !== null) return;
  const gone = once(child, 'exit');
  child.kill('SIGKILL');
  await gone;
}

const titles = (): string[] => phone.messages.map(({ title }) => title);

test('a home that falls silent is told of once by two workers, and its return once', async () => {
  silent.add('sea');
  await until(() => titles().length > 0);
  await seconds(60);
  expect(titles()).toEqual(['sea is silent']);
  silent.delete('sea');
  await until(() => titles().length > 1);
  await seconds(60);
  expect(titles()).toEqual(['sea is silent', 'sea is back']);
}, 60_000);

test('with one worker killed during the silence nothing is missed, nothing is told twice, nobody is blamed', async () => {
  for (const index of [0, 1, 0, 1]) {
    const told = titles().length;
    silent.add('sea');
    await seconds(5 + index * 20);
    await kill(workers[index]!);
    await until(() => titles().length > told);
    silent.delete('sea');
    await until(() => titles().length > told + 1);
    workers[index] = await startWorker();
  }
  await seconds(60);
  expect(titles()).toEqual(Array.from({ length: 4 }, () => ['sea is silent', 'sea is back']).flat());
}, 60_000);

test('a message that a worker was about to deliver when it was killed is delivered by the other', async () => {
  phone.status = 'hang';
  silent.add('sea');
  await until(() => titles().length > 0);
  const [row] = await postgres.query<{ name: string }>(
    `SELECT application_name AS name FROM pg_stat_activity WHERE state = 'idle in transaction'`,
  );
  const pid = Number(row!.name.split(' ')[1]);
  phone.status = 200;
  const holder = workers.find(({ process: child }) => child.pid === pid);
  await kill(holder!);
  await until(() => titles().length > 1);
  await seconds(60);
  // The first was never accepted.
  expect(phone.messages.map(({ id }) => id)).toEqual([phone.messages[0]!.id, phone.messages[0]!.id]);
}, 60_000);

test('a database that is away for a while alarms nobody; the workers send homes away meanwhile', async () => {
  await postgres.kill();
  const health = async (): Promise<number> => (await fetch(`http://127.0.0.1:${workers[0]!.port}/health`)).status;
  await until(async () => (await health()) === 503);
  await seconds(120);
  await postgres.start();
  await until(async () => (await health()) === 200);
  silent.add('wood');
  await until(() => titles().length > 0);
  await seconds(30);
  expect(titles()).toEqual(['wood is silent']);
}, 60_000);

test('a broker that is away means that nobody is heard: told once', async () => {
  await broker.kill();
  await until(() => titles().length > 0);
  await seconds(90);
  await broker.restart();
  await until(() => titles().length > 1);
  await seconds(150);
  expect(titles()).toEqual(['The watchtower lost its network', 'The watchtower hears again']);
}, 60_000);

test('retained, foreign, oversized and replayed messages are no sign of life', async () => {
  silent.add('sea');
  const sent = sequence;
  const forge = (topic: string, payload: string, retain = false): unknown =>
    homes.publishAsync(topic, payload, { qos: 1, retain });
  const forging = setInterval(() => {
    void forge('porchlight-beats/sea/beat', `{"type":"beat","seq":${sent - 100}}`);
    void forge('porchlight-beats/sea/beat', `{"type":"beat","seq":1,"x":"${'x'.repeat(2_000)}"}`);
    void forge('porchlight-beats/nobody/beat', 'I am alive');
    void forge('porchlight-beats/sea/gone', '');
  }, 10_000 / speed);
  await until(() => titles().length > 0).finally(() => clearInterval(forging));
  expect(titles()).toEqual(['sea is silent']);
  expect(phone.messages[0]!.text).toMatch(/It last said: connection lost/);
}, 60_000);
