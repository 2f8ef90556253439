import type { PlugConfigOf } from '@porchlight/config-schemas';
import { errorCode } from '@porchlight/core';
import type * as z from 'zod';
import type { Reading } from '../../domain/reading.ts';
import { loginRefused, notUnderstood, refused, unanswered } from '../../errors.ts';
import type { PlugPort } from '../../ports.ts';
import { openWeb, parseJson, type Web } from '../web/client.ts';
import { Kasa } from '../kasa/client.ts';
import {
  authHash,
  KlapCipher,
  newSeed,
  proveHandshake,
  readHandshake,
  setupAccounts,
  type KlapVersion,
} from './klap.ts';
import { answerSchema, batchSchema, energySchema, infoSchema } from './schema.ts';

interface Session {
  cipher: KlapCipher;
  cookie: string;
  version: KlapVersion;
}

/** TP-Link Tapo plugs, and Kasa plugs with the newer protocol (KLAP). */
export function openTapo(config: PlugConfigOf<'tapo'>): PlugPort {
  return new Tapo(config);
}

class Tapo implements PlugPort {
  // The order of a batch, and whether a relay change ends the countdown, are proven by the test only.
  readonly grade = 'B';
  identity: PlugPort['identity'] = { manufacturer: 'TP-Link' };
  readonly #config: PlugConfigOf<'tapo'>;
  readonly #web: Web;
  /** A plug that speaks Kasa's language over this transport. */
  readonly #kasa: Kasa;
  #version: KlapVersion | undefined;
  #session: Session | undefined;
  #hasMeter = true;

  constructor(config: PlugConfigOf<'tapo'>) {
    this.#config = config;
    this.#web = openWeb({ name: config.name, base: `http://${config.host}:${config.port}` });
    this.#kasa = new Kasa({ name: config.name }, (text, signal) => this.#send(text, signal));
  }

  async read(signal: AbortSignal): Promise<Reading> {
    if (await this.#isKasa(signal)) {
      const reading = await this.#kasa.read(signal);
      this.identity = this.#kasa.identity;
      return reading;
    }
    const info = await this.#call('get_device_info', {}, infoSchema, signal);
    const { model, fw_ver: firmware, mac } = info;
    this.identity = {
      manufacturer: 'TP-Link',
      ...(model !== undefined && { model }),
      ...(firmware !== undefined && { firmware }),
      ...(mac !== undefined && { serial: mac }),
    };
    return { on: info.device_on, ...(this.#hasMeter && (await this.#measure(signal))) };
  }

  async switch(on: boolean, signal: AbortSignal): Promise<void> {
    if (await this.#isKasa(signal)) return this.#kasa.switch(on, signal);
    await this.#batch(
      [
        ['remove_countdown_rules', { remove_all: true }],
        ['set_device_info', { device_on: on }],
      ],
      signal,
    );
  }

  async cut(offSeconds: number, signal: AbortSignal): Promise<void> {
    if (await this.#isKasa(signal)) return this.#kasa.cut(offSeconds, signal);
    const rule = { delay: Math.ceil(offSeconds), desired_states: { on: true }, enable: true };
    await this.#batch(
      [
        ['remove_countdown_rules', { remove_all: true }],
        ['set_device_info', { device_on: false }],
        ['add_countdown_rule', rule],
      ],
      signal,
    );
  }

  async close(): Promise<void> {
    this.#session = undefined;
  }

  async #measure(signal: AbortSignal): Promise<Partial<Reading>> {
    try {
      const energy = await this.#call('get_energy_usage', {}, energySchema, signal);
      return { watts: energy.current_power / 1000 };
    } catch (error) {
      // Silence says nothing about a meter.
      this.#hasMeter = errorCode(error) !== 'plug.refused';
      return {};
    }
  }

  async #isKasa(signal: AbortSignal): Promise<boolean> {
    if (this.#version === undefined) {
      this.#session = await this.#shakeHands(signal);
      this.#version = this.#session.version;
    }
    return this.#version === 1;
  }

  /** Several calls in one message; what must not fail is whether the relay has moved. */
  async #batch(calls: readonly [method: string, params: object][], signal: AbortSignal): Promise<void> {
    const { name } = this.#config;
    const requests = calls.map(([method, params]) => ({ method, params }));
    const { responses } = await this.#call('multipleRequest', { requests }, batchSchema, signal);
    for (const { method, error_code: code } of responses) {
      if (code === 0 || method === 'remove_countdown_rules') continue;
      if (method === 'set_device_info') throw refused(name, `error ${code}`);
      throw unanswered(name, new Error(`it did not set its timer: error ${code}`));
    }
  }

  async #call<T>(method: string, params: object, schema: z.ZodType<T, unknown>, signal: AbortSignal): Promise<T> {
    const { name } = this.#config;
    const text = await this.#send(JSON.stringify({ method, params }), signal);
    const answer = answerSchema.safeParse(parseJson(name, { status: 200, headers: {}, body: Buffer.from(text) }));
    if (!answer.success) throw notUnderstood(name, answer.error.issues[0]);
    if (answer.data.error_code !== 0) {
      // It may be the session that it does not like any more.
      this.#session = undefined;
      throw refused(name, `error ${answer.data.error_code}`);
    }
    const result = schema.safeParse(answer.data.result);
    if (!result.success) throw notUnderstood(name, result.error.issues[0]);
    return result.data;
  }

  /** A lost session (403) has done nothing; it is opened anew, once. */
  async #send(text: string, signal: AbortSignal, isAgain = false): Promise<string> {
    const { name } = this.#config;
    this.#session ??= await this.#shakeHands(signal);
    const { cipher, cookie, version } = this.#session;
    const { sequence, body } = cipher.encrypt(text);
    const path = `/app/request?seq=${sequence}`;
    const answer = await this.#web.send({ method: 'POST', path, body, headers: { cookie }, accept: [403] }, signal);
    if (answer.status === 403) {
      this.#session = undefined;
      if (isAgain) throw loginRefused(name);
      return this.#send(text, signal, true);
    }
    // Some firmware of Kasa plugs serves one request per session.
    if (version === 1) this.#session = undefined;
    try {
      return cipher.decrypt(answer.body, sequence);
    } catch (cause) {
      this.#session = undefined;
      throw notUnderstood(name, cause);
    }
  }

  async #shakeHands(signal: AbortSignal): Promise<Session> {
    const { name, username, password } = this.#config;
    const local = newSeed();
    const first = await this.#web.send({ method: 'POST', path: '/app/handshake1', body: local }, signal);
    const cookie = sessionCookie(first.headers['set-cookie']);
    for (const account of [{ username, password }, ...setupAccounts]) {
      for (const version of [2, 1] satisfies KlapVersion[]) {
        const auth = authHash(account, version);
        const remote = readHandshake(first.body, local, auth, version);
        if (!remote) continue;
        const body = proveHandshake(local, remote, auth, version);
        await this.#web.send({ method: 'POST', path: '/app/handshake2', body, headers: { cookie } }, signal);
        return { cipher: new KlapCipher(local, remote, auth), cookie, version };
      }
    }
    throw loginRefused(name);
  }
}

/** Only the session id is sent back; the second cookie says how long it lives. */
function sessionCookie(header: string | string[] | undefined): string {
  const text = Array.isArray(header) ? header.join(';') : (header ?? '');
  return /TP_SESSIONID=[^;,\s]+/.exec(text)?.[0] ?? '';
}
