import { formatDuration, idSchema, PorchlightError } from '@porchlight/core';
import { channelName, graceSchema, type WatchtowerConfig } from '../config.ts';
import { statusOf } from '../domain/home.ts';
import type { HomeChange, Store } from '../store/store.ts';
import { createToken, hashToken } from '../token.ts';

interface HomesParts {
  store: Store;
  config: WatchtowerConfig;
  print: (line: string) => void;
}

export interface HomeOptions {
  name?: string;
  /** Seconds, as given. */
  grace?: string;
  channel?: string[];
}

/** `homes add`: shows the token of the new home, once. Rejects with `homes.*` and the remedy. */
export async function addHome({ store, config, print }: HomesParts, id: string, options: HomeOptions): Promise<void> {
  if (!idSchema.safeParse(id).success) {
    throw refuse('id', `"${id}" cannot be an id: use lower-case letters, digits and dashes, not at either end.`);
  }
  const { name = id, graceMs = config.graceSeconds * 1000, channels = [] } = readOptions(config, options);
  const token = createToken();
  if (!(await store.add({ id, name, tokenHash: hashToken(token), graceMs, channels }))) {
    throw refuse('exists', `There is a home "${id}" already.`);
  }
  print(`Added ${id}. Its token, shown this once:`);
  print(token);
}

/** `homes change`: what is not named stays. The server knows within 15 s. */
export async function changeHome(
  { store, config, print }: HomesParts,
  id: string,
  options: HomeOptions,
): Promise<void> {
  if (!(await store.change(id, readOptions(config, options)))) throw unknownHome(id);
  print(`Changed ${id}.`);
}

function readOptions(config: WatchtowerConfig, { name, grace, channel: channels }: HomeOptions): HomeChange {
  const seconds = graceSchema.safeParse(Number(grace ?? config.graceSeconds));
  if (!seconds.success) throw refuse('grace', 'The grace must be a whole number of seconds from 45 to 86400.');
  const known = config.channels.map(channelName);
  const unknown = channels?.find((one) => !known.includes(one));
  if (unknown !== undefined) {
    const names = known.join(', ') || 'none';
    throw refuse('channel', `There is no channel "${unknown}" in the configuration; known: ${names}.`);
  }
  return {
    ...(name !== undefined && { name }),
    ...(grace !== undefined && { graceMs: seconds.data * 1000 }),
    ...(channels && { channels }),
  };
}

/** `homes list`: each home with its state, as far as the server has written it. */
export async function listHomes({ store, print }: HomesParts, now: number, isJson: boolean): Promise<void> {
  const homes = (await store.homes()).toSorted((a, b) => (a.id < b.id ? -1 : 1));
  for (const home of homes) {
    const { id, name, graceMs, channels, heardAt, said } = home;
    const status = statusOf(home, now - store.staleMs);
    if (isJson) print(JSON.stringify({ id, name, status, graceSeconds: graceMs / 1000, channels, heardAt, said }));
    else {
      const heard = heardAt === 0 ? 'never heard' : `heard ${formatDuration(Math.max(0, now - heardAt))} ago`;
      print([id.padEnd(20), status.padEnd(10), heard.padEnd(20), name, said].join('  ').trimEnd());
    }
  }
  if (homes.length === 0 && !isJson) print('No homes yet. Add one: porchlight-watchtower homes add <id>');
}

/** `homes remove`: its connection is closed within 15 s. */
export async function removeHome({ store, print }: HomesParts, id: string): Promise<void> {
  if (!(await store.remove(id))) throw unknownHome(id);
  print(`Removed ${id}.`);
}

/** `homes rotate-token`: the old token is refused within 15 s. */
export async function rotateToken({ store, print }: HomesParts, id: string): Promise<void> {
  const token = createToken();
  if (!(await store.setToken(id, hashToken(token)))) throw unknownHome(id);
  print(`The new token of ${id}, shown this once; the old one is refused from now on:`);
  print(token);
}

function unknownHome(id: string): PorchlightError {
  return refuse('unknown', `There is no home "${id}".`);
}

function refuse(what: string, message: string): PorchlightError {
  return new PorchlightError(`homes.${what}`, message, { retry: 'after-user' });
}
