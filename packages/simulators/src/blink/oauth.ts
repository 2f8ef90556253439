import { createHash, randomInt, randomUUID } from 'node:crypto';
import type { Answer, Request } from '../shared/http.ts';
import { SignInGuard } from './sign-in-guard.ts';
import type { Account } from './state.ts';
import { Tokens, type TokenSettings } from './tokens.ts';

const redirectUri = 'immedia-blink://applinks.blink.com/signin/callback';

interface Session {
  csrf: string;
  challenge: string;
  hardwareId: string;
  stage: 'begun' | 'pin' | 'signed-in';
  /** The second cookie, set with the credentials and wanted from then on. */
  login: string;
  expiresAt: number;
}

/** Knobs and counters of the sign-in; may be changed while it runs. */
export interface SignIn extends TokenSettings {
  account: Account;
  now: () => number;
  blockedHardwareIds: string[];
  /** After this many PINs sent, or wrong ones typed, within a day the account is locked. */
  pinsBeforeLock: number;
  /** After this many sign-ins begun within a day the account is locked. */
  signInsBeforeLock: number;
  /** How long it stays locked. */
  lockMinutes: number;
  /** PINs sent since the start. */
  pinsSent: number;
  locked: boolean;
  /** Each PIN is a new one (`account.pin` changes), and the one before is void. */
  newPinEachTime: boolean;
  /** How long a sign-in may take. */
  sessionMinutes: number;
}

export function createSignIn(account: Account, now: () => number): SignIn {
  return {
    account,
    now,
    tokenSeconds: 14_400,
    refreshTokenSeconds: 60 * 86_400,
    refreshGraceMs: 0,
    keepsRefreshToken: false,
    blockedHardwareIds: ['Home Assistant', 'Blinkpy'],
    pinsBeforeLock: 5,
    signInsBeforeLock: 30,
    lockMinutes: 60,
    pinsSent: 0,
    locked: false,
    newPinEachTime: false,
    sessionMinutes: 15,
  };
}

/** The OAuth host: web sign-in with PKCE and PIN, single-use codes, rotating refresh tokens. */
export class OAuth {
  readonly settings: SignIn;
  /** PINs sent to the owner's phone, oldest first. */
  readonly messages: { at: number; pin: string }[] = [];
  readonly #tokens: Tokens;
  readonly #guard: SignInGuard;
  readonly #sessions = new Map<string, Session>();
  readonly #codes = new Map<string, Session>();

  constructor(settings: SignIn) {
    this.settings = settings;
    this.#tokens = new Tokens(settings, settings.now);
    this.#guard = new SignInGuard(settings);
  }

  /** Whether the request carries an access token that is valid now. */
  isAuthorized(request: Request): boolean {
    return this.#tokens.isValid(request.headers.authorization?.replace(/^Bearer /, '') ?? '');
  }

  /** Ends all access tokens at once; refresh tokens stay. */
  expireAccess(): void {
    this.#tokens.expireAccess();
  }

  /** Ends all refresh tokens: only a new sign-in helps. */
  revoke(): void {
    this.#tokens.revoke();
  }

