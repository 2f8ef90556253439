import type { PlugConfigOf } from '@porchlight/config-schemas';
import { PorchlightError, type Document, type Storage } from '@porchlight/core';
import type * as HapController from 'hap-controller';
import type { HttpClient } from 'hap-controller';
import type { Reading } from '../../domain/reading.ts';
import { libraryMissing, notUnderstood, refused, unanswered, unreachable } from '../../errors.ts';
import type { PlugPort } from '../../ports.ts';
import { findIdentity, findOn } from './map.ts';
import { accessoriesSchema, pairingsSchema, valuesSchema, type Pairing } from './schema.ts';

type Config = PlugConfigOf<'homekit'>;
type Library = typeof HapController;

const timeoutMs = 6_000;
const findMs = 4_000;
/** Outlets and switches, as HAP numbers the categories. */
const plugCategories = new Set([7, 8]);

export interface Found {
  id: string;
  name: string;
  address: string;
  port: number;
  isFree: boolean;
  /** By the category that it announces. */
  isPlug: boolean;
}

/** Plugs that speak HomeKit themselves. HAP knows no timer, so nothing but this machine brings them back. */
export function openHomeKit(config: Config, storage: Storage): PlugPort {
  return new HomeKitPlug(config, storage);
}

class HomeKitPlug implements PlugPort {
  readonly grade = 'D';
  identity: PlugPort['identity'] = {};
  readonly #config: Config;
  readonly #pairings: Document<Record<string, Pairing>>;
  #client: HttpClient | undefined;
  #on: string | undefined;

  constructor(config: Config, storage: Storage) {
    this.#config = config;
    this.#pairings = openPairings(storage);
  }

  read(signal: AbortSignal): Promise<Reading> {
    return this.#talk(signal, async (client, on) => {
      const answer = valuesSchema.safeParse(await client.getCharacteristics([on]));
      if (!answer.success) throw notUnderstood(this.#config.name, answer.error.issues[0]);
      const value = answer.data.characteristics[0]?.value;
      return { on: value === true || value === 1 };
    });
  }

  async switch(wanted: boolean, signal: AbortSignal): Promise<void> {
    await this.#talk(signal, (client, on) => client.setCharacteristics({ [on]: wanted }));
  }

  async cut(_offSeconds: number, signal: AbortSignal): Promise<void> {
    await this.switch(false, signal);
  }

  async close(): Promise<void> {
    const client = this.#client;
    this.#client = undefined;
    await client?.close();
  }

  async #talk<T>(signal: AbortSignal, act: (client: HttpClient, on: string) => Promise<T>): Promise<T> {
    const { name } = this.#config;
    const deadline = AbortSignal.any([signal, AbortSignal.timeout(timeoutMs)]);
    const { promise: aborted, reject } = Promise.withResolvers<never>();
    aborted.catch(() => undefined);
    const onAbort = (): void => reject(unanswered(name, deadline.reason));
    deadline.addEventListener('abort', onAbort, { once: true });
    const attempt = async (): Promise<T> => {
      const client = await this.#connect(deadline);
      return act(client, await this.#learn(client));
    };
    try {
      return await Promise.race([attempt(), aborted]);
    } catch (error) {
      // Its address may have changed: the next attempt looks for it again.
      await this.close().catch(() => undefined);
      if (error instanceof PorchlightError) throw error;
      throw isRefusedConnection(error) ? unreachable(name, error) : unanswered(name, error);
    } finally {
      deadline.removeEventListener('abort', onAbort);
    }
  }

  async #connect(signal: AbortSignal): Promise<HttpClient> {
    if (this.#client) return this.#client;
    const { name, deviceId, host, port } = this.#config;
    const id = deviceId.toUpperCase();
    const pairing = (await this.#pairings.read())[id];
    if (!pairing) throw refused(name, 'it is not paired yet; run "porchlight plug pair"');
    const { HttpClient: Client } = await load(name);
    const place =
      host !== undefined && port !== undefined
        ? { address: host, port }
        : (await findPlugs(name, signal, (one) => one.id === id)).find((one) => one.id === id);
    if (!place) throw unreachable(name, new Error('it does not announce itself'));
    this.#client = new Client(id, host ?? place.address, place.port, pairing, { usePersistentConnections: true });
    return this.#client;
  }

  async #learn(client: HttpClient): Promise<string> {
    if (this.#on !== undefined) return this.#on;
    const { name } = this.#config;
    const answer = accessoriesSchema.safeParse(await client.getAccessories());
    if (!answer.success) throw notUnderstood(name, answer.error.issues[0]);
    this.identity = findIdentity(answer.data.accessories);
    this.#on = findOn(answer.data.accessories);
    if (this.#on === undefined) throw refused(name, 'it is no outlet and no switch');
    return this.#on;
  }
}

function openPairings(storage: Storage): Document<Record<string, Pairing>> {
  return storage.document('pairings', pairingsSchema, {});
}

/** Pairs with the setup code that is printed on the plug, and keeps the keys on disk. */
export async function pairPlug(config: Config, storage: Storage, code: string, signal: AbortSignal): Promise<void> {
  const { name, deviceId, host, port } = config;
  const id = deviceId.toUpperCase();
  const { HttpClient: Client } = await load(name);
  const place =
    host !== undefined && port !== undefined
      ? { address: host, port }
      : (await findPlugs(name, signal, (one) => one.id === id)).find((one) => one.id === id);
  if (!place) throw unreachable(name, new Error('it does not announce itself'));
  const client = new Client(id, place.address, place.port);
  try {
    await client.pairSetup(code);
  } catch {
    // The library's messages may hold the code.
    throw refused(name, 'the code is wrong, or it is paired with Apple Home already; remove it there first');
  }
  const pairing = pairingsSchema.valueType.safeParse(client.getLongTermData());
  await client.close();
  if (!pairing.success) throw notUnderstood(name);
  const pairings = openPairings(storage);
  await pairings.write({ ...(await pairings.read()), [id]: pairing.data });
}

/** HomeKit accessories that announce themselves; ends early when the one that is looked for has come. */
export async function findPlugs(
  name: string,
  signal: AbortSignal,
  isWanted: (found: Found) => boolean = () => false,
): Promise<Found[]> {
  const { IPDiscovery } = await load(name);
  const discovery = new IPDiscovery();
  const found = new Map<string, Found>();
  await new Promise<void>((resolve) => {
    const timer = setTimeout(resolve, findMs);
    const end = (): void => {
      clearTimeout(timer);
      resolve();
    };
    signal.addEventListener('abort', end, { once: true });
    discovery.on('serviceUp', ({ id, name: title, address, port, sf, ci }) => {
      const isFree = (Number(sf) & 1) === 1;
      const one = { id: id.toUpperCase(), name: title, address, port, isFree, isPlug: plugCategories.has(Number(ci)) };
      found.set(one.id, one);
      if (isWanted(one)) end();
    });
    discovery.start();
  });
  discovery.stop();
  return [...found.values()];
}

function load(name: string): Promise<Library> {
  return import('hap-controller').catch((cause: unknown) => {
    throw libraryMissing(name, 'hap-controller', cause);
  });
}

function isRefusedConnection(error: unknown): boolean {
  const code = (error as { code?: unknown } | undefined)?.code;
  return ['ECONNREFUSED', 'EHOSTUNREACH', 'ENETUNREACH', 'ENOTFOUND'].includes(String(code));
}
