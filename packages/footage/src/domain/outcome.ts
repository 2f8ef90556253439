import type { Gap } from './recorded.ts';

/** How one film ended. */
export interface Outcome {
  name: string;
  camera: string;
  /** `known`: an earlier run had done it. `absent`: there is no footage of that time. */
  result: 'copied' | 'known' | 'partial' | 'absent' | 'failed' | 'planned';
  file?: string;
  bytes?: number;
  footageSec?: number;
  gaps: Gap[];
  /** What went wrong, one sentence each. */
  problems: string[];
  /** The key does not give access to this. */
  isRefused?: true;
  /** A later run may bring more of it. */
  mayGrow?: true;
}

/** Why a whole run ended early. */
export type Stop = 'authentication' | 'unreachable' | 'disk-full' | 'busy' | 'interrupted' | 'failed';

export const exitCodes = {
  complete: 0,
  partial: 1,
  usage: 2,
  authentication: 3,
  unreachable: 4,
  diskFull: 5,
  busy: 6,
  interrupted: 130,
} as const;

const codeOfStop: Readonly<Record<Stop, number>> = {
  authentication: exitCodes.authentication,
  unreachable: exitCodes.unreachable,
  'disk-full': exitCodes.diskFull,
  busy: exitCodes.busy,
  interrupted: exitCodes.interrupted,
  failed: exitCodes.partial,
};

/** The exit code of a run: 0 only when all that was asked for is on the disk. */
export function exitCodeOf(outcomes: readonly Outcome[], stop?: Stop): number {
  if (stop) return codeOfStop[stop];
  const isWhole = outcomes.every(({ result }) => result === 'copied' || result === 'known' || result === 'planned');
  if (isWhole) return exitCodes.complete;
  const hasFilm = outcomes.some(({ result }) => result === 'copied' || result === 'partial' || result === 'known');
  return !hasFilm && outcomes.some(({ isRefused }) => isRefused) ? exitCodes.authentication : exitCodes.partial;
}
