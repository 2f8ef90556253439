// requires: ffmpeg mosquitto
import { afterEach, expect, test } from '@jest/globals';
import { until } from '@porchlight/core/testing';
import { startRhombus, type Rhombus } from '@porchlight/simulators';
import { type ChildProcess, execFile, spawn } from 'node:child_process';
import { once } from 'node:events';
import { mkdir, mkdtemp, readdir, readFile, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { brokerSettings, observe } from '../packages/bus/test/support/house.ts';
import { startMosquitto } from '../packages/bus/test/support/mosquitto.ts';

const cleanUps: (() => unknown)[] = [];
afterEach(async () => {
  for (const cleanUp of cleanUps.splice(0).toReversed()) await cleanUp();
});

interface Answer {
  id: string;
  ok: boolean;
  folder: string;
  films: { camera: string; file: string; result: string }[];
}

interface House {
  cloud: Rhombus;
  folder: string;
  films: string;
  answers: Answer[];
  arm(): Promise<void>;
  ask(request: object): Promise<void>;
}

/** Cameras, an alarm that asks for footage, the service that copies it, and a broker between them. */
async function openHouse(): Promise<House> {
  const mediaFolder = join(tmpdir(), 'porchlight-rhombus-film');
  await mkdir(mediaFolder, { recursive: true });
  const cloud = await startRhombus({ mediaFolder, now: () => Date.now(), plainCloud: true });
  cleanUps.push(() => cloud.close());
  const mosquitto = await startMosquitto();
  cleanUps.push(() => mosquitto.stop());
  const folder = await mkdtemp(join(tmpdir(), 'porchlight-footage-house-'));
  const films = join(folder, 'films');
  const apiKey = 'simulated-api-token';
  const endpoints = { api: cloud.apiUrl, stream: cloud.wsUrl, media: cloud.wanUrl };
  const cameras = [{ camera: cloud.cameras[0]?.uuid, name: 'Where nobody looks for it' }];
  const services = {
    rhombus: { apiKey, endpoints, cameras, snapshots: false },
    'event-alarm': { thresholdEventCount: 1, footage: 'counted' },
    footage: { apiKey, apiUrl: cloud.apiUrl, output: films, beforeSeconds: 4, afterSeconds: 1 },
  };
  await writeFile(join(folder, 'porchlight.json'), JSON.stringify({ broker: { url: mosquitto.url }, services }));
  const { client, stop } = await observe(brokerSettings({ url: mosquitto.url }), folder);
  cleanUps.push(stop);
  const answers: Answer[] = [];
  client.foreign.subscribe('porchlight/footage/films/copy/answer', ({ payload }) => {
    answers.push(JSON.parse(Buffer.from(payload).toString()) as Answer);
  });
  const alarm = { service: 'event-alarm', device: 'alarm', capability: 'alarm' } as const;
  return {
    cloud,
    folder,
    films,
    answers,
    arm: () => client.command(alarm, { action: 'set-mode', mode: 'away' }),
    ask: (request) => client.foreign.publish('porchlight/footage/films/copy/request', JSON.stringify(request)),
  };
}

const main = fileURLToPath(new URL('../packages/host/src/main.ts', import.meta.url));

async function startHost({ folder, cloud }: House): Promise<{ child: ChildProcess; said: () => string }> {
  const args = ['--conditions=@porchlight/source', main, '--config', folder, 'run'];
  const child = spawn(process.execPath, args, { stdio: ['ignore', 'pipe', 'pipe'] });
  cleanUps.push(() => child.kill('SIGKILL'));
  let text = '';
  for (const stream of [child.stdout, child.stderr]) stream.on('data', (part) => (text += String(part)));
  await until(() => text.includes('Running: ') && cloud.stream.subscribers === 1, 40_000);
  return { child, said: () => text };
}

async function durationOf(film: string): Promise<number> {
  const args = ['-v', 'error', '-show_entries', 'format=duration', '-of', 'csv=p=0', film];
  return Number((await promisify(execFile)('ffprobe', args)).stdout);
}

test('an alarm fetches the footage of the camera that was counted, and the bus is told where it is', async () => {
  const house = await openHouse();
  const { said } = await startHost(house);
  await house.arm();
  await house.cloud.scenario.raiseAlert({ policyAlertTriggers: ['MOTION_HUMAN'] });
  await until(() => house.answers.length > 0, 60_000);
  const [camera] = house.cloud.cameras;
  expect(house.answers).toMatchObject([
    { id: expect.stringMatching(/^alarm-/), ok: true, folder: house.films, films: [{ camera: camera?.name }] },
  ]);
  const film = join(house.films, house.answers[0]?.films[0]?.file ?? '');
  expect(film).toContain(`_${camera?.uuid}_`);
  expect(await durationOf(film)).toBeGreaterThanOrEqual(4);
  expect(said()).not.toMatch(/refused|simulated-api-token/);
}, 240_000);

test('kill -9 after a request: the film is there after the next start, once', async () => {
  const house = await openHouse();
  const first = await startHost(house);
  const at = new Date(Date.now() - 4000).toISOString();
  const { uuid, name: camera } = house.cloud.cameras[0] ?? {};
  await house.ask({ id: 'wanted', at, cameras: [uuid] });
  const kept = join(house.folder, 'state/footage/requests.json');
  await until(async () => (await readFile(kept, 'utf8').catch(() => '')).includes('wanted'), 20_000);
  first.child.kill('SIGKILL');
  await once(first.child, 'exit');
  await startHost(house);
  await until(() => house.answers.length > 0, 60_000);
  expect(house.answers).toMatchObject([{ id: 'wanted', ok: true, films: [{ camera, result: 'copied' }] }]);
  expect((await readdir(house.films)).filter((name) => name.endsWith('.mp4'))).toHaveLength(1);
}, 240_000);
