import { PorchlightError } from '@porchlight/core';

export const keyMissing = (remedy: string): PorchlightError =>
  new PorchlightError('footage.no-key', `There is no API key: use ${remedy}.`, { retry: 'after-user' });

export const keyRefused = (call: string): PorchlightError =>
  new PorchlightError(
    'footage.auth',
    `Rhombus refuses ${call}: check the key, its region (--region), and that its role may view cameras, recorded video, audio gateways, locations and alerts.`,
    { retry: 'after-user' },
  );

export const tooMany = (retryAfterMs: number | undefined): PorchlightError =>
  new PorchlightError('footage.rate', 'Rhombus asks to call less often.', {
    ...(retryAfterMs !== undefined && { retryAfterMs }),
  });

export const callFailed = (call: string, status: number): PorchlightError =>
  new PorchlightError('footage.status', `Rhombus answered ${status} to ${call}.`, {
    retry: status >= 500 ? 'later' : 'never',
  });

export const refusedInBand = (call: string, reason: string): PorchlightError =>
  new PorchlightError('footage.refused', `Rhombus did not carry out ${call}: ${reason.slice(0, 200)}`, {
    retry: 'never',
  });

export const notUnderstood = (call: string, cause?: unknown): PorchlightError =>
  new PorchlightError('footage.answer', `The answer of Rhombus to ${call} was not understood.`, { cause });

export const unreachable = (call: string, cause: unknown): PorchlightError =>
  new PorchlightError('footage.unreachable', `Rhombus cannot be reached (${call}).`, { cause });

export const diskFull = (detail: string, cause?: unknown): PorchlightError =>
  new PorchlightError('footage.disk-full', `The disk is full: ${detail}`, { retry: 'after-user', cause });

export const busy = (folder: string, pid: number): PorchlightError =>
  new PorchlightError('footage.busy', `Another run (process ${pid}) is copying to ${folder}.`, { retry: 'later' });

export const wrongUse = (problem: string): PorchlightError =>
  new PorchlightError('footage.usage', problem, { retry: 'after-user' });

export const programMissing = (program: string, cause?: unknown): PorchlightError =>
  new PorchlightError(
    'footage.no-ffmpeg',
    `${program} cannot be run: install ffmpeg (Debian: apt install ffmpeg; macOS: brew install ffmpeg), or name it with --ffmpeg.`,
    { retry: 'after-user', cause },
  );

export const brokenFilm = (detail: string): PorchlightError =>
  new PorchlightError('footage.broken-film', `The film does not pass the check: ${detail}`, { retry: 'later' });

/** One request for footage that did not bring what it should; `kind` says what to do about it. */
export class PartError extends Error {
  override readonly name = 'PartError';
  readonly kind: 'token' | 'missing' | 'transfer' | 'content' | 'wrong-time' | 'untrusted';
  readonly retryAfterMs: number | undefined;

  constructor(
    kind: PartError['kind'],
    message: string,
    details: { cause?: unknown; retryAfterMs?: number | undefined } = {},
  ) {
    super(message, details.cause === undefined ? undefined : { cause: details.cause });
    this.kind = kind;
    this.retryAfterMs = details.retryAfterMs;
  }
}
