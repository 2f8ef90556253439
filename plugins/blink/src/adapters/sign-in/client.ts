import { createHash, randomBytes } from 'node:crypto';
import type { Clock } from '@porchlight/core';
import {
  accountLocked,
  callFailed,
  credentialsRefused,
  identityRefused,
  notUnderstood,
  pinLate,
  pinNotWanted,
  pinWrong,
  tooMany,
  unauthorised,
  updateRequired,
} from '../../errors.ts';
import type { SignIn, SignInStep, Tokens } from '../../ports.ts';
import type { Http, HttpAnswer, HttpRequest } from '../http/client.ts';
import { CookieJar } from './cookie-jar.ts';
import type { Identity } from './identity.ts';
import { pageSchema, pinWantedSchema, refusalSchema, tokenSchema } from './schema.ts';

export interface SignInParts {
  http: Http;
  clock: Clock;
  identity: Identity;
  oauthUrl: string;
}

export interface Credentials {
  email: string;
  password: string;
  hardwareId: string;
}

const pageAccept = 'text/html,application/xhtml+xml,application/xml;q=0.9,*/*;q=0.8';
const maxRedirections = 5;
/** After so many a sign-in is over: Blink locks an account that is tried again and again. */
export const mostWrongPins = 3;
const fields = ['app_brand', 'app_version', 'client_id', 'device_brand', 'device_model', 'device_os_version'] as const;

/** One sign-in through Blink's web pages (authorization code with PKCE), kept in memory until its PIN comes. */
export class WebSignIn implements SignIn {
  readonly #parts: SignInParts;
  readonly #credentials: Credentials;
  readonly #jar = new CookieJar();
  readonly #verifier = randomBytes(32).toString('base64url');
  #csrf = '';
  #stage: 'begun' | 'pin' | 'accepted' = 'begun';
  #wrongPins = 0;

  constructor(parts: SignInParts, credentials: Credentials) {
    this.#parts = parts;
    this.#credentials = credentials;
  }

