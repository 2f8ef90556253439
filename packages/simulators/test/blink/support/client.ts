import { createHash, randomBytes } from 'node:crypto';
import type { Blink } from '../../../src/blink/index.ts';

export const redirectUri = 'immedia-blink://applinks.blink.com/signin/callback';

export interface Tokens {
  access_token: string;
  refresh_token: string;
  expires_in: number;
}

/** What a test expects at its own risk. */
// oxlint-disable-next-line typescript/no-explicit-any
export type Json = any;

/** A web sign-in step by step, with the cookies of one browser. */
export class SignIn {
  csrf = '';
  readonly #cookies = new Map<string, string>();
  readonly #verifier = randomBytes(32).toString('base64url');
  readonly #blink: Blink;
  readonly #hardwareId: string;

  constructor(blink: Blink, hardwareId = 'A1') {
    this.#blink = blink;
    this.#hardwareId = hardwareId;
  }

  async call(path: string, form?: Record<string, string>): Promise<Response> {
    const cookie = [...this.#cookies].map(([name, value]) => `${name}=${value}`).join('; ');
    const body = form && { method: 'POST', body: new URLSearchParams(form) };
    const answer = await fetch(this.#blink.url + path, { redirect: 'manual', headers: { cookie }, ...body });
    for (const one of answer.headers.getSetCookie()) {
      const [name = '', value = ''] = (one.split(';')[0] ?? '').split('=');
      this.#cookies.set(name, value);
    }
    return answer;
  }

  begin(changes: Record<string, string> = {}): Promise<Response> {
    const code_challenge = createHash('sha256').update(this.#verifier).digest('base64url');
    const query = { response_type: 'code', code_challenge_method: 'S256', redirect_uri: redirectUri, code_challenge };
    return this.call(
      `/oauth/v2/authorize?${new URLSearchParams({ ...query, hardware_id: this.#hardwareId, ...changes })}`,
    );
  }

  async page(): Promise<string> {
    const text = await (await this.call('/oauth/v2/signin')).text();
    this.csrf = /"csrf-token":"([^"]+)"/.exec(text)?.[1] ?? '';
    return text;
  }

  credentials(username = 'owner@example.com', password = 'correct horse'): Promise<Response> {
    return this.call('/oauth/v2/signin', { username, password, 'csrf-token': this.csrf });
  }

  pin(pin = '123456'): Promise<Response> {
    return this.call('/oauth/v2/2fa/verify', { '2fa_code': pin, 'csrf-token': this.csrf, remember_me: 'false' });
  }

  async code(): Promise<string> {
    const answer = await this.call('/oauth/v2/authorize');
    return /code=([^&]+)/.exec(answer.headers.get('location') ?? '')?.[1] ?? '';
  }

  token(code: string, changes: Record<string, string> = {}): Promise<Response> {
    const grant = { grant_type: 'authorization_code', code, code_verifier: this.#verifier, redirect_uri: redirectUri };
    return this.call('/oauth/token', { ...grant, hardware_id: this.#hardwareId, ...changes });
  }

  /** All steps, as far as the credentials when no PIN is asked for. */
  async tokens(): Promise<Tokens> {
    await this.begin();
    await this.page();
    if ((await this.credentials()).status !== 302) await this.pin(this.#blink.account.pin);
    return (await (await this.token(await this.code())).json()) as Tokens;
  }
}

export function refresh(blink: Blink, refreshToken: string): Promise<Response> {
  const form = { grant_type: 'refresh_token', refresh_token: refreshToken, client_id: 'ios', hardware_id: 'A1' };
  return new SignIn(blink).call('/oauth/token', form);
}

/** A signed-in client of the REST host. */
export class Client {
  readonly token: string;
  readonly #blink: Blink;

  constructor(blink: Blink, token: string) {
    this.#blink = blink;
    this.token = token;
  }

  call(method: string, path: string, body?: unknown, headers: Record<string, string> = {}): Promise<Response> {
    const authorization = `Bearer ${this.token}`;
    const json = body === undefined ? {} : { body: JSON.stringify(body) };
    const all = { authorization, 'content-type': 'application/json', ...headers };
    return fetch(this.#blink.url + path, { method, headers: all, ...json });
  }

  get(path: string): Promise<Response> {
    return this.call('GET', path);
  }

  async read(path: string): Promise<Json> {
    const answer = await this.get(path);
    if (!answer.ok) throw new Error(`${path}: ${answer.status}`);
    return answer.json();
  }

  async send(path: string, body?: unknown): Promise<Json> {
    const answer = await this.call('POST', path, body);
    if (!answer.ok) throw new Error(`${path}: ${answer.status}`);
    return answer.json();
  }
}

export async function signedIn(blink: Blink): Promise<Client> {
  return new Client(blink, (await new SignIn(blink).tokens()).access_token);
}
