import { createHash, randomBytes } from 'node:crypto';

/** What a device asks for before it lets us in. */
export type Challenge = { type: 'basic' } | DigestChallenge;

interface DigestChallenge {
  type: 'digest';
  realm: string;
  nonce: string;
  algorithm: string;
  qop?: string;
  opaque?: string;
  /** How often the nonce has been used. */
  uses: number;
}

/** Reads a WWW-Authenticate header; undefined when it asks for nothing that we know. */
export function readChallenge(header: string | string[] | undefined): Challenge | undefined {
  const text = Array.isArray(header) ? header.join(', ') : (header ?? '');
  const digest = /\bdigest\s/i.exec(text);
  if (!digest) return /\bbasic\b/i.test(text) ? { type: 'basic' } : undefined;
  const fields = Object.fromEntries(
    Array.from(
      text.slice(digest.index).matchAll(/([a-z]+)=(?:"([^"]*)"|([^\s,]+))/gi),
      ([, key = '', quoted, bare]) => [key.toLowerCase(), quoted ?? bare ?? ''],
    ),
  );
  const { realm = '', nonce = '', algorithm = 'MD5', qop, opaque } = fields;
  const isAuth = qop?.split(',').some((one) => one.trim() === 'auth');
  return {
    type: 'digest',
    realm,
    nonce,
    algorithm,
    uses: 0,
    ...(isAuth && { qop: 'auth' }),
    ...(opaque !== undefined && { opaque }),
  };
}

/** The Authorization header for one request (RFC 7617 and 7616); counts the use of the nonce. */
export function answerChallenge(
  challenge: Challenge,
  { username, password }: { username: string; password: string },
  method: string,
  uri: string,
): string {
  if (challenge.type === 'basic') return `Basic ${Buffer.from(`${username}:${password}`).toString('base64')}`;
  challenge.uses += 1;
  const { realm, nonce, algorithm, qop, opaque, uses } = challenge;
  const hash = (text: string): string =>
    createHash(/^sha-256/i.test(algorithm) ? 'sha256' : 'md5')
      .update(text)
      .digest('hex');
  const count = uses.toString(16).padStart(8, '0');
  const cnonce = randomBytes(8).toString('hex');
  const owner = hash(`${username}:${realm}:${password}`);
  const request = hash(`${method}:${uri}`);
  const response = qop
    ? hash(`${owner}:${nonce}:${count}:${cnonce}:${qop}:${request}`)
    : hash(`${owner}:${nonce}:${request}`);
  const quoted = { username, realm, nonce, uri, response, ...(opaque !== undefined && { opaque }) };
  const parts = Object.entries(quoted).map(([key, value]) => `${key}="${value}"`);
  if (qop) parts.push(`qop=${qop}`, `nc=${count}`, `cnonce="${cnonce}"`);
  return `Digest ${[...parts, `algorithm=${algorithm}`].join(', ')}`;
}
