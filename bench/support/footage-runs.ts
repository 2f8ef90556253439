import { execFile, spawn, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { readFileSync } from 'node:fs';
import { mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises';
import { request } from 'node:https';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import type { Wire, World, WorldWish } from './rhombus-world.ts';

const run = promisify(execFile);
const node = [process.execPath, '--conditions=@porchlight/source'] as const;
const pathOf = (file: string): string => fileURLToPath(new URL(file, import.meta.url));
const key = { 'x-auth-scheme': 'api-token', 'x-auth-apikey': 'simulated-api-token' };

export interface RunningWorld extends World {
  /** What has gone over the wire since it was asked last. */
  takeWire(): Promise<Wire>;
  stop(): Promise<void>;
}

/** An organisation in a process of its own. */
export async function startWorld(wish: WorldWish): Promise<RunningWorld> {
  const child = spawn(node[0], [node[1], pathOf('./rhombus-world.ts'), JSON.stringify(wish)], {
    stdio: ['pipe', 'pipe', 'inherit'],
  });
  const lines = createInterface(child.stdout);
  const nextLine = async (): Promise<unknown> => {
    const [line] = (await once(lines, 'line')) as [string];
    return JSON.parse(line);
  };
  return {
    ...((await nextLine()) as World),
    takeWire() {
      child.stdin.write('wire\n');
      return nextLine() as Promise<Wire>;
    },
    async stop() {
      child.stdin.end();
      await once(child, 'close');
    },
  };
}

export interface Measured {
  /** From the start of the program to its end. */
  seconds: number;
  bytes: number;
  wire: Wire;
  peakRssMb: number;
  folder: string;
}

/** Runs the command as users do; the folder with the films is the caller's to delete. */
export async function copyWithCommand(world: RunningWorld, words: readonly string[]): Promise<Measured> {
  const folder = await mkdtemp(join(tmpdir(), 'bench-footage-'));
  const ca = join(folder, 'ca.pem');
  await writeFile(ca, world.authority);
  const places = ['--api-url', world.apiUrl, '--ca-file', ca, '-o', folder, '--min-free', '0', '--quiet'];
  await world.takeWire();
  const startedAt = performance.now();
  const child = spawn(node[0], [pathOf('../../packages/footage/dist/main.js'), ...places, ...words], {
    stdio: ['ignore', 'inherit', 'inherit'],
    env: { ...process.env, RHOMBUS_API_KEY: key['x-auth-apikey'] },
  });
  const peakRssMb = await watchMemory(child);
  const seconds = (performance.now() - startedAt) / 1000;
  if (child.exitCode !== 0) throw new Error(`the command ended with ${child.exitCode}`);
  const text = await readFile(join(folder, 'rhombus-footage.jsonl'), 'utf8');
  const bytes = text
    .trim()
    .split('\n')
    .reduce((sum, line) => sum + ((JSON.parse(line) as { bytes?: number }).bytes ?? 0), 0);
  return { seconds, bytes, wire: await world.takeWire(), peakRssMb, folder };
}

async function watchMemory(child: ChildProcess): Promise<number> {
  let peakKb = 0;
  const look = (): void => {
    try {
      const status = readFileSync(`/proc/${child.pid}/status`, 'utf8');
      peakKb = Math.max(peakKb, Number(/VmHWM:\s+(\d+)/.exec(status)?.[1] ?? 0));
    } catch {
      // It has just ended.
    }
  };
  const timer = setInterval(look, 20);
  await once(child, 'close');
  clearInterval(timer);
  return peakKb / 1024;
}

export interface CurlWish {
  route: 'lan' | 'wan';
  windows: { camera: string; startSec: number; durationSec: number }[];
  atOnce: number;
}

/** `curl --parallel` of the same segments into files: the limit of this machine and this network. */
export async function copyWithCurl(world: RunningWorld, { route, windows, atOnce }: CurlWish): Promise<Measured> {
  const folder = await mkdtemp(join(tmpdir(), 'bench-curl-'));
  const { federatedSessionToken: token } = (await post(world, 'org/generateFederatedSessionToken', {
    durationSec: 3600,
  })) as {
    federatedSessionToken: string;
  };
  const lists = await Promise.all(windows.map((window) => segmentUrls(world, { ...window, route, token })));
  // Turn by turn, so that no camera's link lies idle.
  const most = Math.max(...lists.map(({ length }) => length));
  const urls = Array.from({ length: most }, (_, place) => lists.flatMap((list) => list[place] ?? [])).flat();
  const config = urls.map((url, index) => `url = "${url}"\noutput = "${join(folder, String(index))}"`).join('\n');
  await writeFile(join(folder, 'config'), config);
  const headers = ['-H', 'x-auth-scheme: federated-token', '-H', `x-auth-ft: ${token}`];
  const parallel = ['--parallel', '--parallel-immediate', '--parallel-max', String(atOnce)];
  await world.takeWire();
  const startedAt = performance.now();
  await run('curl', ['-sS', '-k', '--fail', ...parallel, ...headers, '-K', join(folder, 'config')]);
  const seconds = (performance.now() - startedAt) / 1000;
  const { stdout } = await run('du', ['-sb', folder]);
  return { seconds, bytes: Number.parseInt(stdout, 10), wire: await world.takeWire(), peakRssMb: 0, folder };
}

async function segmentUrls(
  world: World,
  wish: CurlWish['windows'][number] & { route: 'lan' | 'wan'; token: string },
): Promise<string[]> {
  const uris = (await post(world, 'camera/getMediaUris', { cameraUuid: wish.camera })) as {
    lanVodMpdUrisTemplates: string[];
    wanVodMpdUriTemplate: string;
  };
  const template = wish.route === 'lan' ? (uris.lanVodMpdUrisTemplates[0] ?? '') : uris.wanVodMpdUriTemplate;
  const manifest = template
    .replace('{START_TIME}', String(wish.startSec))
    .replace('{DURATION}', String(wish.durationSec));
  await send(manifest, undefined, { 'x-auth-scheme': 'federated-token', 'x-auth-ft': wish.token });
  const first = wish.route === 'lan' ? 0 : 1;
  return Array.from({ length: wish.durationSec / 2 }, (_, place) =>
    manifest.replace(/(clip|file)\.mpd$/, `seg_${first + place}.m4v`),
  );
}

async function post({ apiUrl }: World, path: string, body: object): Promise<unknown> {
  return JSON.parse(
    await send(`${apiUrl}/api/${path}`, JSON.stringify(body), { ...key, 'content-type': 'application/json' }),
  );
}

function send(url: string, body: string | undefined, headers: Record<string, string>): Promise<string> {
  return new Promise((resolve, reject) => {
    const options = { method: body === undefined ? 'GET' : 'POST', headers, rejectUnauthorized: false };
    const outgoing = request(url, options, (answer) => {
      let text = '';
      answer.on('data', (piece: Buffer) => (text += piece.toString()));
      answer.on('end', () => resolve(text));
    });
    outgoing.on('error', reject);
    outgoing.end(body);
  });
}

/** How many films in a folder decode from begin to end. */
export async function countDecodable(folder: string): Promise<number> {
  const films = (await readdir(folder)).filter((name) => name.endsWith('.mp4'));
  let good = 0;
  for (const film of films) {
    const args = ['-v', 'error', '-xerror', '-i', join(folder, film), '-f', 'null', '-'];
    const isGood = await run('ffmpeg', args).then(
      ({ stderr }) => stderr === '',
      () => false,
    );
    good += isGood ? 1 : 0;
  }
  return good;
}

export async function remove(folder: string): Promise<void> {
  await rm(folder, { recursive: true, force: true });
}
