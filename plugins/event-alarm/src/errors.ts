import { PorchlightError } from '@porchlight/core';

export const wrongCode = (): PorchlightError =>
  new PorchlightError('alarm.code.wrong', 'The code is missing or wrong.', { retry: 'after-user' });

export const codeBlocked = (): PorchlightError =>
  new PorchlightError('alarm.code.blocked', 'Too many wrong codes; wait a while.', { retry: 'after-user' });

export const notArmed = (message: string): PorchlightError =>
  new PorchlightError('alarm.source-offline', message, { retry: 'after-user' });

export const modeNotOffered = (mode: string): PorchlightError =>
  new PorchlightError('alarm.mode', `The mode ${mode} is not offered by the configuration.`, { retry: 'never' });
