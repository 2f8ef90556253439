import { createHmac, scryptSync } from 'node:crypto';
import { isSameSecret } from '../token.ts';

/** How long a login lasts, milliseconds. */
const sessionMs = 12 * 3_600_000;
const cookieName = 'watchtower';

/**
 * Logins without a memory: the cookie is its own proof, under a key made of the password. Every worker with the same
 * password accepts it, and a new password ends all sessions.
 */
export interface Sessions {
  isPassword(text: string): boolean;
  /** The `Set-Cookie` of a new session. */
  open(now: number, isSecure: boolean): string;
  isOpen(cookies: string | undefined, now: number): boolean;
}

export function createSessions(password: string): Sessions {
  // Slow on purpose: a stolen cookie must not give the password away.
  const key = scryptSync(password, 'porchlight-watchtower-session', 32);
  const sign = (until: string): string => createHmac('sha256', key).update(until).digest('base64url');
  return {
    isPassword: (text) => isSameSecret(text, password),
    open(now, isSecure) {
      const until = String(now + sessionMs);
      const flags = `Path=/; HttpOnly; SameSite=Strict; Max-Age=${sessionMs / 1000}${isSecure ? '; Secure' : ''}`;
      return `${cookieName}=${until}.${sign(until)}; ${flags}`;
    },
    isOpen(cookies, now) {
      const value = /(?:^|;\s*)watchtower=(\d{1,16})\.([\w-]{43})(?:;|$)/.exec(cookies ?? '');
      const [, until = '', signature = ''] = value ?? [];
      return value !== null && isSameSecret(signature, sign(until)) && Number(until) > now;
    },
  };
}

/** The `Set-Cookie` that ends a session. */
export const closedCookie = `${cookieName}=; Path=/; HttpOnly; SameSite=Strict; Max-Age=0`;
