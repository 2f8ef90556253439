import { errorCode, PorchlightError } from '@porchlight/core';

/** No connection: nothing has reached the plug. */
export const unreachable = (name: string, cause?: unknown): PorchlightError =>
  new PorchlightError('plug.unreachable', `${name} does not answer. Is it plugged in, and is its address right?`, {
    cause,
  });

/** It was reached and did not answer: nobody knows what it has done. */
export const unanswered = (name: string, cause?: unknown): PorchlightError =>
  new PorchlightError('plug.unanswered', `${name} was reached but gave no answer.`, { cause });

export const loginRefused = (name: string): PorchlightError =>
  new PorchlightError('plug.login', `${name} refuses the login. Check user name and password in the settings.`, {
    retry: 'after-user',
  });

export const refused = (name: string, why: string): PorchlightError =>
  new PorchlightError('plug.refused', `${name} refuses: ${why}.`, { retry: 'after-user' });

export const notUnderstood = (name: string, cause?: unknown): PorchlightError =>
  new PorchlightError('plug.answer', `${name} gave an answer that is not understood.`, { cause });

export const unproven = (why: string): PorchlightError =>
  new PorchlightError('plug.unproven', `Not restarted: ${why}.`, { retry: 'after-user' });

export const notRestarted = (name: string, why: string): PorchlightError =>
  new PorchlightError('plug.not-restarted', `${name} was not restarted: ${why}`, { retry: 'later' });

export const isRestarting = (name: string): PorchlightError =>
  new PorchlightError('plug.busy', `${name} is being restarted; it comes on by itself.`, { retry: 'later' });

export const libraryMissing = (name: string, library: string, cause: unknown): PorchlightError =>
  new PorchlightError('plug.library', `${name} needs the library ${library}, which cannot be loaded.`, {
    cause,
    retry: 'after-user',
  });

export const programMissing = (name: string, program: string, cause: unknown): PorchlightError =>
  new PorchlightError('plug.library', `${name} needs the program ${program}. Is it installed?`, {
    cause,
    retry: 'after-user',
  });

/** Whether an error says that the plug has done nothing. */
export function isCertain(error: unknown): boolean {
  return ['plug.unreachable', 'plug.login', 'plug.refused', 'plug.library', 'bus.offline'].includes(
    errorCode(error) ?? '',
  );
}
