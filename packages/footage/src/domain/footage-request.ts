import { timeSchema } from '@porchlight/core';
import * as z from 'zod';

/** What anyone on the bus may ask for. */
export const requestSchema = z.object({
  /** Stands in the answer again; a request whose id is known already is not carried out twice. */
  id: z.string().min(1).max(200),
  at: timeSchema,
  /** Name or UUID; absent: all cameras of the configuration. */
  camera: z.string().min(1).max(128).exactOptional(),
  beforeSeconds: z.int().min(0).max(3600).exactOptional(),
  afterSeconds: z.int().min(1).max(3600).exactOptional(),
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

/** Takes a request in; the state stays as it is when it is known or there are too many. */
export function onRequest(state: RequestState, request: FootageRequest): RequestState {
  const isKnown = state.done.includes(request.id) || state.pending.some(({ id }) => id === request.id);
  return isKnown || state.pending.length >= mostPending ? state : { ...state, pending: [...state.pending, request] };
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

/** The words of the command that carries a request out, and the epoch second at which its window is over. */
export function toCommand(request: FootageRequest, defaults: RequestDefaults): { words: string[]; endSec: number } {
  const { beforeSeconds = defaults.beforeSeconds, afterSeconds = defaults.afterSeconds, camera } = request;
  const startSec = Math.max(0, Math.floor(request.at / 1000) - beforeSeconds);
  const durationSec = beforeSeconds + afterSeconds;
  const cameras = camera === undefined ? defaults.cameras : [camera];
  const chosen = cameras.map((name) => `--camera=${name}`);
  return { words: [`-s=${startSec}`, `-u=${durationSec}`, ...chosen], endSec: startSec + durationSec };
}