  /** Takes a lock off the account and forgets what led to it. */
  unlock(): void {
    this.#guard.unlock();
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
        return this.#token(request);
      default:
        return undefined;
    }
  }

  #begin({ url }: Request): Answer {
    const query = url.searchParams;
    const hardwareId = query.get('hardware_id') ?? '';
    if (this.#isBlocked(hardwareId)) return notAcceptable;
    const good = query.get('code_challenge_method') === 'S256' && query.get('redirect_uri') === redirectUri;
    if (!good || query.get('response_type') !== 'code') return refuse(400, 'invalid_request');
    const id = randomUUID();
    const challenge = query.get('code_challenge') ?? '';
    const expiresAt = this.settings.now() + this.settings.sessionMinutes * 60_000;
    this.#sessions.set(id, { csrf: randomUUID(), challenge, hardwareId, stage: 'begun', login: '', expiresAt });
    const cookies = [`oauth-session=${id}; Path=/; HttpOnly`, 'region=eu; Path=/'];
    return { status: 302, headers: { location: '/oauth/v2/signin', 'set-cookie': cookies } };
  }

  #page(request: Request): Answer {
    const session = this.#session(request);
    const args = session
      ? { 'csrf-token': session.csrf, 'ip-country': 'DE', 'otp-self-service': true }
      : { error: 'bad_request', 'error-cause': 'session_expired', 'status-code': 400 };
    const json = JSON.stringify(args);
    const body = `<html><body><script id="oauth-args" type="application/json">${json}</script></body></html>`;
    return { headers: { 'content-type': 'text/html' }, body };
  }

  #credentials(request: Request): Answer {
    const session = this.#session(request);
    if (!session) return emptyCookies;
    const form = new URLSearchParams(request.body.toString());
    const { account } = this.settings;
    this.#guard.onSignIn();
    if (this.#guard.isLocked()) return refuse(403, 'account_locked');
    if (form.get('csrf-token') !== session.csrf) return refuse(400, 'bad_request', 'csrf');
    if (form.get('username') !== account.email || form.get('password') !== account.password)
      return refuse(401, 'invalid_credentials');
    session.login = randomUUID();
    const cookie = { 'set-cookie': [`oauth-login=${session.login}; Path=/; HttpOnly`] };
    if (account.twoFactor === 'none') {
      session.stage = 'signed-in';
      return { status: 302, headers: { location: '/oauth/v2/authorize', ...cookie } };
    }
    if (!this.#sendPin()) return refuse(403, 'account_locked');
    session.stage = 'pin';
    const ways = { phone: '+49xxxxxxxx34', tsv_methods: ['sms', 'whatsapp', 'voice'], tsv_state: 'sms' };
    const body = { next_time_in_secs: 60, ...ways, user_id: account.userId };
    return { status: Number(account.twoFactor), headers: cookie, body };
  }

  #sendPin(): boolean {
    const { settings } = this;
    settings.pinsSent += 1;
    this.#guard.onPin();
    if (this.#guard.isLocked()) return false;
    if (settings.newPinEachTime) settings.account.pin = String(randomInt(1e6)).padStart(6, '0');
    this.messages.push({ at: settings.now(), pin: settings.account.pin });
    return true;
  }

  #verify(request: Request): Answer {
    const session = this.#session(request);
    if (!session || !this.#hasLogin(request, session)) return emptyCookies;
    const form = new URLSearchParams(request.body.toString());
    if (form.get('csrf-token') !== session.csrf || session.stage !== 'pin') return refuse(400, 'bad_request');
    if (this.#guard.isLocked()) return refuse(403, 'account_locked');
    if (form.get('2fa_code') !== this.settings.account.pin) {
      this.#guard.onWrongPin();
      return refuse(412, 'wrong_pin');
    }
    session.stage = 'signed-in';
    return { status: 201, body: { status: 'auth-completed' } };
  }

  #code(request: Request): Answer {
    const session = this.#session(request);
    const isIn = session?.stage === 'signed-in' && this.#hasLogin(request, session);
    if (!isIn) return { status: 302, headers: { location: '/oauth/v2/signin' } };
    const code = randomUUID();
    this.#codes.set(code, session);
    return { status: 302, headers: { location: `${redirectUri}?code=${code}&state=` } };
  }

  #token(request: Request): Answer {
    const form = new URLSearchParams(request.body.toString());
    const header = request.headers.hardware_id;
    const hardwareId = form.get('hardware_id') ?? (typeof header === 'string' ? header : '');
    if (this.#isBlocked(hardwareId)) return notAcceptable;
    if (form.get('grant_type') === 'refresh_token') {
      const body = this.#tokens.refresh(form.get('refresh_token') ?? '');
      return body ? { body } : refuse(401, 'invalid_grant');
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
    return { body: this.#tokens.issue() };
  }

  #isBlocked(hardwareId: string): boolean {
    return this.settings.blockedHardwareIds.includes(hardwareId);
  }

  #session(request: Request): Session | undefined {
    const session = this.#sessions.get(cookieOf(request, 'oauth-session') ?? '');
    return session && session.expiresAt > this.settings.now() ? session : undefined;
  }

  #hasLogin(request: Request, { login }: Session): boolean {
    return cookieOf(request, 'oauth-login') === login;
  }
}

const notAcceptable: Answer = { status: 406, headers: { 'content-type': 'text/plain' }, body: 'Not Acceptable' };
const emptyCookies: Answer = {
  status: 400,
  body: { error: 'bad_request', error_cause: 'empty_cookies', error_description: 'Empty Cookies.' },
};

function cookieOf(request: Request, name: string): string | undefined {
  return new RegExp(`(?:^|; *)${name}=([^;]+)`).exec(request.headers.cookie ?? '')?.[1];
}

function refuse(status: number, error: string, cause?: string): Answer {
  return { status, body: { error, ...(cause && { error_cause: cause }) } };
}
