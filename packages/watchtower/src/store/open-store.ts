import type { Clock } from '@porchlight/core';
import type { WatchtowerConfig } from '../config.ts';
import { openPostgresStore } from './postgres-store.ts';
import { openSqliteStore } from './sqlite-store.ts';
import type { Store } from './store.ts';

/** The store that the configuration names. Rejects with `watchtower.database`. */
export async function openStore({ database, channels }: WatchtowerConfig, clock: Clock): Promise<Store> {
  return database.kind === 'sqlite'
    ? openSqliteStore(database.file, clock)
    : openPostgresStore({ url: database.url, deliveries: channels.length });
}
