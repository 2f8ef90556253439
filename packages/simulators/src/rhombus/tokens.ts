import { randomRuuid, withoutFacet } from './ruuid.ts';

interface SessionToken {
  expiresAt: number;
  /** Restricts the token to one device; such a token does not open the cloud API. */
  deviceUuid?: string;
  /** Suffix that the Referer's host must have. */
  domain?: string;
}

export type TokenVerdict = 'valid' | 'unknown' | 'expired' | 'other-device' | 'other-domain' | 'device-only';

/** The federated session tokens of the organisation. Times in epoch ms from the injected clock. */
export class FederatedTokens {
  readonly #now: () => number;
  #tokens = new Map<string, SessionToken>();

  constructor(now: () => number) {
    this.#now = now;
  }

  issue(wish: { durationSec: number; deviceUuid?: string; domain?: string }): string {
    const token = randomRuuid();
    this.#tokens.set(token, {
      expiresAt: this.#now() + wish.durationSec * 1000,
      ...(wish.deviceUuid && { deviceUuid: withoutFacet(wish.deviceUuid) }),
      ...(wish.domain && { domain: wish.domain }),
    });
    return token;
  }

  /** Judges a token for a device's media, or for the cloud API when no device is named. */
  check(token: string, use: { deviceUuid?: string; referer?: string | undefined } = {}): TokenVerdict {
    const known = this.#tokens.get(token);
    if (!known) return 'unknown';
    if (known.expiresAt <= this.#now()) return 'expired';
    if (known.domain && !hostOf(use.referer).endsWith(known.domain)) return 'other-domain';
    if (known.deviceUuid === undefined) return 'valid';
    if (use.deviceUuid === undefined) return 'device-only';
    return known.deviceUuid === use.deviceUuid ? 'valid' : 'other-device';
  }

  /** Ends one token, or all that exist. */
  expire(token?: string): void {
    for (const [name, entry] of this.#tokens) if (token === undefined || name === token) entry.expiresAt = 0;
  }
}

function hostOf(referer: string | undefined): string {
  return referer && URL.canParse(referer) ? new URL(referer).hostname : '';
}
