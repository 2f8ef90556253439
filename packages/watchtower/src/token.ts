import { createHash, randomBytes, timingSafeEqual } from 'node:crypto';

/** A new secret for a home: 256 random bits, shown once and stored as a hash only. */
export function createToken(): string {
  return `plw_${randomBytes(32).toString('base64url')}`;
}

/** SHA-256 is enough for a secret that nobody can guess; it makes looking one up cheap. */
export function hashToken(token: string): string {
  return createHash('sha256').update(token).digest('base64url');
}

/** Compares secrets in a time that tells nothing of them. */
export function isSameSecret(a: string, b: string): boolean {
  return timingSafeEqual(Buffer.from(hashToken(a)), Buffer.from(hashToken(b)));
}

const bearer = /^Bearer ([\x21-\x7e]{8,200})$/;

/** The token of an `Authorization` header, if it holds one. */
export function readBearer(header: string | undefined): string | undefined {
  return header === undefined ? undefined : bearer.exec(header)?.[1];
}
