import { PorchlightError, type ErrorDetails } from '@porchlight/core';

export const keyRefused = (call: string): PorchlightError =>
  new PorchlightError(
    'rhombus.forbidden',
    `Rhombus refuses ${call}: check the key, its region, and that its role may view cameras, locations and alerts.`,
    { retry: 'after-user' },
  );

export const schemeRefused = (): PorchlightError =>
  new PorchlightError(
    'rhombus.unauthorised',
    'Rhombus does not know this kind of key: make one of the kind Api Token, or give its certificate and key files.',
    { retry: 'after-user' },
  );

export const tooMany = (retryAfterMs: number | undefined): PorchlightError =>
  new PorchlightError('rhombus.rate', 'Rhombus asks to call less often.', {
    ...(retryAfterMs !== undefined && { retryAfterMs }),
  });

export const budgetSpent = (retryAfterMs: number): PorchlightError =>
  new PorchlightError('rhombus.budget', 'The request budget of this hour is used up.', { retryAfterMs });

export const callFailed = (call: string, status: number): PorchlightError =>
  new PorchlightError('rhombus.status', `Rhombus answered ${status} to ${call}.`, {
    retry: status >= 500 ? 'later' : 'never',
  });

export const refusedInBand = (call: string, reason: string): PorchlightError =>
  new PorchlightError('rhombus.refused', `Rhombus did not carry out ${call}: ${reason.slice(0, 200)}`);

export const notUnderstood = (call: string, details: ErrorDetails = {}): PorchlightError =>
  new PorchlightError('rhombus.answer', `The answer of Rhombus to ${call} was not understood.`, details);

/** `reason` must not hold the address: it may carry secrets. */
export const unreachable = (call: string, reason: string): PorchlightError =>
  new PorchlightError('rhombus.unreachable', `Rhombus cannot be reached (${call}: ${reason}).`);

export const noPicture = (): PorchlightError =>
  new PorchlightError('rhombus.picture', 'Rhombus has no picture of this camera now.');

export const noKey = (): PorchlightError =>
  new PorchlightError('rhombus.no-key', 'There is no API key yet: enter one in the settings.', { retry: 'after-user' });
