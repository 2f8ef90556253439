// requires: ffmpeg mosquitto
import { afterEach, expect, test } from '@jest/globals';
import { until } from '@porchlight/core/testing';
import { startRhombus } from '@porchlight/simulators';
import { spawn, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { mkdir, mkdtemp, writeFile } from 'node:fs/promises';
import { connect, createServer, type AddressInfo, type Socket } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as sleep } from 'node:timers/promises';
import { fileURLToPath } from 'node:url';
import { brokerSettings, observe } from '../packages/bus/test/support/house.ts';
import { startMosquitto } from '../packages/bus/test/support/mosquitto.ts';

const cleanUps: (() => unknown)[] = [];
afterEach(async () => {
  for (const cleanUp of cleanUps.splice(0).toReversed()) await cleanUp();
});

interface Relay {
  url: string;
  /** While it is so, nothing that the broker says gets through: what was published stays without an answer. */
  isMute: boolean;
}

/** Stands between the host and the broker. */
async function startRelay(brokerPort: number): Promise<Relay> {
  const relay: Relay = { url: '', isMute: false };
  const sockets = new Set<Socket>();
  const server = createServer((client) => {
    const broker = connect(brokerPort, '127.0.0.1');
    for (const [one, other] of [
      [client, broker],
      [broker, client],
    ] as const) {
      sockets.add(one);
      one.on('error', () => other.destroy());
      one.on('close', () => other.destroy());
    }
    client.on('data', (bytes) => broker.write(bytes));
    broker.on('data', (bytes) => void (relay.isMute || client.write(bytes)));
  }).listen(0, '127.0.0.1');
  await once(server, 'listening');
  relay.url = `mqtt://127.0.0.1:${(server.address() as AddressInfo).port}`;
  cleanUps.push(() => {
    for (const socket of sockets) socket.destroy();
    server.close();
  });
  return relay;
}

const main = fileURLToPath(new URL('../packages/host/src/main.ts', import.meta.url));

function startHost(folder: string): ChildProcess {
  const args = ['--conditions=@porchlight/source', main, '--config', folder, 'run'];
  const child = spawn(process.execPath, args, { stdio: 'ignore' });
  cleanUps.push(() => child.kill('SIGKILL'));
  return child;
}

async function kill(child: ChildProcess): Promise<void> {
  const ended = once(child, 'exit');
  child.kill('SIGKILL');
  await ended;
}

const rounds = 6;

test('kill -9 between an event and its acknowledgement: every alert is an event, and none is two', async () => {
  const mediaFolder = join(tmpdir(), 'porchlight-rhombus-film');
  await mkdir(mediaFolder, { recursive: true });
  const cloud = await startRhombus({ mediaFolder, now: () => Date.now(), plainCloud: true });
  cleanUps.push(() => cloud.close());
  const mosquitto = await startMosquitto();
  cleanUps.push(() => mosquitto.stop());
  const relay = await startRelay(mosquitto.port);
  const folder = await mkdtemp(join(tmpdir(), 'porchlight-rhombus-kill-'));
  const endpoints = { api: cloud.apiUrl, stream: cloud.wsUrl, media: cloud.wanUrl };
  const rhombus = { apiKey: 'simulated-api-token', endpoints, snapshots: false };
  await writeFile(
    join(folder, 'porchlight.json'),
    JSON.stringify({ broker: { url: relay.url }, services: { rhombus } }),
  );
  const observer = await observe(brokerSettings({ url: mosquitto.url }), folder);
  cleanUps.push(() => observer.stop());
  const times = new Map<string, number>();
  observer.client.onEvent({ service: 'rhombus' }, ({ id }) => times.set(id, (times.get(id) ?? 0) + 1));

  const expected: string[] = [];
  for (let round = 0; round < rounds; round += 1) {
    relay.isMute = false;
    const host = startHost(folder);
    await until(() => cloud.stream.subscribers === 1, 30_000);
    relay.isMute = round % 2 === 0;
    for (let count = 0; count < 3; count += 1) {
      expected.push(`rhombus-${(await cloud.scenario.raiseAlert()).uuid}`);
    }
    // Before, during and after the events are written down: any instant will do.
    await sleep((round * 137) % 1000);
    await kill(host);
    await until(() => cloud.stream.subscribers === 0);
    // What happens while nobody listens counts as well.
    expected.push(`rhombus-${(await cloud.scenario.raiseAlert()).uuid}`);
  }
  relay.isMute = false;
  startHost(folder);
  await until(() => expected.every((id) => times.has(id)), 30_000);
  await until(() => cloud.stream.subscribers === 1, 30_000);
  expect([...times.keys()].toSorted()).toEqual(expected.toSorted());
}, 300_000);