  async begin(onCredentials: () => Promise<void>): Promise<SignInStep> {
    await this.#openPage();
    await onCredentials();
    const { email, password } = this.#credentials;
    const form = { username: email, password, 'csrf-token': this.#csrf };
    const answer = await this.#post('sign-in', '/oauth/v2/signin', form);
    if (answer.status >= 300 && answer.status < 400) return { type: 'tokens', tokens: await this.#collect() };
    const asked = pinWantedSchema.safeParse(readJson(answer.body));
    const isAsking = asked.success && Object.values(asked.data).some((value) => value !== undefined);
    if (answer.status !== 412 && !(answer.status === 202 && isAsking)) throw refuse('sign-in', answer);
    this.#stage = 'pin';
    const phone = asked.success ? asked.data.phone : undefined;
    return { type: 'pin-wanted', ...(phone !== undefined && { phone }) };
  }

  async enterPin(pin: string): Promise<Tokens> {
    if (this.#stage === 'begun') throw pinNotWanted();
    // One that was accepted needs no other when the connection broke afterwards.
    if (this.#stage === 'pin') await this.#verify(pin);
    return this.#collect();
  }

  async #verify(pin: string): Promise<void> {
    const form = { '2fa_code': pin, 'csrf-token': this.#csrf, remember_me: 'false' };
    const answer = await this.#post('PIN', '/oauth/v2/2fa/verify', form);
    if (answer.status === 412 || answer.status === 401) {
      this.#wrongPins += 1;
      if (this.#wrongPins >= mostWrongPins) this.#stage = 'begun';
      throw pinWrong();
    }
    if (answer.status === 400) {
      this.#stage = 'begun';
      throw pinLate();
    }
    if (answer.status !== 200 && answer.status !== 201) throw refuse('PIN', answer);
    this.#stage = 'accepted';
  }

  async #openPage(): Promise<void> {
    const { identity } = this.#parts;
    const query = new URLSearchParams(fields.map((field): [string, string] => [field, identity(field)]));
    query.set('code_challenge', createHash('sha256').update(this.#verifier).digest('base64url'));
    query.set('code_challenge_method', 'S256');
    query.set('hardware_id', this.#credentials.hardwareId);
    query.set('redirect_uri', identity('redirect_uri'));
    query.set('response_type', 'code');
    query.set('scope', identity('scope'));
    let answer = await this.#get('authorize', `/oauth/v2/authorize?${query.toString()}`, pageAccept);
    for (let count = 0; isRedirection(answer) && count < maxRedirections; count += 1) {
      const next = new URL(answer.header('location') ?? '', this.#url('/oauth/v2/authorize'));
      // The cookies are for Blink's eyes only.
      if (next.origin !== new URL(this.#parts.oauthUrl).origin) throw notUnderstood('authorize');
      answer = await this.#get('authorize', `${next.pathname}${next.search}`, pageAccept);
    }
    if (answer.status !== 200) throw refuse('authorize', answer);
    this.#csrf = readCsrf(answer.body.toString());
  }

  async #collect(): Promise<Tokens> {
    const { identity, clock } = this.#parts;
    const answer = await this.#get('authorize', '/oauth/v2/authorize', '*/*');
    const code = /[?&]code=([^&#]+)/.exec(answer.header('location') ?? '')?.[1];
    if (!isRedirection(answer) || code === undefined) throw refuse('authorize', answer);
    const form = {
      app_brand: identity('app_brand'),
      client_id: identity('client_id'),
      code: decodeURIComponent(code),
      code_verifier: this.#verifier,
      grant_type: 'authorization_code',
      hardware_id: this.#credentials.hardwareId,
      redirect_uri: identity('redirect_uri'),
      scope: identity('scope'),
    };
    return requestTokens(this.#parts, form, clock.now());
  }

  #url(path: string): string {
    return `${this.#parts.oauthUrl}${path}`;
  }

  #get(call: string, path: string, accept: string): Promise<HttpAnswer> {
    return this.#send({ call, url: this.#url(path), headers: { accept, 'accept-language': 'en-US,en;q=0.9' } });
  }

  #post(call: string, path: string, form: Record<string, string>): Promise<HttpAnswer> {
    const origin = new URL(this.#parts.oauthUrl).origin;
    const headers = {
      accept: '*/*',
      origin,
      referer: this.#url('/oauth/v2/signin'),
      'content-type': 'application/x-www-form-urlencoded',
    };
    return this.#send({
      call,
      url: this.#url(path),
      method: 'POST',
      headers,
      body: new URLSearchParams(form).toString(),
    });
  }

  async #send({ headers, ...request }: HttpRequest): Promise<HttpAnswer> {
    const own = { 'user-agent': this.#parts.identity('browser'), cookie: this.#jar.header };
    const answer = await this.#parts.http({ ...request, headers: { ...own, ...headers } });
    this.#jar.take(answer.cookies);
    return answer;
  }
}

/** Trades a refresh token for new tokens; rejects with `blink.unauthorised` when it is no longer valid. */
export async function renewTokens(parts: SignInParts, refresh: string, hardwareId: string): Promise<Tokens> {
  const { identity, clock } = parts;
  const form = {
    grant_type: 'refresh_token',
    refresh_token: refresh,
    client_id: identity('client_id'),
    scope: identity('scope'),
    hardware_id: hardwareId,
  };
  return requestTokens(parts, form, clock.now());
}

async function requestTokens(parts: SignInParts, form: Record<string, string>, now: number): Promise<Tokens> {
  const answer = await parts.http({
    call: 'token',
    url: `${parts.oauthUrl}/oauth/token`,
    method: 'POST',
    headers: {
      accept: '*/*',
      'user-agent': parts.identity('client'),
      'content-type': 'application/x-www-form-urlencoded',
    },
    body: new URLSearchParams(form).toString(),
  });
  if (answer.status === 400 || answer.status === 401) throw unauthorised('token');
  if (answer.status !== 200) throw refuse('token', answer);
  const read = tokenSchema.safeParse(readJson(answer.body));
  const refresh = read.data?.refresh_token ?? form['refresh_token'];
  if (!read.success || refresh === undefined) throw notUnderstood('token');
  return { access: read.data.access_token, refresh, obtainedAt: now, expiresAt: now + read.data.expires_in * 1000 };
}

function refuse(call: string, answer: HttpAnswer): Error {
  const refusal = refusalSchema.safeParse(readJson(answer.body)).data;
  if (`${refusal?.error} ${refusal?.error_cause}`.includes('locked')) return accountLocked();
  if (answer.status === 406) return identityRefused(call);
  if (answer.status === 426) return updateRequired(call);
  if (answer.status === 429) return tooMany(Math.max(answer.retryAfterMs ?? 0, 3_600_000));
  if (answer.status >= 500) return callFailed(call, answer.status, answer.retryAfterMs);
  return call === 'sign-in' || call === 'PIN' ? credentialsRefused(answer.status) : callFailed(call, answer.status);
}

function readCsrf(page: string): string {
  const script = /<script[^>]*\bid="oauth-args"[^>]*>([\s\S]*?)<\/script>/.exec(page)?.[1];
  const args = pageSchema.safeParse(readJson(Buffer.from(script ?? '')));
  const field = /name="csrf-token"[^>]*?(?:value|content)="([^"]+)"/.exec(page)?.[1];
  const csrf = args.data?.['csrf-token'] ?? field;
  if (csrf === undefined) throw notUnderstood('sign-in page');
  return csrf;
}

function isRedirection({ status }: HttpAnswer): boolean {
  return status >= 300 && status < 400;
}

function readJson(body: Buffer): unknown {
  try {
    return JSON.parse(body.toString());
  } catch {
    return undefined;
  }
}
