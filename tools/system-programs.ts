import { spawnSync } from 'node:child_process';
import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { env, getuid } from 'node:process';

/** Programs that tests run, and the Debian package of each. */
export const debianPackages = {
  mosquitto: 'mosquitto',
  mosquitto_pub: 'mosquitto-clients',
  openssl: 'openssl',
  ffmpeg: 'ffmpeg',
  ping: 'iputils-ping',
  chromium: 'chromium',
} as const;

export type SystemProgram = keyof typeof debianPackages;

const folders = [...(env['PATH'] ?? '').split(':'), '/usr/sbin', '/usr/local/sbin'];

export function isSystemProgram(name: string): name is SystemProgram {
  return name in debianPackages;
}

export function findMissing(): SystemProgram[] {
  const names = Object.keys(debianPackages).filter(isSystemProgram);
  return names.filter((name) => !folders.some((folder) => existsSync(join(folder, name))));
}

/**
 * Installs the packages of these programs where that needs no password (root, or sudo without one, with apt).
 * Returns what is still missing.
 */
export function installPrograms(missing: readonly SystemProgram[], say: (line: string) => void): SystemProgram[] {
  const packages = missing.map((name) => debianPackages[name]);
  const prefix = aptPrefix();
  if (packages.length === 0 || !prefix) return [...missing];
  say(`Installing ${packages.join(', ')} with apt …`);
  // No service may start by itself: the tests start their own brokers.
  const apt = (...args: string[]): boolean =>
    run([...prefix, 'env', 'DEBIAN_FRONTEND=noninteractive', 'RUNLEVEL=1', 'apt-get', '-q', '-y', ...args]);
  if (!apt('update') || !apt('install', '--no-install-recommends', ...packages)) {
    say('apt could not install them.');
  }
  return findMissing();
}

function aptPrefix(): string[] | undefined {
  if (!existsSync('/usr/bin/apt-get')) return undefined;
  if (getuid?.() === 0) return [];
  return run(['sudo', '-n', 'true']) ? ['sudo', '-n'] : undefined;
}

function run([file = '', ...args]: string[]): boolean {
  return spawnSync(file, args, { stdio: 'ignore' }).status === 0;
}
