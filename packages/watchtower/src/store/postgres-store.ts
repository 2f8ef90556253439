import { PorchlightError } from '@porchlight/core';
import type { Pool, PoolClient } from 'pg';
import {
  addMessageSql,
  addSignsSql,
  judgeSql,
  lockSql,
  nextMessageSql,
  nowSql,
  schema,
  schemaVersion,
} from './postgres-schema.ts';
import { toHome, toJudgedColumns, toMessage, toTower, type HomeRow, type MessageRow, type TowerRow } from './rows.ts';
import type { CheckParts, CheckResult, HeardSigns, NewHome, Store } from './store.ts';

export interface PostgresOptions {
  url: string;
  /** Deliveries that may run at the same time, each of which holds a connection. */
  deliveries: number;
}

/** A worker that stops in the middle of a transaction gives its locks back after this, milliseconds. */
const idleMs = 10_000;
/** The same while a message is on its way, which may take longer. */
const deliveryMs = 120_000;
/** Messages that could not be delivered for this long say nothing any more, milliseconds. */
const maxMessageAgeMs = 86_400_000;

/** The store of several workers. Rejects with `watchtower.database`; the server may come later than the first try. */
export async function openPostgresStore({ url, deliveries }: PostgresOptions): Promise<Store> {
  const { Pool: PgPool } = await import('pg').then((module) => module.default).catch(missing);
  const pool = new PgPool({
    connectionString: url,
    max: deliveries + 3,
    connectionTimeoutMillis: 5_000,
    statement_timeout: 10_000,
    query_timeout: 12_000,
    lock_timeout: 8_000,
    idle_in_transaction_session_timeout: idleMs,
    keepAlive: true,
    // Tells an operator, who looks at the database, which worker holds what.
    application_name: `porchlight-watchtower ${process.pid}`,
  });
  // A connection that breaks is made anew by whoever needs one; who was using it is told by the next statement.
  pool.on('error', () => undefined);
  pool.on('connect', (client) => client.on('error', () => undefined));
  try {
    await prepare(pool);
  } catch (cause) {
    await pool.end();
    throw new PorchlightError('watchtower.database', 'The PostgreSQL database cannot be used', { cause });
  }
  return createStore(pool);
}

function createStore(pool: Pool): Store {
  return {
    flushMs: 2_000,
    staleMs: 2_000,
    async homes() {
      return (await pool.query<HomeRow>('SELECT * FROM watchtower_home')).rows.map(toHome);
    },
    add: (home) => addHome(pool, home),
    async remove(id) {
      return (await pool.query('DELETE FROM watchtower_home WHERE id = $1', [id])).rowCount === 1;
    },
    async change(id, { name, graceMs, channels }) {
      const { rowCount } = await pool.query(
        `UPDATE watchtower_home SET name = coalesce($2, name), grace_ms = coalesce($3, grace_ms),
           channels = coalesce($4, channels) WHERE id = $1`,
        [id, name, graceMs, channels && JSON.stringify(channels)],
      );
      return rowCount === 1;
    },
    async setToken(id, hash) {
      return (await pool.query('UPDATE watchtower_home SET token_hash = $2 WHERE id = $1', [id, hash])).rowCount === 1;
    },
    addSigns: (signs, now) => atOnce(pool, (client) => addSigns(client, signs, now)),
    check: (parts) => atOnce(pool, (client) => check(client, parts)),
    deliverNext: (channel, deliver) =>
      atOnce(pool, async (client) => {
        const { rows } = await client.query<MessageRow>(nextMessageSql, [channel, await readNow(client)]);
        const [row] = rows;
        if (!row) return false;
        await client.query(`SET LOCAL idle_in_transaction_session_timeout = ${deliveryMs}`);
        const delivery = await deliver(toMessage(row));
        if (delivery.done) await client.query('DELETE FROM watchtower_message WHERE id = $1', [row.id]);
        else {
          const dueAt = (await readNow(client)) + delivery.retryInMs;
          const sql = 'UPDATE watchtower_message SET attempts = attempts + 1, due_at = $2 WHERE id = $1';
          await client.query(sql, [row.id, dueAt]);
        }
        return true;
      }),
    async countWaiting() {
      const { rows } = await pool.query<{ count: number }>('SELECT count(*)::integer AS count FROM watchtower_message');
      return rows[0]?.count ?? 0;
    },
    close: () => pool.end(),
  };
}

