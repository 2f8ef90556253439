import { errorCode, type PorchlightError } from '@porchlight/core';
import { backOffMs, type Refusal } from '../../domain/back-off.ts';
import { busy, callFailed, forbidden, identityRefused, missing, tooMany, updateRequired } from '../../errors.ts';
import type { HttpAnswer } from '../http/client.ts';

/** What a status other than success means. */
export function refuse(call: string, { status, retryAfterMs }: HttpAnswer): PorchlightError {
  switch (status) {
    case 403:
      return forbidden(call, retryAfterMs);
    case 404:
      return missing(call);
    case 406:
      return identityRefused(call);
    case 409:
      return busy();
    case 426:
      return updateRequired(call);
    case 429:
      return tooMany(retryAfterMs);
    default:
      return callFailed(call, status, retryAfterMs);
  }
}

const kinds: Readonly<Record<string, Refusal>> = {
  'blink.rate': 'too-many',
  'blink.forbidden': 'forbidden',
  'blink.identity': 'final',
  'blink.update': 'final',
  'blink.sign-in-needed': 'sign-in',
};

/** How long to leave the cloud alone after this error, in ms, before it is worth another try. */
export function pauseAfter(error: unknown): number {
  const { retryAfterMs = 0 } = error as Partial<PorchlightError>;
  return backOffMs(toRefusal(errorCode(error)), 1, { random: 0, retryAfterMs });
}

/** How long an error of ours is likely to last, by its code. */
export function toRefusal(code: string | undefined): Refusal {
  return kinds[code ?? ''] ?? 'fault';
}
