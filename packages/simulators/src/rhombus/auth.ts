import type { IncomingMessage } from 'node:http';
import type { TLSSocket } from 'node:tls';
import type { Answer } from '../shared/http.ts';
import type { ApiKey, Organisation } from './state.ts';
import type { FederatedTokens } from './tokens.ts';

/** What a request shows of itself, apart from where it goes. */
export interface Credentials {
  scheme: string | undefined;
  apiKey: string | undefined;
  accessToken: string | undefined;
  org: string | undefined;
  /** Federated token of headers or query. */
  token: string | undefined;
  /** The peer has shown a certificate of our authority. */
  hasCertificate: boolean;
  referer: string | undefined;
}

export interface Principal {
  kind: 'key' | 'token';
  mayReadFootage: boolean;
}

const schemes: Record<string, ApiKey['kind']> = {
  'api-token': 'token',
  api: 'certificate',
  'partner-api-token': 'partner-token',
  'partner-api': 'partner-certificate',
  'api-oauth-token': 'oauth',
};

/** Reads the credentials of a request from headers, query and connection. */
export function readCredentials(request: { url: URL; raw: IncomingMessage }): Credentials {
  const { headers, socket } = request.raw;
  const read = (name: string): string | undefined => {
    const header = headers[name];
    return (Array.isArray(header) ? header[0] : header) ?? request.url.searchParams.get(name) ?? undefined;
  };
  return {
    scheme: read('x-auth-scheme'),
    apiKey: headers['x-auth-apikey']?.toString(),
    accessToken: headers['x-auth-access-token']?.toString(),
    org: read('x-auth-org'),
    token: read('x-auth-ft'),
    hasCertificate: (socket as Partial<TLSSocket>).authorized === true,
    referer: headers.referer,
  };
}

/** Judges a call of the cloud API; the answer is the refusal. */
export function authenticate(
  shown: Credentials,
  { org, tokens, now }: { org: Organisation; tokens: FederatedTokens; now: () => number },
): Principal | { refusal: Answer } {
  if (shown.scheme === 'federated-token') {
    const verdict = tokens.check(shown.token ?? '', { referer: shown.referer });
    return verdict === 'valid' ? { kind: 'token', mayReadFootage: true } : { refusal: forbidden(now()) };
  }
  const kind = schemes[shown.scheme ?? ''];
  const secret = kind === 'oauth' ? shown.accessToken : shown.apiKey;
  if (!kind || !secret) return { refusal: unauthenticated() };
  const key = org.keys.find((candidate) => candidate.kind === kind && candidate.key === secret);
  if (!key || !isComplete(kind, shown, org)) return { refusal: forbidden(now()) };
  return { kind: 'key', mayReadFootage: key.footage ?? true };
}

function isComplete(kind: ApiKey['kind'], shown: Credentials, org: Organisation): boolean {
  if (kind.endsWith('certificate') && !shown.hasCertificate) return false;
  return !kind.startsWith('partner') || shown.org === org.uuid;
}

/** 401 as it is answered to a call without a known scheme. */
export function unauthenticated(): Answer {
  const challenge = 'Bearer resource_metadata="/.well-known/oauth-protected-resource"';
  return { status: 401, headers: { 'www-authenticate': challenge }, body: { authenticationFailed: true } };
}

/** 403 as it is answered to a wrong key, in the wrong region and without permission. */
export function forbidden(at: number, msg = 'Access Denied'): Answer {
  return { status: 403, body: { status: 403, error: 'Forbidden', timestamp: at, msg } };
}

// Beside an API key the scheme may name the token; the key is then judged as the plain kind.
function withoutToken(shown: Credentials): Credentials {
  return shown.scheme === 'federated-token' ? { ...shown, scheme: 'api-token' } : shown;
}

export interface MediaVerdict {
  status: 200 | 401 | 403;
  /** Ways in which a token or key was presented, for the ledger. */
  presented: string[];
  /** The token that was looked at. */
  token?: string;
}

const cookieForms: [kind: string, pattern: RegExp][] = [
  ['cookie:RSESSIONID', /(?:^|;\s*)RSESSIONID=RFT:([^;]+)/],
  ['cookie:RHOMBUS_SESSIONID', /(?:^|;\s*)RHOMBUS_SESSIONID=RFT:([^;]+)/],
  ['cookie:RFT', /(?:^|;\s*)RFT=([^;]+)/],
];

/** All federated tokens that a media request shows, with the way in which each is shown. */
export function presentedTokens(request: { url: URL; raw: IncomingMessage }): { kind: string; token: string }[] {
  const { headers } = request.raw;
  const cookie = headers.cookie ?? '';
  const found = cookieForms.flatMap(([kind, pattern]) => {
    const token = pattern.exec(cookie)?.[1];
    return token ? [{ kind, token }] : [];
  });
  const header = headers['x-auth-ft']?.toString();
  const query = request.url.searchParams.get('x-auth-ft');
  if (header && headers['x-auth-scheme'] === 'federated-token') found.push({ kind: 'header', token: header });
  if (query && request.url.searchParams.get('x-auth-scheme') === 'federated-token') {
    found.push({ kind: 'query', token: query });
  }
  return found;
}

/** Judges a media request: a LAN device knows only tokens, the cloud's edge also API keys, but no cookie without one. */
export function authoriseMedia(
  request: { url: URL; raw: IncomingMessage },
  context: {
    route: 'lan' | 'wan';
    deviceUuid: string;
    org: Organisation;
    tokens: FederatedTokens;
    now: () => number;
    refusedPresentations: ReadonlySet<string>;
  },
): MediaVerdict {
  const shown = readCredentials(request);
  const tokens = presentedTokens(request);
  const presented = [...tokens.map(({ kind }) => kind), ...(shown.apiKey ? [`key:${shown.scheme ?? ''}`] : [])];
  const usable = tokens.filter(
    ({ kind }) => !context.refusedPresentations.has(kind) && (context.route === 'lan' || !kind.startsWith('cookie')),
  );
  const use = { deviceUuid: context.deviceUuid, referer: shown.referer };
  const judge = (token: string): boolean => context.tokens.check(token, use) === 'valid';
  if (context.route === 'wan' && shown.apiKey && !('refusal' in authenticate(withoutToken(shown), context))) {
    // The key opens the door, but an old token beside it still closes it again.
    const token = tokens.find((candidate) => judge(candidate.token))?.token;
    return { status: tokens.length === 0 || token ? 200 : 401, presented, ...(token && { token }) };
  }
  const judged = usable.map(({ token }) => ({ token, verdict: context.tokens.check(token, use) }));
  const valid = judged.find(({ verdict }) => verdict === 'valid');
  if (valid) return { status: 200, presented, token: valid.token };
  const isForeign = judged.some(({ verdict }) => verdict === 'other-device' || verdict === 'other-domain');
  const isRefused = context.route === 'wan' && judged.length === 0 && presented.length > 0;
  return { status: isForeign || isRefused ? 403 : 401, presented };
}
