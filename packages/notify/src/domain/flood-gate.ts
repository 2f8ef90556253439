import * as z from 'zod';
import { severities, type Notice } from './notice.ts';

/** When messages may be sent, in minutes since midnight, local time. */
export interface QuietHours {
  fromMinute: number;
  toMinute: number;
}

const severitySchema = z.enum(severities);
const heldSchema = z.object({ title: z.string(), text: z.string(), severity: severitySchema, at: z.number() });

/** What the gate remembers of one channel. Times are epoch milliseconds. */
export const gateSchema = z.object({
  /** Messages that may be sent now; grows by one every `refillMs`. */
  tokens: z.number(),
  tokensAt: z.number(),
  /** Keys of what was sent or held lately, with their times. */
  recent: z.array(z.object({ key: z.string(), severity: severitySchema, at: z.number() })).readonly(),
  /** What waits to be sent together. */
  held: z.array(heldSchema).readonly(),
  /** Held beyond `maxHeld`, and only counted. */
  uncounted: z.number(),
});
export type GateState = z.output<typeof gateSchema>;

export const openGate: GateState = { tokens: 5, tokensAt: 0, recent: [], held: [], uncounted: 0 };

export const sameKeyMs = 600_000;
export const refillMs = 30_000;
const maxTokens = 5;
const maxRecent = 200;
const maxHeld = 50;

export interface GateDecision {
  state: GateState;
  /** Send this now. */
  send?: Notice;
  /** Ask again then; absent when nothing is held. */
  wakeAt?: number;
}

/** Takes a notice: an alarm goes out at once and always; the rest may be a repetition, wait, or be held for the morning. */
export function admit(state: GateState, notice: Notice, now: number, quietUntil: number | undefined): GateDecision {
  const current = refill(forget(state, now), now);
  if (isRepetition(current, notice)) return waiting(current, now, quietUntil);
  const { key, severity } = notice;
  const recent = [...current.recent, { key, severity, at: now }].slice(-maxRecent);
  const known = { ...current, recent };
  if (notice.severity === 'alarm') {
    return { ...waiting({ ...known, tokens: Math.max(0, known.tokens - 1) }, now, quietUntil), send: notice };
  }
  if (quietUntil === undefined && known.tokens >= 1 && known.held.length === 0) {
    return { state: { ...known, tokens: known.tokens - 1 }, send: notice };
  }
  return waiting(hold(known, notice, now), now, quietUntil);
}

/** What is held goes out as one message once it may. */
export function release(state: GateState, now: number, quietUntil: number | undefined): GateDecision {
  const current = refill(forget(state, now), now);
  if (current.held.length === 0) return { state: current };
  if (quietUntil !== undefined || current.tokens < 1) return waiting(current, now, quietUntil);
  const after: GateState = { ...current, tokens: current.tokens - 1, held: [], uncounted: 0 };
  return { state: after, send: toDigest(current, now) };
}

/** A warning may grow into an alarm of the same key; only an alarm makes the next alarm a repetition. */
function isRepetition({ recent }: GateState, notice: Notice): boolean {
  return recent.some(({ key, severity }) => {
    return key === notice.key && (notice.severity !== 'alarm' || severity === 'alarm');
  });
}

/** Keeps a notice back, to be sent together with others. */
export function hold(state: GateState, { title, text, severity }: Notice, now: number): GateState {
  if (state.held.length >= maxHeld) return { ...state, uncounted: state.uncounted + 1 };
  return { ...state, held: [...state.held, { title, text, severity, at: now }] };
}

function waiting(state: GateState, now: number, quietUntil: number | undefined): GateDecision {
  if (state.held.length === 0) return { state };
  const nextToken = state.tokens >= 1 ? now : state.tokensAt + refillMs;
  return { state, wakeAt: Math.max(nextToken, quietUntil ?? 0) };
}

function refill(state: GateState, now: number): GateState {
  // A clock that jumped back starts the count anew.
  if (now < state.tokensAt || state.tokens >= maxTokens) return { ...state, tokensAt: now };
  const grown = Math.floor((now - state.tokensAt) / refillMs);
  if (grown === 0) return state;
  return { ...state, tokens: Math.min(maxTokens, state.tokens + grown), tokensAt: state.tokensAt + grown * refillMs };
}

function forget(state: GateState, now: number): GateState {
  const recent = state.recent.filter(({ at }) => now - at < sameKeyMs && at <= now);
  return recent.length === state.recent.length ? state : { ...state, recent };
}

function toDigest({ held, uncounted }: GateState, now: number): Notice {
  const severity = held.some((notice) => notice.severity === 'warning') ? 'warning' : 'info';
  const [only] = held;
  if (only && held.length === 1 && uncounted === 0) {
    return { key: `held-${now}`, severity, title: only.title, text: only.text };
  }
  const lines = held.map(({ title, text }) => `${title}: ${text}`);
  if (uncounted > 0) lines.push(`… and ${uncounted} more`);
  return { key: `held-${now}`, severity, title: `${held.length + uncounted} messages`, text: lines.join('\n') };
}
