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

/** The stable code of an error, whichever copy of the class made it. */
export function errorCode(error: unknown): string | undefined {
  return isErrorLike(error) && typeof error.code === 'string' ? error.code : undefined;
}

/** One sentence for a log or a face: the message, and the cause's where it adds something. */
export function describeError(error: unknown): string {
  if (!isErrorLike(error)) return String(error);
  const own = error.message || errorCode(error) || error.name || 'unknown error';
  if (Array.isArray(error.errors) && !error.message) return error.errors.map(describeError).join('; ');
  const cause = isErrorLike(error.cause) ? describeError(error.cause) : '';
  return cause && !own.includes(cause) ? `${own} (${cause})` : own;
}

interface ErrorLike {
  name?: string;
  message: string;
  code?: unknown;
  cause?: unknown;
  errors?: unknown;
}

/** By shape, because an error of another realm or of a copied package is no instance of our `Error`. */
function isErrorLike(error: unknown): error is ErrorLike {
  return typeof error === 'object' && error !== null && 'message' in error && typeof error.message === 'string';
}
