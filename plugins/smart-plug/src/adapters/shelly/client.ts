import type { PlugConfigOf } from '@porchlight/config-schemas';
import type * as z from 'zod';
import type { Reading } from '../../domain/reading.ts';
import { notUnderstood, refused } from '../../errors.ts';
import type { PlugPort } from '../../ports.ts';
import { openWeb, parseJson, type Web } from '../web/client.ts';
import { fromStatus, fromSwitchStatus, toIdentity } from './map.ts';
import { identitySchema, relaySchema, statusSchema, switchSetSchema, switchStatusSchema } from './schema.ts';

/** Shelly plugs of every generation; which one it is, the plug tells. */
export function openShelly(config: PlugConfigOf<'shelly'>): PlugPort {
  return new Shelly(config);
}

class Shelly implements PlugPort {
  readonly grade = 'A';
  identity: PlugPort['identity'] = { manufacturer: 'Shelly' };
  readonly #config: PlugConfigOf<'shelly'>;
  readonly #web: Web;
  #generation: number | undefined;

  constructor(config: PlugConfigOf<'shelly'>) {
    const { name, host, port, username, password } = config;
    this.#config = config;
    this.#web = openWeb({
      name,
      base: `http://${host}:${port}`,
      ...(password !== undefined && { login: { username, password } }),
    });
  }

  async read(signal: AbortSignal): Promise<Reading> {
    const { channel, name } = this.#config;
    if ((await this.#ask(signal)) > 1) {
      return fromSwitchStatus(await this.#get(`/rpc/Switch.GetStatus?id=${channel}`, switchStatusSchema, signal));
    }
    const reading = fromStatus(await this.#get('/status', statusSchema, signal), channel);
    if (!reading) throw refused(name, `it has no channel ${channel}`);
    return reading;
  }

  async switch(on: boolean, signal: AbortSignal): Promise<void> {
    const { channel } = this.#config;
    if ((await this.#ask(signal)) > 1) {
      await this.#get(`/rpc/Switch.Set?id=${channel}&on=${on}`, switchSetSchema, signal);
    } else {
      await this.#get(`/relay/${channel}?turn=${on ? 'on' : 'off'}`, relaySchema, signal);
    }
  }

  async cut(offSeconds: number, signal: AbortSignal): Promise<void> {
    const { channel } = this.#config;
    if ((await this.#ask(signal)) > 1) {
      const path = `/rpc/Switch.Set?id=${channel}&on=false&toggle_after=${offSeconds}`;
      await this.#get(path, switchSetSchema, signal);
    } else {
      // Whole seconds only.
      await this.#get(`/relay/${channel}?turn=off&timer=${Math.ceil(offSeconds)}`, relaySchema, signal);
    }
  }

  async close(): Promise<void> {
    // Every request has a connection of its own.
  }

  /** Its generation; asked once, without a login. */
  async #ask(signal: AbortSignal): Promise<number> {
    if (this.#generation !== undefined) return this.#generation;
    const identity = await this.#get('/shelly', identitySchema, signal);
    this.identity = toIdentity(identity);
    this.#generation = identity.gen ?? 1;
    return this.#generation;
  }

  async #get<T>(path: string, schema: z.ZodType<T, unknown>, signal: AbortSignal): Promise<T> {
    const { name } = this.#config;
    const answer = await this.#web.send({ path }, signal);
    const result = schema.safeParse(parseJson(name, answer));
    if (!result.success) throw notUnderstood(name, result.error.issues[0]);
    return result.data;
  }
}
