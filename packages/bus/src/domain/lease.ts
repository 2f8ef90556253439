/** What the retained status of a service says. */
export interface LeaseStatus {
  state: 'online' | 'offline';
  owner: string;
}

/**
 * looking: waiting to hear whether another host serves. claiming: we named ourselves and wait to see whom the broker
 * names last. serving: we own the service. standby: another host does.
 */
export type LeasePhase = 'looking' | 'claiming' | 'serving' | 'standby';

export interface LeaseState {
  phase: LeasePhase;
  /** What the retained status says, as far as we heard since the last connect. */
  status: LeaseStatus | undefined;
  connected: boolean;
  /** Whether we named ourselves since the last connect. */
  isClaimed: boolean;
}

export type LeaseInput =
  | { type: 'connected' }
  | { type: 'disconnected' }
  | { type: 'status'; status: LeaseStatus }
  | { type: 'due' };

export type LeaseEffect =
  | { type: 'serve' }
  | { type: 'stand-by'; owner: string }
  /** Publish ourselves as the owner (with our will in place). */
  | { type: 'claim' }
  /** Come back with `due` after this many milliseconds, instead of any earlier setting. */
  | { type: 'wait'; ms: number };

export interface LeaseStep {
  state: LeaseState;
  effects: LeaseEffect[];
}

/** How long a retained status takes to arrive at most, milliseconds. */
export const lookMs = 500;
/** How long two hosts that claim at once need to see whom the broker names, milliseconds. */
export const settleMs = 400;
/** Without a broker a service starts on its own after this, milliseconds. */
export const aloneMs = 3_000;
/** A standing-by host leaves the owner this long to come back, milliseconds. */
export const yieldMs = 1_500;
/** After a reconnect that shows no owner (a broker without memory), a standing-by host waits longer, milliseconds. */
export const reconnectYieldMs = 5_000;

export function startLease(): LeaseStep {
  return {
    state: { phase: 'looking', status: undefined, connected: false, isClaimed: false },
    effects: [{ type: 'wait', ms: aloneMs }],
  };
}

/** Decides who serves. `me` is this host's owner name. */
export function stepLease(state: LeaseState, input: LeaseInput, me: string): LeaseStep {
  switch (input.type) {
    case 'connected':
      return onConnected({ ...state, connected: true, status: undefined, isClaimed: false });
    case 'disconnected':
      return { state: { ...state, connected: false, status: undefined }, effects: [] };
    case 'status':
      return onStatus({ ...state, status: input.status }, me);
    case 'due':
      return onDue(state, me);
  }
}

function onConnected(state: LeaseState): LeaseStep {
  const waits = { looking: lookMs, claiming: settleMs, serving: lookMs, standby: reconnectYieldMs };
  return { state, effects: [{ type: 'wait', ms: waits[state.phase] }] };
}

function onStatus(state: LeaseState, me: string): LeaseStep {
  const other = liveOther(state, me);
  if (state.phase === 'serving' && other !== undefined) return standBy(state, other);
  // A will that fired late, ours or an earlier owner's, must not leave us announced as offline.
  if (state.phase === 'serving' && state.status?.state === 'offline') return claimAgain(state);
  if (state.phase === 'looking') return { state, effects: [{ type: 'wait', ms: 0 }] };
  if (state.phase === 'standby' && other === undefined) return { state, effects: [{ type: 'wait', ms: yieldMs }] };
  return { state, effects: [] };
}

function onDue(state: LeaseState, me: string): LeaseStep {
  const other = liveOther(state, me);
  if (other !== undefined) return state.phase === 'standby' ? { state, effects: [] } : standBy(state, other);
  switch (state.phase) {
    case 'looking':
    case 'standby':
      if (state.connected) return claim(state);
      return state.phase === 'standby'
        ? { state, effects: [] }
        : { state: { ...state, phase: 'serving' }, effects: [{ type: 'serve' }] };
    case 'claiming':
      return { state: { ...state, phase: 'serving' }, effects: [{ type: 'serve' }] };
    case 'serving':
      // Also where the broker names us still: what else it keeps may be older than what we said last.
      return state.connected && !state.isClaimed ? claimAgain(state) : { state, effects: [] };
  }
}

function claim(state: LeaseState): LeaseStep {
  return { state: { ...state, phase: 'claiming' }, effects: [{ type: 'claim' }, { type: 'wait', ms: settleMs }] };
}

function claimAgain(state: LeaseState): LeaseStep {
  return { state: { ...state, isClaimed: true }, effects: [{ type: 'claim' }] };
}

function standBy(state: LeaseState, owner: string): LeaseStep {
  return { state: { ...state, phase: 'standby' }, effects: [{ type: 'stand-by', owner }] };
}

function liveOther({ status }: LeaseState, me: string): string | undefined {
  return status?.state === 'online' && status.owner !== me ? status.owner : undefined;
}
