import { backOffMs, type Refusal } from './back-off.ts';

/** What is asked again and again: the state of everything, new recordings, what is on the USB sticks. */
export type Question = 'state' | 'media' | 'storage';

export interface PollSettings {
  armedMs: number;
  idleMs: number;
  stateMs: number;
}

/** What has been asked, in ms of a clock that never goes back. */
export interface PollState {
  /** Absent: never, or it is wanted at once. */
  askedAt: Partial<Record<Question, number>>;
  /** Before this the question is of no use. */
  notBefore: Partial<Record<Question, number>>;
  /** Before this nothing is asked, whoever wants it: the cloud has said so. */
  quietUntil: number;
  /** Refusals in a row. */
  failures: Partial<Record<Question, number>>;
}

export interface PollSituation {
  isArmed: boolean;
  /** There are systems whose motion is on a USB stick. */
  hasStorage: boolean;
  lastMotionAt: number | undefined;
  /** Of the budget so much is spent that it should last. */
  isShort: boolean;
}

export const nothingAsked: PollState = { askedAt: {}, notBefore: {}, quietUntil: 0, failures: {} };

/** After a motion another is likely: for so long, in ms, it asks so much oftener. */
const livelyMs = 120_000;
const livelyFactor = 2;
const leastMediaMs = 5000;
/** A stick is asked through its sync module, which cannot record meanwhile. */
const leastStorageMs = 30_000;
/** Any interval is up to this part shorter or longer, so that homes do not ask in step. */
const jitterShare = 0.1;

/** How often each question is asked, in ms. */
export function intervals(settings: PollSettings, situation: PollSituation, now: number): Record<Question, number> {
  const { isArmed, isShort, lastMotionAt } = situation;
  const isLively = isArmed && !isShort && lastMotionAt !== undefined && now - lastMotionAt < livelyMs;
  const lively = Math.min(settings.armedMs, Math.max(leastMediaMs, settings.armedMs / livelyFactor));
  const media = isLively ? lively : isArmed ? settings.armedMs : settings.idleMs;
  return { state: settings.stateMs, media, storage: Math.max(leastStorageMs, media) };
}

/** The question that is due next and when. `random` is in [0, 1). */
export function nextQuestion(
  settings: PollSettings,
  { state, situation }: { state: PollState; situation: PollSituation },
  { now, random }: { now: number; random: number },
): { question: Question; at: number } {
  const everyMs = intervals(settings, situation, now);
  const jitter = 1 - jitterShare + 2 * jitterShare * random;
  const dueAt = (question: Question): number => {
    const asked = state.askedAt[question];
    const at = asked === undefined ? now : asked + everyMs[question] * jitter;
    return Math.max(at, state.notBefore[question] ?? 0);
  };
  const questions: Question[] = situation.hasStorage ? ['state', 'media', 'storage'] : ['state', 'media'];
  const [first = 'state', ...others] = questions;
  const question = others.reduce((best, other) => (dueAt(other) < dueAt(best) ? other : best), first);
  return { question, at: Math.max(now, dueAt(question), state.quietUntil) };
}

export function onAsked(state: PollState, question: Question, now: number): PollState {
  return { ...state, askedAt: { ...state.askedAt, [question]: now } };
}

export function onAnswer(state: PollState, question: Question): PollState {
  const { [question]: _over, ...notBefore } = state.notBefore;
  const { [question]: _count, ...failures } = state.failures;
  return { ...state, notBefore, failures };
}

/** Ask at once: something has changed. A wait that the cloud has asked for stays. */
export function onWanted(state: PollState, question: Question): PollState {
  const { [question]: _asked, ...askedAt } = state.askedAt;
  return { ...state, askedAt };
}

/** What the cloud says about us silences all questions; what it says about one of them only that one. */
export function onRefused(
  state: PollState,
  { question, refusal, retryAfterMs }: { question: Question; refusal: Refusal; retryAfterMs?: number | undefined },
  { now, random }: { now: number; random: number },
): PollState {
  const count = (state.failures[question] ?? 0) + 1;
  const failures = { ...state.failures, [question]: count };
  const asked = retryAfterMs === undefined ? {} : { retryAfterMs };
  const concernsAll = refusal !== 'final' && refusal !== 'fault';
  const inAll = Object.values(failures).reduce((sum, one) => sum + one, 0);
  const until = now + backOffMs(refusal, concernsAll ? inAll : count, { random, ...asked });
  if (concernsAll) return { ...state, failures, quietUntil: Math.max(state.quietUntil, until) };
  return { ...state, failures, notBefore: { ...state.notBefore, [question]: until } };
}
