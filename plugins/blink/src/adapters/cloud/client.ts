import { errorCode, type Clock } from '@porchlight/core';
import type * as z from 'zod';
import type { MediaRow } from '../../domain/media-row.ts';
import { missing, notBlink, notReady, notUnderstood, unauthorised } from '../../errors.ts';
import type { Cloud, Home, Progress, StoredClip, Target } from '../../ports.ts';
import type { Http, HttpAnswer } from '../http/client.ts';
import type { Session } from '../session/client.ts';
import type { RequestGate, Urgency } from './gate.ts';
import { readEach, toHome, toMediaRows, type MapSettings } from './map.ts';
import type { Call, Parameters, Paths } from './paths.ts';
import { refuse } from './refuse.ts';
import {
  commandSchema,
  homescreenSchema,
  manifestSchema,
  mediaSchema,
  progressSchema,
  storedClipSchema,
  tierSchema,
} from './schema.ts';

export interface CloudSettings extends MapSettings {
  /** With `{tier}` where the region of the account stands. */
  restUrl: string;
  headers: Readonly<Record<string, string>>;
}

export interface CloudParts {
  http: Http;
  gate: RequestGate;
  session: Session;
  paths: Paths;
  clock: Clock;
}

interface CallOptions {
  parameters?: Parameters;
  body?: unknown;
  method?: 'GET' | 'POST';
  urgency?: Urgency;
}

/** The tier that knows every account. */
const firstTier = 'prod';
const maxPages = 40;
const maxFilmBytes = 128 * 1024 * 1024;
const maxPictureBytes = 8 * 1024 * 1024;
const acceptedCode = 908;
/** Steps of the clock smaller than this are not told apart from the way of the answer, in ms. */
const leastSkewMs = 5000;

/** The REST side of Blink's cloud; every request goes through one gate and carries one session's token. */
export class BlinkCloud implements Cloud {
  readonly #settings: CloudSettings;
  readonly #parts: CloudParts;
  /** The newest list of each stick, by network. */
  readonly #manifests = new Map<string, string>();
  skewMs = 0;

  constructor(settings: CloudSettings, parts: CloudParts) {
    this.#settings = settings;
    this.#parts = parts;
  }

  async home(): Promise<Home> {
    try {
      const answer = await this.#json('homescreen', homescreenSchema);
      return toHome(answer, (await this.#account()).id, this.#settings);
    } catch (error) {
      // An account that has moved to another region is not found where it was: the next question asks where it is.
      if (errorCode(error) === 'blink.missing') await this.#parts.session.rememberAccount(undefined);
      throw error;
    }
  }

  async media(since: number): Promise<{ rows: MediaRow[]; unreadable: number }> {
    const from = new Date(Math.max(0, since)).toISOString().replace(/\.\d+Z$/, '+0000');
    const rows = new Map<string, MediaRow>();
    let unreadable = 0;
    for (let page = 1; page <= maxPages; page += 1) {
      const parameters = { since: from, page: String(page) };
      const { media, limit } = await this.#json('media', mediaSchema, { parameters });
      const before = rows.size;
      const { good, bad } = toMediaRows(media);
      unreadable += bad;
      for (const row of good) rows.set(row.id, row);
      // Pages of an account that keep repeating would never end.
      if (media.length < limit || rows.size === before) break;
    }
    return { rows: [...rows.values()], unreadable };
  }

  async order(target: Target): Promise<string | undefined> {
    const { call, body } = toOrder(target);
    const camera = target.what === 'arm' ? {} : { c: target.camera };
    const options: CallOptions = { parameters: { n: target.network, ...camera }, urgency: 'order', method: 'POST' };
    return (await this.#json(call, commandSchema, body === undefined ? options : { ...options, body })).id;
  }

  async progress(network: string, command: string): Promise<Progress> {
    const options: CallOptions = { parameters: { n: network, id: command }, urgency: 'order' };
    const { complete, status_code, status_msg } = await this.#json('command', progressSchema, options);
    if (status_code !== undefined && status_code !== acceptedCode) {
      return { type: 'failed', reason: `the system answered ${status_code} ${status_msg ?? ''}`.trim() };
    }
    return { type: complete ? 'done' : 'pending' };
  }

  async requestManifest(network: string, sync: string): Promise<string> {
    const options: CallOptions = { parameters: { n: network, s: sync }, method: 'POST' };
    const { id } = await this.#json('manifest-request', commandSchema, options);
    if (id === undefined) throw notUnderstood('manifest-request');
    return id;
  }

  async manifest(network: string, sync: string, command: string): Promise<StoredClip[]> {
    const place = { n: network, s: sync };
    const { manifest_id, clips } = await this.#json('manifest', manifestSchema, {
      parameters: { ...place, id: command },
    });
    const { id: account } = await this.#account();
    this.#manifests.set(network, manifest_id);
    // Each list makes the addresses of earlier ones void: which list it is is filled in when the film is asked for.
    const address = { ...place, a: account, manifest: `newest-of-${network}` };
    return readEach(storedClipSchema, clips).good.map(({ id, camera_name, created_at }) => ({
      id,
      cameraName: camera_name,
      createdAt: created_at,
      media: this.#parts.paths('stored-clip', { ...address, id }),
    }));
  }

  async requestStoredClip(media: string): Promise<string | undefined> {
    const answer = await this.#send('stored-clip', media, { method: 'POST', urgency: 'order' });
    return read('stored-clip', answer, commandSchema).id;
  }

  async download(path: string, kind: 'image' | 'video', urgency: Urgency = 'question'): Promise<Buffer> {
    const maxBytes = kind === 'video' ? maxFilmBytes : maxPictureBytes;
    const { body } = await this.#send(kind, path, { maxBytes, urgency });
    const isPicture = body[0] === 0xff && body[1] === 0xd8;
    const isFilm = body.subarray(4, 8).toString('latin1') === 'ftyp';
    if (kind === 'image' ? !isPicture : !isFilm) throw missing(kind);
    return body;
  }

  async #account(): Promise<{ id: string; tier: string }> {
    const { session, paths } = this.#parts;
    if (session.account) return session.account;
    const answer = await this.#authorised('tier', `${this.#base(firstTier)}${paths('tier', {})}`, {});
    const { account_id: id, tier } = read('tier', answer, tierSchema);
    await session.rememberAccount({ id, tier });
    return { id, tier };
  }

