import { PorchlightError } from '@porchlight/core';

export const rebootRefused = (message: string): PorchlightError =>
  new PorchlightError('watchdog.reboot-refused', message, { retry: 'later' });

export const budgetNotKept = (cause: unknown): PorchlightError =>
  new PorchlightError('watchdog.budget-not-kept', 'The router is not restarted, because that cannot be written down.', {
    retry: 'later',
    cause,
  });
