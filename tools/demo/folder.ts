import { createFileStorage, writeFileAtomic } from '@porchlight/core/node';
import { randomInt } from 'node:crypto';
import { mkdir, readFile } from 'node:fs/promises';
import { createServer } from 'node:net';
import { once } from 'node:events';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import * as z from 'zod';

const homeSchema = z.object({
  /** HomeKit's identity of the bridge; a pairing is for life. */
  username: z.string().regex(/^([0-9A-F]{2}:){5}[0-9A-F]{2}$/),
  pin: z.string().regex(/^\d{3}-\d{2}-\d{3}$/),
  homekitPort: z.int(),
  brokerPort: z.int(),
});
export type Home = z.output<typeof homeSchema>;

/** Everything the demo home writes is in here; delete it to begin anew. */
export const demoFolder = fileURLToPath(new URL('../../.demo', import.meta.url));
export const homebridgeFolder = join(demoFolder, 'homebridge');
/** Storage of all services, in Homebridge or not, so that they find each other's built-in broker. */
export const servicesFolder = join(homebridgeFolder, 'porchlight');

/** The home of the last time, or a new one, with ports that are free now. */
export async function openHome(say: (line: string) => void): Promise<Home> {
  await mkdir(servicesFolder, { recursive: true });
  const log = { error: say, warn: say, info: say, debug: say };
  const document = createFileStorage(demoFolder, log).document('home', homeSchema, newHome());
  const home = await document.read();
  const current = {
    ...home,
    homekitPort: await choosePort(home.homekitPort, 'HomeKit', say),
    brokerPort: await choosePort(home.brokerPort, 'MQTT', say),
  };
  await document.write(current);
  return current;
}

export async function writeHomebridgeConfig(home: Home, platforms: readonly object[]): Promise<void> {
  const config = {
    bridge: {
      name: 'Porchlight Demo',
      username: home.username,
      pin: home.pin,
      port: home.homekitPort,
      advertiser: 'bonjour-hap',
    },
    platforms,
  };
  await writeFileAtomic(join(homebridgeFolder, 'config.json'), `${JSON.stringify(config, null, 2)}\n`);
}

/** The process that has this demo home open now, if any. */
export async function findRunning(): Promise<number | undefined> {
  const text = await readFile(join(demoFolder, 'pid'), 'utf8').catch(() => '');
  const pid = Number.parseInt(text, 10);
  if (!Number.isInteger(pid) || pid === process.pid) return undefined;
  try {
    process.kill(pid, 0);
    const commandLine = await readFile(`/proc/${pid}/cmdline`, 'utf8').catch(() => 'demo/main.ts');
    return commandLine.includes('demo/main.ts') ? pid : undefined;
  } catch {
    return undefined;
  }
}

export async function markRunning(): Promise<void> {
  await mkdir(demoFolder, { recursive: true });
  await writeFileAtomic(join(demoFolder, 'pid'), `${process.pid}\n`);
}

function newHome(): Home {
  const byte = (): string => randomInt(256).toString(16).padStart(2, '0').toUpperCase();
  const digits = (count: number): string => Array.from({ length: count }, () => randomInt(10)).join('');
  return {
    username: ['0E', byte(), byte(), byte(), byte(), byte()].join(':'),
    pin: `${digits(3)}-${digits(2)}-${digits(3)}`,
    homekitPort: 51_826,
    brokerPort: 18_830,
  };
}

async function choosePort(preferred: number, what: string, say: (line: string) => void): Promise<number> {
  if (await isFree(preferred)) return preferred;
  const chosen = await freePort();
  say(`Port ${preferred} is taken; ${what} uses ${chosen} instead.`);
  return chosen;
}

async function isFree(port: number): Promise<boolean> {
  const server = createServer();
  return new Promise((resolve) => {
    server.once('error', () => resolve(false));
    server.listen(port, () => server.close(() => resolve(true)));
  });
}

async function freePort(): Promise<number> {
  const server = createServer().listen(0);
  await once(server, 'listening');
  const address = server.address();
  server.close();
  await once(server, 'close');
  if (address === null || typeof address === 'string') throw new Error('There is no free port.');
  return address.port;
}
