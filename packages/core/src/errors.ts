/** What the caller should do about an error: try later, never again, or after the owner has done something. */
export type Retry = 'later' | 'never' | 'after-user';

export interface ErrorDetails {
  retry?: Retry;
  cause?: unknown;
  /** How long the other side asked us to wait, in milliseconds. */
  retryAfterMs?: number;
}

/**
 * An error with a stable code such as `blink.auth.pin-required`.
 * Compare `code`, not the class: two copies of this package may be loaded side by side.
 */
export class PorchlightError extends Error {
  override readonly name = 'PorchlightError';
  readonly code: string;
  readonly retry: Retry;
  readonly retryAfterMs: number | undefined;

  constructor(code: string, message: string, details: ErrorDetails = {}) {
    super(message, details.cause === undefined ? undefined : { cause: details.cause });
    this.code = code;
    this.retry = details.retry ?? 'later';
    this.retryAfterMs = details.retryAfterMs;
  }
}

/** The stable code of one of our errors, whichever copy of the class made it. */
export function errorCode(error: unknown): string | undefined {
  return error instanceof Error && 'code' in error && typeof error.code === 'string' ? error.code : undefined;
}

/** One sentence for a log or a face: the message, and the cause's where it adds something. */
export function describeError(error: unknown): string {
  if (!(error instanceof Error)) return String(error);
  const own = error.message || errorCode(error) || error.name;
  if (error instanceof AggregateError && !error.message) return error.errors.map(describeError).join('; ');
  const cause = error.cause instanceof Error ? describeError(error.cause) : '';
  return cause && !own.includes(cause) ? `${own} (${cause})` : own;
}