  #base(tier: string): string {
    return this.#settings.restUrl.replace('{tier}', tier).replace(/\/+$/, '');
  }

  async #json<T>(call: Call, schema: z.ZodType<T, unknown>, options: CallOptions = {}): Promise<T> {
    const { id: a } = await this.#account();
    const path = this.#parts.paths(call, { ...options.parameters, a });
    return read(call, await this.#send(call, path, options), schema);
  }

  /** A path, or a whole address that came in an answer: the token goes to no other host. */
  async #send(call: string, path: string, options: CallOptions & { maxBytes?: number }): Promise<HttpAnswer> {
    const base = this.#base((await this.#account()).tier);
    const newest = path.replace(/newest-of-(\d+)/, (word, network: string) => this.#manifests.get(network) ?? word);
    const url = URL.parse(newest, base);
    if (!url || url.origin !== new URL(base).origin) throw notBlink(call);
    return this.#authorised(call, url.href, options);
  }

  /** Refused for its token once, it is tried once more with a new one. */
  async #authorised(call: string, url: string, options: CallOptions & { maxBytes?: number }): Promise<HttpAnswer> {
    const { session } = this.#parts;
    const token = await session.access();
    const answer = await this.#attempt(call, url, token, options);
    if (answer.status !== 401) return check(call, answer);
    const other = await session.replace(token);
    if (other === token) throw unauthorised(call);
    return check(call, await this.#attempt(call, url, other, options));
  }

  async #attempt(
    call: string,
    url: string,
    token: string,
    { body, method = 'GET', urgency = 'question', maxBytes }: CallOptions & { maxBytes?: number },
  ): Promise<HttpAnswer> {
    const headers = {
      accept: 'application/json',
      'content-type': 'application/json',
      ...this.#settings.headers,
      authorization: `Bearer ${token}`,
    };
    const { gate, http } = this.#parts;
    const answer = await gate.pass(urgency, () =>
      http({
        call,
        url,
        method,
        headers,
        ...(body !== undefined && { body: JSON.stringify(body) }),
        ...(maxBytes !== undefined && { maxBytes }),
      }),
    );
    if (answer.skewMs !== undefined) this.skewMs = Math.abs(answer.skewMs) < leastSkewMs ? 0 : answer.skewMs;
    return answer;
  }
}

function toOrder(target: Target): { call: Call; body?: unknown } {
  if (target.what === 'arm') return { call: target.on ? 'arm' : 'disarm' };
  if (target.what === 'snapshot') return { call: `${target.kind}-snapshot` };
  if (target.kind === 'owl') return { call: 'owl-config', body: { enabled: target.on } };
  return { call: `${target.kind}-${target.on ? 'enable' : 'disable'}` };
}

function check(call: string, answer: HttpAnswer): HttpAnswer {
  const isManifest = call === 'manifest';
  if (isManifest && (answer.status === 409 || answer.status === 400)) throw notReady();
  if (answer.status < 200 || answer.status > 299) throw refuse(call, answer);
  return answer;
}

function read<T>(call: string, { body }: HttpAnswer, schema: z.ZodType<T, unknown>): T {
  let raw: unknown;
  try {
    raw = JSON.parse(body.toString());
  } catch {
    throw notUnderstood(call);
  }
  const result = schema.safeParse(raw);
  if (!result.success) throw notUnderstood(call);
  return result.data;
}
