// requires: mosquitto postgres
import { afterAll, beforeAll, beforeEach, expect, test } from '@jest/globals';
import { until } from '@porchlight/core/testing';
import mqtt, { type MqttClient } from 'mqtt';
import { spawn, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { createInterface } from 'node:readline';
import { fileURLToPath } from 'node:url';
import { startMosquitto, type Mosquitto } from '../../bus/test/support/mosquitto.ts';
import { startPhone, type Phone } from './support/phone.ts';
import { startPostgres, type Postgres } from './support/postgres.ts';
import { scaledTimeSql, speed } from './support/scaled-clock.ts';

/**
 * Two workers, one broker, one database, in a world whose time goes thirty times as fast. The world goes on from test to
 * test, so that whatever is told once too often spoils the next one.
 */

const worker = fileURLToPath(new URL('support/worker.ts', import.meta.url));
const baseMs = Date.now();
const seconds = (amount: number): Promise<void> =>
  new Promise((resolve) => setTimeout(resolve, (amount * 1000) / speed));
const homes = ['sea', 'hill', 'wood', 'moor'];

interface Worker {
  process: ChildProcess;
  lines: string[];
  port: number;
}

let postgres: Postgres;
let broker: Mosquitto;
let phone: Phone;
let client: MqttClient;
let workers: Worker[] = [];
/** What any worker has judged: kind, home and begin of the silence. */
const judged: string[] = [];
let beating: NodeJS.Timeout | undefined;
const silent = new Set<string>();
/** Messages that earlier tests have seen. */
let seen = 0;

beforeAll(async () => {
  [postgres, broker, phone] = await Promise.all([startPostgres(), startMosquitto(), startPhone()]);
  await postgres.query(scaledTimeSql(baseMs));
  client = await mqtt.connectAsync(broker.url);
  workers = await Promise.all([startWorker(), startWorker()]);
  const values = homes.map((id) => `('${id}', '${id}', 'hash-${id}', 60000, '[]')`).join();
  await postgres.query(`INSERT INTO watchtower_home (id, name, token_hash, grace_ms, channels) VALUES ${values}`);
  beating = setInterval(beat, 15_000 / speed);
  await until(async () => (await count('watchtower_home WHERE heard_at > 0')) === homes.length);
  // The patience after a start is over.
  await postgres.query('UPDATE watchtower_home SET count_from = 0');
}, 60_000);
afterAll(async () => {
  clearInterval(beating);
  await Promise.all(workers.map(kill));
  await client.endAsync(true);
  phone.stop();
  await Promise.all([postgres.stop(), broker.stop()]);
});
beforeEach(() => void (seen = phone.messages.length));

let sequence = baseMs;

function beat(): void {
  for (const id of homes) {
    if (silent.has(id)) continue;
    client.publish(`porchlight-beats/${id}/beat`, `{"type":"beat","seq":${(sequence += 1)}}`, { qos: 1 });
  }
}

async function count(rows: string): Promise<number> {
  const [row] = await postgres.query<{ count: number }>(`SELECT count(*)::integer AS count FROM ${rows}`);
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
  createInterface(child.stdout).on('line', (line) => {
    started.lines.push(line);
    const { event, home, since } = JSON.parse(line) as Record<string, string>;
    if (event && since) judged.push([event, home, since].join(' '));
  });
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

const messages = () => phone.messages.slice(seen);
const titles = (): string[] => messages().map(({ title }) => title);
/** Without what is the same message again: who was killed before it could note that the phone has it leaves it to others. */
const news = (): string[] => [...new Map(messages().map(({ id, title }) => [id, title])).values()];

test('a home that falls silent is told of once, whatever is forged in its name', async () => {
  const before = sequence;
  const forge = (topic: string, payload: string): void => void client.publish(topic, payload, { qos: 1 });
  const forging = setInterval(() => {
    forge('porchlight-beats/sea/beat', `{"type":"beat","seq":${before - 100}}`);
    forge('porchlight-beats/sea/beat', `{"type":"beat","seq":1,"x":"${'x'.repeat(2_000)}"}`);
    forge('porchlight-beats/nobody/beat', 'I am alive');
    forge('porchlight-beats/sea/gone', '');
  }, 10_000 / speed);
  silent.add('sea');
  await until(() => titles().length > 0).finally(() => clearInterval(forging));
  expect(messages()[0]!.text).toMatch(/It last said: connection lost/);
  silent.delete('sea');
  await until(() => titles().length > 1);
  expect(titles()).toEqual(['sea is silent', 'sea is back']);
}, 60_000);

test('workers are killed at any moment of three silences: nothing is missed or judged twice, nobody is blamed', async () => {
  for (const id of ['sea', 'hill', 'wood']) {
    silent.add(id);
    await seconds(20);
  }
  await kill(workers[0]!);
  await until(() => news().length > 1);
  workers[0] = await startWorker();
  await kill(workers[1]!);
  await until(() => news().length > 2);
  silent.clear();
  await until(() => news().length > 5);
  workers[1] = await startWorker();
  expect(news().toSorted()).toEqual(
    ['sea', 'hill', 'wood'].flatMap((id) => [`${id} is back`, `${id} is silent`]).toSorted(),
  );
  // Each of the two that were killed had at most one message in its hands.
  expect(titles().length - news().length).toBeLessThanOrEqual(2);
  expect(judged.toSorted()).toEqual([...new Set(judged)].toSorted());
}, 60_000);

test('broker and database go away one after the other: nobody is blamed; what a killed worker was about to tell, the other tells', async () => {
  await broker.kill();
  await until(() => titles().length > 0);
  await seconds(30);
  await broker.restart();
  await until(() => titles().length > 1);
  await until(async () => (await count('watchtower_message')) === 0);

  await postgres.kill();
  const health = async (): Promise<number> => (await fetch(`http://127.0.0.1:${workers[0]!.port}/health`)).status;
  await until(async () => (await health()) === 503);
  await seconds(70);
  await postgres.start();
  await until(async () => (await health()) === 200);

  phone.status = 'hang';
  silent.add('wood');
  await until(() => titles().length > 2);
  await kill(await workerThatTells());
  phone.status = 200;
  await until(() => titles().length > 3);
  await seconds(30);
  const [, , told, again] = messages();
  expect(titles().slice(0, 3)).toEqual([
    'The watchtower lost its network',
    'The watchtower hears again',
    'wood is silent',
  ]);
  // The first was never accepted.
  expect(messages().slice(3)).toEqual([again]);
  expect(again!.id).toBe(told!.id);
}, 60_000);

/** The one that holds a message in its hands: this is the last that it said to the database. */
async function workerThatTells(): Promise<Worker> {
  const [row] = await postgres.query<{ name: string }>(
    `SELECT application_name AS name FROM pg_stat_activity
     WHERE state = 'idle in transaction' AND query LIKE 'SET LOCAL idle_in_transaction%'`,
  );
  const pid = Number(row!.name.split(' ')[1]);
  return workers.find(({ process: child }) => child.pid === pid)!;
}
