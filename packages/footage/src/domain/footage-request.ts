import { timeSchema } from '@porchlight/core';
import * as z from 'zod';
import type { Span } from './spans.ts';

const longestSec = 3600;

/** What anyone on the bus may ask for. */
export const requestSchema = z
  .object({
    /** Stands in the answer again; a request whose id is known already is not carried out twice. */
    id: z.string().min(1).max(200),
    /** The moment, or the begin of what happened. */
    at: timeSchema,
    /** The end of what happened. */
    until: timeSchema.exactOptional(),
    /** Names or ids at Rhombus, or devices on the bus (`rhombus/front-door`); absent: those of the configuration. */
    cameras: z.array(z.string().min(1).max(128)).min(1).max(200).exactOptional(),
    beforeSeconds: z.int().min(0).max(longestSec).exactOptional(),
    afterSeconds: z.int().min(1).max(longestSec).exactOptional(),
  })
  .refine(({ at, until = at }) => until >= at && until - at <= longestSec * 1000, {
    path: ['until'],
    message: `must lie within ${longestSec} s after "at"`,
  });
export type FootageRequest = z.output<typeof requestSchema>;

/** What the service keeps over a restart. */
export const pendingSchema = z.object({ pending: z.array(requestSchema), done: z.array(z.string()) });

/** Requests that wait, at most; older ones are carried out first. */
const mostPending = 100;
/** Ids of finished requests that are remembered. */
const mostDone = 500;

export interface RequestState {
  pending: readonly FootageRequest[];
  done: readonly string[];
}

/** Takes a request in, unless it is known or there are too many. */
export function onRequest(
  state: RequestState,
  request: FootageRequest,
): { verdict: 'taken' | 'known' | 'too-many'; state: RequestState } {
  const isKnown = state.done.includes(request.id) || state.pending.some(({ id }) => id === request.id);
  if (isKnown) return { verdict: 'known', state };
  if (state.pending.length >= mostPending) return { verdict: 'too-many', state };
  return { verdict: 'taken', state: { ...state, pending: [...state.pending, request] } };
}

export function onDone(state: RequestState, id: string): RequestState {
  const pending = state.pending.filter((request) => request.id !== id);
  return { pending, done: [...state.done, id].slice(-mostDone) };
}

export interface RequestDefaults {
  beforeSeconds: number;
  afterSeconds: number;
  cameras: readonly string[];
}

/** The footage that is asked for. */
export function windowOf(request: FootageRequest, defaults: RequestDefaults): Span {
  const { at, until = at, beforeSeconds = defaults.beforeSeconds, afterSeconds = defaults.afterSeconds } = request;
  const startSec = Math.max(0, Math.floor(at / 1000) - beforeSeconds);
  return { startSec, endSec: Math.ceil(until / 1000) + afterSeconds };
}

/**
 * The words of the commands that carry a request out. A camera that is named has a command of its own, so that one that
 * is not known costs no other its film.
 */
export function toCommands(
  request: FootageRequest,
  defaults: RequestDefaults,
  nameOf: (camera: string) => string,
): string[][] {
  const { startSec, endSec } = windowOf(request, defaults);
  const groups = request.cameras?.map((camera) => [nameOf(camera)]) ?? [defaults.cameras];
  return groups.map((cameras) => [
    `-s=${startSec}`,
    `-u=${endSec - startSec}`,
    ...cameras.map((name) => `--camera=${name}`),
  ]);
}
