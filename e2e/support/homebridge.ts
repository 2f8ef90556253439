import { spawn, type ChildProcess } from 'node:child_process';
import { randomInt } from 'node:crypto';
import { once } from 'node:events';
import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { fileURLToPath } from 'node:url';
import { freePort, until } from '@porchlight/core/testing';

export type HomebridgeVersion = '2' | '1.11';

export interface Homebridge {
  readonly username: string;
  readonly pin: string;
  readonly port: number;
  /** Homebridge's storage folder. */
  readonly folder: string;
  /** Everything it has said since the first start, without colours. */
  readonly lines: string[];
  /** Port and identity of the child bridge, where there is one. */
  readonly childBridge: { username: string; port: number } | undefined;
  start(): Promise<void>;
  /** As systemd would stop it. */
  stop(): Promise<void>;
  /** kill -9, child bridges included. */
  kill(): Promise<void>;
  /** Resident memory in MB. */
  pid(): number;
  remove(): Promise<void>;
}

export interface HomebridgeOptions {
  version?: HomebridgeVersion;
  platforms: readonly object[];
  /** Runs the first platform in a process of its own. */
  isChildBridge?: boolean;
  /** Folders of plugins beside those of this repository. */
  pluginPath?: string;
}

const modules = fileURLToPath(new URL('../../node_modules', import.meta.url));
const bins = { '2': 'homebridge/bin/homebridge.js', '1.11': 'homebridge-1/bin/homebridge' } as const;
const startTimeoutMs = 40_000;

/** A real Homebridge with the built plugins of this repository and a storage folder of its own. */
export async function createHomebridge(options: HomebridgeOptions): Promise<Homebridge> {
  const { version = '2', platforms, isChildBridge = false, pluginPath = modules } = options;
  const folder = await mkdtemp(join(tmpdir(), 'porchlight-homebridge-'));
  const bridge = { username: randomUsername(), port: await freePort(), pin: '031-45-154', name: 'Porchlight Test' };
  const childBridge = isChildBridge ? { username: randomUsername(), port: await freePort() } : undefined;
  const blocks = platforms.map((block, index) =>
    index === 0 && childBridge ? { ...block, _bridge: childBridge } : block,
  );
  await mkdir(folder, { recursive: true });
  const config = { bridge: { ...bridge, advertiser: 'bonjour-hap' }, platforms: blocks, accessories: [] };
  await writeFile(join(folder, 'config.json'), JSON.stringify(config));

  const lines: string[] = [];
  let child: ChildProcess | undefined;
  const end = async (signal: NodeJS.Signals): Promise<void> => {
    const current = child;
    child = undefined;
    if (!current?.pid || current.exitCode !== null) return;
    const ended = once(current, 'exit');
    // The group: a child bridge must not outlive a test.
    process.kill(signal === 'SIGKILL' ? -current.pid : current.pid, signal);
    const timer = setTimeout(() => process.kill(-Number(current.pid), 'SIGKILL'), 8_000);
    await ended;
    clearTimeout(timer);
  };

  return {
    ...bridge,
    folder,
    lines,
    childBridge,
    pid: () => child?.pid ?? 0,
    async start() {
      const from = lines.length;
      const args = [join(modules, bins[version]), '-U', folder, '-P', pluginPath, '-Q', '-C', '-T'];
      const started = spawn(process.execPath, args, { stdio: ['ignore', 'pipe', 'pipe'], detached: true });
      child = started;
      for (const stream of [started.stdout, started.stderr]) {
        createInterface(stream).on('line', (line) => lines.push(plain(line)));
      }
      const runs = childBridge ? /is running on port|Initializing/ : /is running on port/;
      await until(() => lines.slice(from).some((line) => runs.test(line)) || started.exitCode !== null, startTimeoutMs);
      if (started.exitCode !== null) throw new Error(`Homebridge ended:\n${lines.slice(from).join('\n')}`);
    },
    stop: () => end('SIGTERM'),
    kill: () => end('SIGKILL'),
    async remove() {
      await end('SIGKILL');
      await rm(folder, { recursive: true, force: true, maxRetries: 5 });
    },
  };
}

function randomUsername(): string {
  const byte = (): string => randomInt(256).toString(16).padStart(2, '0').toUpperCase();
  return ['0E', byte(), byte(), byte(), byte(), byte()].join(':');
}

function plain(line: string): string {
  // eslint-disable-next-line no-control-regex
  return line.replaceAll(/\u001B\[\d+m/g, '');
}
