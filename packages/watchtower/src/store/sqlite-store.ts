import { PorchlightError, type Clock } from '@porchlight/core';
import { chmodSync, mkdirSync } from 'node:fs';
import { dirname } from 'node:path';
import { DatabaseSync, type StatementSync } from 'node:sqlite';
import { HomeCache, usualRowsPerRound, type Kept } from './home-cache.ts';
import { toJudgedColumns, toMessage, toTower, type MessageRow, type TowerRow } from './rows.ts';
import { addMessageSql, addSignsSql, judgeSql, schema, schemaVersion } from './sqlite-schema.ts';
import type {
  CheckParts,
  CheckResult,
  Delivery,
  HeardSigns,
  HomeChange,
  NewHome,
  Store,
  StoredHome,
  WaitingMessage,
} from './store.ts';

/** Messages that could not be delivered for this long say nothing any more, milliseconds. */
const maxMessageAgeMs = 86_400_000;

/**
 * The store of one process: a file, readable by its owner only (0600). The command line may change homes while the server
 * runs. Throws `watchtower.database` when the file cannot be used.
 */
export function openSqliteStore(file: string, clock: Clock, rowsPerRound = usualRowsPerRound): Store {
  return new SqliteStore(openDatabase(file), clock, rowsPerRound);
}

class SqliteStore implements Store {
  readonly flushMs = 15_000;
  readonly #database: DatabaseSync;
  readonly #clock: Clock;
  readonly #cache: HomeCache;
  readonly #addSigns: StatementSync;
  readonly #judge: StatementSync;
  readonly #addMessage: StatementSync;
  #isFirstCheck = true;

  constructor(database: DatabaseSync, clock: Clock, rowsPerRound: number) {
    this.#database = database;
    this.#clock = clock;
    this.#cache = new HomeCache(database, rowsPerRound);
    this.#addSigns = database.prepare(addSignsSql);
    this.#judge = database.prepare(judgeSql);
    this.#addMessage = database.prepare(addMessageSql);
  }

  get staleMs(): number {
    return (this.#cache.rounds + 1) * this.flushMs;
  }

  async homes(): Promise<StoredHome[]> {
    return this.#cache.homes().map((home) => ({ ...home }));
  }

  async add({ id, name, tokenHash, graceMs, channels }: NewHome): Promise<boolean> {
    return this.#change(
      `INSERT INTO home (id, name, token_hash, grace_ms, channels) VALUES (?, ?, ?, ?, ?) ON CONFLICT (id) DO NOTHING`,
      [id, name, tokenHash, graceMs, JSON.stringify(channels)],
    );
  }

  async remove(id: string): Promise<boolean> {
    return this.#change('DELETE FROM home WHERE id = ?', [id]);
  }