async function addHome(pool: Pool, { id, name, tokenHash, graceMs, channels }: NewHome): Promise<boolean> {
  const { rowCount } = await pool.query(
    `INSERT INTO watchtower_home (id, name, token_hash, grace_ms, channels) VALUES ($1, $2, $3, $4, $5)
     ON CONFLICT (id) DO NOTHING`,
    [id, name, tokenHash, graceMs, JSON.stringify(channels)],
  );
  return rowCount === 1;
}

async function addSigns(client: PoolClient, signs: readonly HeardSigns[], localNow: number): Promise<string[]> {
  await client.query(lockSql);
  const shift = (await readNow(client)) - localNow;
  const move = (at: number): number => (at === 0 ? 0 : at + shift);
  const { rows } = await client.query<{ id: string; down_since: number; is_new: boolean }>(addSignsSql, [
    signs.map(({ id }) => id),
    signs.map(({ heardAt }) => move(heardAt)),
    signs.map(({ normalAt }) => move(normalAt)),
    signs.map(({ announcedAt }) => move(announcedAt)),
    signs.map(({ rebootUntil }) => move(rebootUntil)),
    signs.map(({ sequence }) => sequence),
    signs.map(({ plainAt }) => move(plainAt)),
    signs.map(({ said }) => said ?? null),
  ]);
  return rows.filter(({ down_since: downSince, is_new: isNew }) => downSince > 0 && isNew).map(({ id }) => id);
}

async function check(client: PoolClient, { rules, decide, toMessages }: CheckParts): Promise<CheckResult> {
  await client.query(lockSql);
  const now = await readNow(client);
  const { rows: towers } = await client.query<TowerRow>('SELECT checked_at, isolated_since FROM watchtower');
  const tower = toTower(towers[0] ?? { checked_at: 0, isolated_since: 0 });
  const homes = (await client.query<HomeRow>('SELECT * FROM watchtower_home')).rows.map(toHome);
  const outcome = decide(tower, homes, { ...rules, now });
  const rows = outcome.changed.map(toJudgedColumns);
  const columns = Object.keys(rows[0] ?? {});
  if (rows.length > 0)
    await client.query(
      judgeSql,
      columns.map((column) => rows.map((row) => row[column])),
    );
  for (const { key, channel, severity, title, text } of toMessages(outcome)) {
    await client.query(addMessageSql, [key, channel, severity, title, text, now]);
  }
  const { checkedAt, isolatedSince } = outcome.tower;
  await client.query('UPDATE watchtower SET checked_at = $1, isolated_since = $2', [checkedAt, isolatedSince]);
  await client.query('DELETE FROM watchtower_message WHERE created_at < $1', [now - maxMessageAgeMs]);
  // Set back, the clock would hold them, and all behind them, for as long as it was wrong.
  if (now < tower.checkedAt) await client.query('UPDATE watchtower_message SET due_at = $1 WHERE due_at > $1', [now]);
  const changed = new Map(outcome.changed.map((home) => [home.id, home]));
  const current = homes.map((home) => (changed.has(home.id) ? { ...home, ...changed.get(home.id) } : home));
  return { now, outcome, homes: current, isIsolated: isolatedSince > 0, generation: now };
}

async function atOnce<T>(pool: Pool, work: (client: PoolClient) => Promise<T>): Promise<T> {
  const client = await pool.connect();
  try {
    await client.query('BEGIN');
    const result = await work(client);
    await client.query('COMMIT');
    client.release();
    return result;
  } catch (error) {
    // Closing the connection rolls back, whatever state it is in.
    client.release(true);
    throw error;
  }
}

async function readNow(client: PoolClient): Promise<number> {
  return (await client.query<{ now: number }>(nowSql)).rows[0]?.now ?? 0;
}

async function prepare(pool: Pool): Promise<void> {
  await atOnce(pool, async (client) => {
    // Two workers that start together must not both make the tables.
    await client.query(lockSql);
    await client.query(schema);
    const { rows } = await client.query<{ version: number }>('SELECT version FROM watchtower');
    const version = rows[0]?.version ?? schemaVersion;
    if (version > schemaVersion) throw new Error(`it was written by a newer version (${version})`);
  });
}

function missing(cause: unknown): never {
  throw new PorchlightError('watchtower.database', 'PostgreSQL needs the package "pg": npm install --global pg', {
    cause,
    retry: 'after-user',
  });
}
