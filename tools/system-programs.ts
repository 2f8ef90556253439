import { spawnSync } from 'node:child_process';
import { existsSync, globSync } from 'node:fs';
import { join } from 'node:path';
import { env, getuid } from 'node:process';

interface Program {
  debianPackage: string;
  /** What the program may be called, where that is not its one name. */
  names?: readonly string[];
}

/** Programs that tests run. */
const programs = {
  mosquitto: { debianPackage: 'mosquitto' },
  mosquitto_pub: { debianPackage: 'mosquitto-clients' },
  openssl: { debianPackage: 'openssl' },
  ffmpeg: { debianPackage: 'ffmpeg' },
  ping: { debianPackage: 'iputils-ping' },
  chromium: { debianPackage: 'chromium', names: ['chromium', 'chromium-browser', 'google-chrome'] },
  postgres: { debianPackage: 'postgresql' },
} as const satisfies Record<string, Program>;

export type SystemProgram = keyof typeof programs;

const path = (env['PATH'] ?? '').split(':');

export function isSystemProgram(name: string): name is SystemProgram {
  return name in programs;
}

export function packagesOf(names: readonly SystemProgram[]): string[] {
  return names.map((name) => programs[name].debianPackage);
}

export function findMissing(): SystemProgram[] {
  // Debian keeps PostgreSQL's own programs off the path.
  const folders = [...path, '/usr/sbin', '/usr/local/sbin', ...globSync('/usr/lib/postgresql/*/bin')];
  const isThere = (name: string): boolean => folders.some((folder) => existsSync(join(folder, name)));
  return Object.entries<Program>(programs)
    .filter(([name, { names = [name] }]) => !names.some(isThere))
    .map(([name]) => name)
    .filter(isSystemProgram);
}

/**
 * Installs the packages of these programs where that needs no password (root, or sudo without one, with apt).
 * Returns what is still missing.
 */
export function installPrograms(missing: readonly SystemProgram[], say: (line: string) => void): SystemProgram[] {
  const packages = packagesOf(missing);
  const prefix = aptPrefix();
  if (packages.length === 0 || !prefix) return [...missing];
  say(`Installing ${packages.join(', ')} with apt …`);
  // No service may start by itself: the tests start their own brokers.
  const apt = (...args: string[]): boolean =>
    run([...prefix, 'env', 'DEBIAN_FRONTEND=noninteractive', 'RUNLEVEL=1', 'apt-get', '-q', '-y', ...args], 'inherit');
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

function run([file = '', ...args]: string[], output: 'ignore' | 'inherit' = 'ignore'): boolean {
  return spawnSync(file, args, { stdio: ['ignore', output, output] }).status === 0;
}
