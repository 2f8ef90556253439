import { PorchlightError, type ErrorDetails } from '@porchlight/core';

const error = (code: string, message: string, details: ErrorDetails = {}): PorchlightError =>
  new PorchlightError(`blink.${code}`, message, details);

const wait = (retryAfterMs: number | undefined): ErrorDetails => (retryAfterMs === undefined ? {} : { retryAfterMs });

export const noAccount = (): PorchlightError =>
  error('no-account', 'There is no Blink account yet: enter e-mail and password in the settings.', {
    retry: 'after-user',
  });

export const signInNeeded = (): PorchlightError =>
  error(
    'sign-in-needed',
    'The Blink account has to be signed in: open the settings of the plugin, or run "porchlight blink login".',
    { retry: 'after-user' },
  );

export const unauthorised = (call: string): PorchlightError =>
  error('unauthorised', `Blink no longer accepts the sign-in (${call}).`);

export const credentialsRefused = (status: number): PorchlightError =>
  error('credentials', `Blink refuses the sign-in (${status}): check e-mail and password in the Blink app.`, {
    retry: 'after-user',
  });

export const accountLocked = (): PorchlightError =>
  error('locked', 'Blink has locked the account for a while: wait an hour, then sign in with the Blink app first.', {
    retry: 'after-user',
    retryAfterMs: 3_600_000,
  });

export const pinWrong = (): PorchlightError =>
  error('pin-wrong', 'Blink does not accept this PIN: enter the newest one.', { retry: 'after-user' });

export const pinLate = (): PorchlightError =>
  error('pin-late', 'The sign-in that waited for this PIN is over: begin a new one.', { retry: 'after-user' });

export const pinNotWanted = (): PorchlightError =>
  error('pin-not-wanted', 'No sign-in waits for a PIN: begin one first.', { retry: 'after-user' });

export const loginBudgetSpent = (when: string): PorchlightError =>
  error('login-budget', `To keep Blink from locking the account the next sign-in has to wait until ${when}.`, {
    retry: 'after-user',
  });

export const identityRefused = (call: string): PorchlightError =>
  error(
    'identity',
    `Blink refuses this kind of client (406, ${call}): look for an update of the plugin; "App identity" in the settings can be changed without one.`,
    { retry: 'never' },
  );

export const updateRequired = (call: string): PorchlightError =>
  error(
    'update',
    `Blink asks for a newer client (426, ${call}): look for an update of the plugin; extra headers and paths can be set without one.`,
    { retry: 'never' },
  );

export const tooMany = (retryAfterMs: number | undefined): PorchlightError =>
  error('rate', 'Blink asks to be called less often.', wait(retryAfterMs));

export const forbidden = (call: string, retryAfterMs?: number): PorchlightError =>
  error('forbidden', `Blink refuses ${call} for now (403); it does so when it is asked too often.`, wait(retryAfterMs));

export const busy = (): PorchlightError => error('busy', 'The sync module is busy.');

export const notReady = (): PorchlightError => error('not-ready', 'The sync module has no list yet.');

export const missing = (call: string): PorchlightError =>
  error('missing', `Blink has no ${call} here (404).`, { retry: 'never' });

export const callFailed = (call: string, status: number, retryAfterMs?: number): PorchlightError =>
  error('status', `Blink answered ${status} to ${call}.`, {
    retry: status >= 500 ? 'later' : 'never',
    ...wait(retryAfterMs),
  });

export const notUnderstood = (call: string): PorchlightError =>
  error('answer', `The answer of Blink to ${call} was not understood.`);

export const unreachable = (call: string, reason: string): PorchlightError =>
  error('unreachable', `Blink cannot be reached (${call}: ${reason}).`);

export const notBlink = (call: string): PorchlightError =>
  error('host', `An address in the answer to ${call} is not one of Blink's; it was not followed.`, { retry: 'never' });

export const orderFailed = (what: string, reason: string, retryAfterMs?: number): PorchlightError =>
  error('order', `${what} did not work: ${reason}.`, wait(retryAfterMs));

export const notDone = (system: string, on: boolean): PorchlightError =>
  on
    ? error('not-done', `Arming ${system} did not work: Blink says that it is disarmed.`)
    : error('not-done', `Disarming ${system} did not work: Blink says that it is armed.`);

export const noSnapshot = (camera: string): PorchlightError =>
  error('no-snapshot', `Blink has no picture of ${camera} now.`);

export const pinNotTaken = (reason: string): PorchlightError =>
  error('pin-not-taken', `The PIN was not taken: ${reason}`, { retry: 'after-user' });
