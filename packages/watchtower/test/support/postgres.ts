import { freePort, until } from '@porchlight/core/testing';
import { execFileSync, spawn, spawnSync, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { chownSync, existsSync, globSync } from 'node:fs';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import pg from 'pg';

export interface Postgres {
  /** The address of the database `postgres`. */
  url: string;
  /** Runs statements, and gives the last one's rows. */
  query<Row extends pg.QueryResultRow>(sql: string): Promise<Row[]>;
  /** As a power cut: all connections break. */
  kill(): Promise<void>;
  start(): Promise<void>;
  stop(): Promise<void>;
}

/** A real PostgreSQL on a free loopback port, in a temporary folder. */
export async function startPostgres(): Promise<Postgres> {
  const programs = findPrograms();
  // It refuses to run as root.
  const user = process.getuid?.() === 0 ? { uid: idOf('-u'), gid: idOf('-g') } : {};
  const folder = await mkdtemp(join(tmpdir(), 'porchlight-postgres-'));
  if (user.uid !== undefined) chownSync(folder, user.uid, user.gid);
  const made = spawnSync(join(programs, 'initdb'), ['-D', folder, '-U', 'postgres', '-A', 'trust', '--no-sync'], {
    ...user,
    cwd: folder,
  });
  if (made.status !== 0) throw new Error(String(made.stderr));
  const port = await freePort();
  const url = `postgres://postgres@127.0.0.1:${port}/postgres`;
  let child: ChildProcess | undefined;
  const query: Postgres['query'] = async (sql) => {
    const client = new pg.Client({ connectionString: url });
    client.on('error', () => undefined);
    await client.connect();
    try {
      return (await client.query(sql)).rows;
    } finally {
      await client.end();
    }
  };
  const start = async (): Promise<void> => {
    const settings = ['fsync=off', 'listen_addresses=127.0.0.1', `port=${port}`, 'unix_socket_directories='];
    child = spawn(join(programs, 'postgres'), ['-D', folder, ...settings.flatMap((one) => ['-c', one])], {
      ...user,
      cwd: folder,
      stdio: 'ignore',
    });
    await until(() =>
      query('SELECT 1').then(
        () => true,
        () => false,
      ),
    );
  };
  const kill = async (): Promise<void> => {
    const current = child;
    child = undefined;
    if (!current || current.exitCode !== null) return;
    const gone = once(current, 'exit');
    // Its "immediate shutdown".
    current.kill('SIGQUIT');
    await gone;
  };
  await start();
  return {
    url,
    query,
    kill,
    start,
    async stop() {
      await kill();
      await rm(folder, { recursive: true, force: true });
    },
  };
}

/** Debian keeps them off the path. */
function findPrograms(): string {
  const debian = globSync('/usr/lib/postgresql/*/bin').toSorted().toReversed();
  const folders = [...debian, ...(process.env.PATH ?? '').split(':')];
  const folder = folders.find((one) => existsSync(join(one, 'initdb')));
  if (folder === undefined) throw new Error('There is no PostgreSQL on this machine.');
  return folder;
}

function idOf(flag: string): number {
  return Number(execFileSync('id', [flag, 'postgres']).toString());
}
