import type { DatabaseSync } from 'node:sqlite';
import type { Home } from '../domain/home.ts';
import { toHome, type HomeRow } from './rows.ts';
import type { HeardSigns, StoredHome } from './store.ts';

export type Kept = { -readonly [Key in keyof StoredHome]: StoredHome[Key] } & {
  /** Heard since it was last written. */
  isDirty: boolean;
  /** Decides the round in which it is written. */
  slot: number;
};

/** All homes of most watchtowers. */
export const usualRowsPerRound = 1_000;

/**
 * The homes as they are, which is as they stand in the file but for the latest beats. Read anew only when another process
 * (the command line) has written, and changed in place: to read tens of thousands of rows every 15 s would cost more than
 * everything else together.
 */
export class HomeCache {
  /** Grows when the homes were read anew. */
  generation = 0;
  readonly #database: DatabaseSync;
  readonly #rowsPerRound: number;
  #list: Kept[] = [];
  #byId = new Map<string, Kept>();
  /** SQLite's count of what others have written; undefined: read anew in any case. */
  #version: number | undefined;
  #round = 0;

  constructor(database: DatabaseSync, rowsPerRound: number) {
    this.#database = database;
    this.#rowsPerRound = rowsPerRound;
  }

  /** A home that only goes on beating is written in one of so many rounds, beside its neighbours in the file. */
  get rounds(): number {
    return Math.max(1, Math.ceil(this.#list.length / this.#rowsPerRound));
  }

  /** Good until the next change. */
  homes(): readonly StoredHome[] {
    const { data_version: version } = this.#database.prepare('PRAGMA data_version').get() as { data_version: number };
    if (version !== this.#version) {
      const unwritten = new Map(this.#list.filter(({ isDirty }) => isDirty).map((home) => [home.id, home]));
      this.#list = readHomes(this.#database).map((home, slot) => ({
        ...home,
        ...latestOf(unwritten.get(home.id)),
        isDirty: unwritten.has(home.id),
        slot,
      }));
      this.#byId = new Map(this.#list.map((home) => [home.id, home]));
      this.#version = version;
      this.generation += 1;
    }
    return this.#list;
  }

  forget(): void {
    this.#version = undefined;
  }

  /** Adds what was heard, and gives the homes that are to be written now and those that were down. */
  addSigns(signs: readonly HeardSigns[]): { write: Kept[]; down: string[] } {
    this.homes();
    const { rounds } = this;
    this.#round = (this.#round + 1) % rounds;
    const write: Kept[] = [];
    const down: string[] = [];
    for (const one of signs) {
      const home = this.#byId.get(one.id);
      if (!home) continue;
      const isNews = add(home, one);
      if (home.downSince > 0) down.push(home.id);
      if (isNews || Math.floor((home.slot * rounds) / this.#list.length) === this.#round) write.push(home);
      home.isDirty = true;
    }
    return { write, down };
  }

  /** Homes whose latest beats are not in the file. */
  unwritten(): Kept[] {
    return this.#list.filter(({ isDirty }) => isDirty);
  }

  judge(changed: readonly Home[]): void {
    for (const home of changed) Object.assign(this.#byId.get(home.id) ?? {}, home);
  }
}

/** Whether there is more to it than one more beat. */
function add(home: Kept, { heardAt, normalAt, announcedAt, rebootUntil, sequence, said }: HeardSigns): boolean {
  const isNews =
    home.heardAt === 0 ||
    home.downSince > 0 ||
    announcedAt > home.announcedAt ||
    (said !== undefined && said !== home.said) ||
    normalAt < heardAt;
  if (announcedAt > home.announcedAt) {
    home.announcedAt = announcedAt;
    home.rebootUntil = rebootUntil;
  }
  home.heardAt = Math.max(home.heardAt, heardAt);
  home.normalAt = Math.max(home.normalAt, normalAt);
  home.sequence = Math.max(home.sequence, sequence);
  home.said = said ?? home.said;
  return isNews;
}

/** Another process changed settings, but the latest beats are known here only. */
function latestOf(known: Kept | undefined): Partial<Kept> {
  if (!known) return {};
  const { heardAt, normalAt, announcedAt, rebootUntil, sequence, said } = known;
  return { heardAt, normalAt, announcedAt, rebootUntil, sequence, said };
}

/** All homes, from the file. */
function readHomes(database: DatabaseSync): StoredHome[] {
  return (database.prepare('SELECT * FROM home').all() as unknown as HomeRow[]).map(toHome);
}
