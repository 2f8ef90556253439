import { randomBytes, randomUUID } from 'node:crypto';

export interface TokenSettings {
  /** Life of an access token. */
  tokenSeconds: number;
  /** Life of a refresh token. */
  refreshTokenSeconds: number;
  /** How long a used refresh token still works, in ms. */
  refreshGraceMs: number;
  /** A refresh answers with the refresh token that it was given. */
  keepsRefreshToken: boolean;
}

interface Refresh {
  expiresAt: number;
  usedAt?: number;
}

/** Access and refresh tokens; a refresh token works once. */
export class Tokens {
  readonly #settings: TokenSettings;
  readonly #now: () => number;
  readonly #access = new Map<string, number>();
  readonly #refresh = new Map<string, Refresh>();

  constructor(settings: TokenSettings, now: () => number) {
    this.#settings = settings;
    this.#now = now;
  }

  isValid(accessToken: string): boolean {
    return (this.#access.get(accessToken) ?? 0) > this.#now();
  }

  /** The body of a token answer. `refreshToken` is kept instead of a new one. */
  issue(refreshToken: string = randomUUID()): Record<string, string | number> {
    const { tokenSeconds, refreshTokenSeconds } = this.#settings;
    const access = randomBytes(48).toString('base64url');
    this.#access.set(access, this.#now() + tokenSeconds * 1000);
    this.#refresh.set(refreshToken, { expiresAt: this.#now() + refreshTokenSeconds * 1000 });
    const rest = { expires_in: tokenSeconds, token_type: 'Bearer', scope: 'client' };
    return { access_token: access, refresh_token: refreshToken, ...rest };
  }

  /** The body of a token answer; undefined when the token is unknown, expired or used. */
  refresh(refreshToken: string): Record<string, string | number> | undefined {
    const now = this.#now();
    const found = this.#refresh.get(refreshToken);
    const isUsed = found?.usedAt !== undefined && now - found.usedAt >= this.#settings.refreshGraceMs;
    if (!found || isUsed || found.expiresAt <= now) return undefined;
    if (this.#settings.keepsRefreshToken) return this.issue(refreshToken);
    found.usedAt ??= now;
    return this.issue();
  }

  /** Ends all access tokens at once; refresh tokens stay. */
  expireAccess(): void {
    this.#access.clear();
  }

  /** Ends all tokens. */
  revoke(): void {
    this.#refresh.clear();
    this.#access.clear();
  }
}