  async change(id: string, { name, graceMs, channels }: HomeChange): Promise<boolean> {
    return this.#change(
      'UPDATE home SET name = coalesce(?, name), grace_ms = coalesce(?, grace_ms), channels = coalesce(?, channels) WHERE id = ?',
      [name ?? null, graceMs ?? null, channels ? JSON.stringify(channels) : null, id],
    );
  }

  async setToken(id: string, tokenHash: string): Promise<boolean> {
    return this.#change('UPDATE home SET token_hash = ? WHERE id = ?', [tokenHash, id]);
  }

  async addSigns(signs: readonly HeardSigns[]): Promise<string[]> {
    return this.#atOnce(() => {
      const { write, down } = this.#cache.addSigns(signs);
      for (const home of write) this.#write(home);
      return down;
    });
  }

  async check({ rules, decide, toMessages }: CheckParts): Promise<CheckResult> {
    return this.#atOnce(() => {
      const now = Math.floor(this.#clock.now());
      const tower = toTower(this.#database.prepare('SELECT * FROM tower').get() as unknown as TowerRow);
      // What was not written before a crash must not count as silence.
      const before = this.#isFirstCheck ? { ...tower, checkedAt: 0 } : tower;
      const homes = this.#cache.homes();
      const outcome = decide(before, homes, { ...rules, now });
      for (const home of outcome.changed) {
        this.#judge.run({ ...toJudgedColumns(home), sequence: home.sequence, said: home.said });
      }
      for (const message of toMessages(outcome)) this.#addMessage.run({ ...message, now });
      const { checkedAt, isolatedSince } = outcome.tower;
      this.#database.prepare('UPDATE tower SET checked_at = ?, isolated_since = ?').run(checkedAt, isolatedSince);
      this.#database.prepare('DELETE FROM message WHERE created_at < ?').run(now - maxMessageAgeMs);
      // Set back, the clock would hold them, and all behind them, for as long as it was wrong.
      if (now < tower.checkedAt) this.#database.prepare('UPDATE message SET due_at = ? WHERE due_at > ?').run(now, now);
      this.#isFirstCheck = false;
      this.#cache.judge(outcome.changed);
      return { now, outcome, homes, isIsolated: isolatedSince > 0, generation: this.#cache.generation };
    });
  }

  async deliverNext(channel: string, deliver: (message: WaitingMessage) => Promise<Delivery>): Promise<boolean> {
    const row = this.#database
      .prepare('SELECT * FROM message WHERE channel = ? ORDER BY id LIMIT 1')
      .get(channel) as unknown as (MessageRow & { due_at: number }) | undefined;
    if (!row || row.due_at > this.#clock.now()) return false;
    const delivery = await deliver(toMessage(row));
    if (delivery.done) this.#database.prepare('DELETE FROM message WHERE id = ?').run(row.id);
    else {
      const dueAt = Math.round(this.#clock.now() + delivery.retryInMs);
      this.#database.prepare('UPDATE message SET attempts = attempts + 1, due_at = ? WHERE id = ?').run(dueAt, row.id);
    }
    return true;
  }

  async countWaiting(): Promise<number> {
    const row = this.#database.prepare('SELECT count(*) AS count FROM message').get() as { count: number };
    return row.count;
  }

  async close(): Promise<void> {
    if (!this.#database.isOpen) return;
    this.#atOnce(() => {
      for (const home of this.#cache.unwritten()) this.#write(home);
    });
    this.#database.close();
  }

  #write(home: Kept): void {
    const { id, heardAt, normalAt, announcedAt, rebootUntil, sequence, said } = home;
    this.#addSigns.run(heardAt, normalAt, announcedAt, rebootUntil, sequence, said, id);
    home.isDirty = false;
  }

  #change(sql: string, values: readonly (string | number | null)[]): boolean {
    this.#cache.forget();
    return this.#database.prepare(sql).run(...values).changes > 0;
  }

  #atOnce<T>(work: () => T): T {
    this.#database.exec('BEGIN IMMEDIATE');
    try {
      const result = work();
      this.#database.exec('COMMIT');
      return result;
    } catch (error) {
      this.#cache.forget();
      // A full disk may have rolled back by itself.
      if (this.#database.isTransaction) this.#database.exec('ROLLBACK');
      throw error;
    }
  }
}

function openDatabase(file: string): DatabaseSync {
  try {
    if (file !== ':memory:') mkdirSync(dirname(file), { recursive: true, mode: 0o700 });
    const database = new DatabaseSync(file);
    if (file !== ':memory:') chmodSync(file, 0o600);
    database.exec('PRAGMA journal_mode = WAL; PRAGMA synchronous = NORMAL; PRAGMA busy_timeout = 5000;');
    const { user_version: version } = database.prepare('PRAGMA user_version').get() as { user_version: number };
    if (version > schemaVersion) throw new Error(`it was written by a newer version (${version})`);
    if (version === 0) database.exec(`BEGIN IMMEDIATE; ${schema} COMMIT;`);
    return database;
  } catch (cause) {
    throw new PorchlightError('watchtower.database', `The database ${file} cannot be used`, {
      cause,
      retry: 'after-user',
    });
  }
}
