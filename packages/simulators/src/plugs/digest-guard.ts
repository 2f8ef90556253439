import { createHash, randomBytes } from 'node:crypto';
import type { Answer, Request } from '../shared/http.ts';

export interface DigestRules {
  username: string;
  password: string;
  realm: string;
  algorithm: 'MD5' | 'SHA-256';
}

/** Lets a request pass (undefined) or answers 401. A nonce count that is used twice is a replay and refused. */
export function createDigestGuard(rules: DigestRules): (request: Request) => Answer | undefined {
  const nonces = new Map<string, Set<string>>();
  const hash = (text: string): string =>
    createHash(rules.algorithm === 'MD5' ? 'md5' : 'sha256')
      .update(text)
      .digest('hex');
  const challenge = (): Answer => {
    const nonce = randomBytes(8).toString('hex');
    nonces.set(nonce, new Set());
    const value = `Digest qop="auth", realm="${rules.realm}", nonce="${nonce}", algorithm=${rules.algorithm}`;
    return { status: 401, headers: { 'www-authenticate': value } };
  };
  return ({ method, url, headers }) => {
    const given = headers.authorization ?? '';
    if (!given.startsWith('Digest ')) return challenge();
    const field = (name: string): string =>
      new RegExp(`(?:^|[ ,])${name}=(?:"([^"]*)"|([^,\\s]+))`).exec(given)?.slice(1).find(Boolean) ?? '';
    const { username, password, realm } = rules;
    const [nonce, count] = [field('nonce'), field('nc')];
    const used = nonces.get(nonce);
    if (field('username') !== username || field('realm') !== realm || !used || used.has(count)) return challenge();
    if (field('uri') !== `${url.pathname}${url.search}`) return challenge();
    used.add(count);
    const owner = hash(`${username}:${realm}:${password}`);
    const request = hash(`${method}:${field('uri')}`);
    const expected = hash([owner, nonce, count, field('cnonce'), field('qop'), request].join(':'));
    return field('response') === expected ? undefined : challenge();
  };
}
