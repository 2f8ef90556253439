import { createHash, randomUUID } from 'node:crypto';
import type { Answer, Request } from '../shared/http.ts';
import type { Account } from './state.ts';

const redirectUri = 'immedia-blink://applinks.blink.com/signin/callback';

interface Session {
  csrf: string;
  challenge: string;
  hardwareId: string;
  stage: 'begun' | 'pin' | 'signed-in';
}

/** Knobs and counters of the sign-in; may be changed while it runs. */
export interface SignIn {
  account: Account;
  now: () => number;
  tokenSeconds: number;
  blockedHardwareIds: string[];
  /** After this many PINs sent the account is locked. */
  pinsBeforeLock: number;
  pinsSent: number;
  locked: boolean;
}

/** The OAuth host: web sign-in with PKCE and PIN, single-use codes, rotating refresh tokens. */
export class OAuth {
  readonly settings: SignIn;
  readonly #sessions = new Map<string, Session>();
  readonly #codes = new Map<string, Session>();
  readonly #access = new Map<string, number>();
  readonly #refresh = new Map<string, string>();

  constructor(settings: SignIn) {
    this.settings = settings;
  }

  /** Whether the request carries an access token that is valid now. */
  isAuthorized(request: Request): boolean {
    const token = request.headers.authorization?.replace(/^Bearer /, '') ?? '';
    return (this.#access.get(token) ?? 0) > this.settings.now();
  }

  /** Ends all access tokens at once; refresh tokens stay. */
  expireAccess(): void {
    this.#access.clear();
  }

  /** Ends all refresh tokens: only a new sign-in helps. */
  revoke(): void {
    this.#refresh.clear();
    this.#access.clear();
  }

  respond(request: Request): Answer | undefined {
    switch (`${request.method} ${request.url.pathname}`) {
      case 'GET /oauth/v2/authorize':
        return request.url.search ? this.#begin(request) : this.#code(request);
      case 'GET /oauth/v2/signin':
        return this.#page(request);
      case 'POST /oauth/v2/signin':
        return this.#credentials(request);
      case 'POST /oauth/v2/2fa/verify':
        return this.#verify(request);
      case 'POST /oauth/token':
        return this.#token(new URLSearchParams(request.body.toString()));
      default:
        return undefined;
    }
  }

  #begin({ url }: Request): Answer {
    const query = url.searchParams;
    const hardwareId = query.get('hardware_id') ?? '';
    if (this.settings.blockedHardwareIds.includes(hardwareId)) return { status: 406, body: 'Not Acceptable' };
    const good = query.get('code_challenge_method') === 'S256' && query.get('redirect_uri') === redirectUri;
    if (!good || query.get('response_type') !== 'code') return refuse(400, 'invalid_request');
    const id = randomUUID();
    const challenge = query.get('code_challenge') ?? '';
    this.#sessions.set(id, { csrf: randomUUID(), challenge, hardwareId, stage: 'begun' });
    const cookies = [`oauth-session=${id}; Path=/; HttpOnly`, 'region=eu; Path=/'];
    return { status: 302, headers: { location: '/oauth/v2/signin', 'set-cookie': cookies } };
  }

  #page(request: Request): Answer {
    const session = this.#session(request);
    const args = session ? { 'csrf-token': session.csrf } : { 'error-cause': 'session_expired' };
    const json = JSON.stringify(args);
    const body = `<html><body><script id="oauth-args" type="application/json">${json}</script></body></html>`;
    return { headers: { 'content-type': 'text/html' }, body };
  }

  #credentials(request: Request): Answer {
    const session = this.#session(request);
    if (!session) return refuse(400, 'bad_request', 'empty_cookies');
    const form = new URLSearchParams(request.body.toString());
    const { account, locked } = this.settings;
    if (locked) return refuse(403, 'account_locked');
    if (form.get('csrf-token') !== session.csrf) return refuse(400, 'bad_request', 'csrf');
    if (form.get('username') !== account.email || form.get('password') !== account.password)
      return refuse(401, 'invalid_credentials');
    if (account.twoFactor === 'none') {
      session.stage = 'signed-in';
      return { status: 302, headers: { location: '/oauth/v2/authorize' } };
    }
    this.settings.pinsSent += 1;
    this.settings.locked = this.settings.pinsSent > this.settings.pinsBeforeLock;
    if (this.settings.locked) return refuse(403, 'account_locked');
    session.stage = 'pin';
    return {
      status: Number(account.twoFactor),
      body: { next_time_in_secs: 60, phone: '+49xxxxxxxx34', tsv_methods: ['sms'], tsv_state: 'sms', user_id: 1 },
    };
  }

  #verify(request: Request): Answer {
    const session = this.#session(request);
    if (!session) return refuse(400, 'bad_request', 'empty_cookies');
    const form = new URLSearchParams(request.body.toString());
    if (form.get('csrf-token') !== session.csrf || session.stage !== 'pin') return refuse(400, 'bad_request');
    if (form.get('2fa_code') !== this.settings.account.pin) return refuse(412, 'wrong_pin');
    session.stage = 'signed-in';
    return { status: 201, body: { status: 'auth-completed' } };
  }

  #code(request: Request): Answer {
    const session = this.#session(request);
    if (session?.stage !== 'signed-in') return { status: 302, headers: { location: '/oauth/v2/signin' } };
    const code = randomUUID();
    this.#codes.set(code, session);
    return { status: 302, headers: { location: `${redirectUri}?code=${code}&state=` } };
  }

  #token(form: URLSearchParams): Answer {
    const hardwareId = form.get('hardware_id') ?? '';
    if (this.settings.blockedHardwareIds.includes(hardwareId)) return { status: 406, body: 'Not Acceptable' };
    if (form.get('grant_type') === 'refresh_token') {
      const old = form.get('refresh_token') ?? '';
      const owner = this.#refresh.get(old);
      if (owner === undefined) return refuse(401, 'invalid_grant');
      this.#refresh.delete(old);
      return this.#issue(owner);
    }
    if (form.get('grant_type') !== 'authorization_code') return refuse(401, 'unsupported_grant_type');
    const code = form.get('code') ?? '';
    const session = this.#codes.get(code);
    this.#codes.delete(code);
    const challenge = createHash('sha256')
      .update(form.get('code_verifier') ?? '')
      .digest('base64url');
    const matches = session?.challenge === challenge && session.hardwareId === hardwareId;
    if (!matches || form.get('redirect_uri') !== redirectUri) return refuse(400, 'invalid_grant');
    return this.#issue(hardwareId);
  }

  #issue(owner: string): Answer {
    const { now, tokenSeconds } = this.settings;
    const [access, refresh] = [randomUUID(), randomUUID()];
    this.#access.set(access, now() + tokenSeconds * 1000);
    this.#refresh.set(refresh, owner);
    const rest = { expires_in: tokenSeconds, token_type: 'Bearer', scope: 'client' };
    return { body: { access_token: access, refresh_token: refresh, ...rest } };
  }

  #session(request: Request): Session | undefined {
    const id = /oauth-session=([^;]+)/.exec(request.headers.cookie ?? '')?.[1];
    return id === undefined ? undefined : this.#sessions.get(id);
  }
}

function refuse(status: number, error: string, cause?: string): Answer {
  return { status, body: { error, ...(cause && { error_cause: cause }) } };
}
