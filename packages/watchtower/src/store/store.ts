import type { checkHomes, Outcome, Rules } from '../domain/check.ts';
import type { Home } from '../domain/home.ts';
import type { Message } from '../domain/message.ts';
import type { Signs } from '../domain/signs.ts';

export interface NewHome {
  id: string;
  name: string;
  tokenHash: string;
  graceMs: number;
  channels: readonly string[];
}

/** What is absent stays as it is. */
export type HomeChange = Partial<Pick<NewHome, 'name' | 'graceMs' | 'channels'>>;

export interface StoredHome extends Home {
  readonly tokenHash: string;
}

export interface HeardSigns extends Readonly<Signs> {
  readonly id: string;
}

/** A message that waits for its delivery. */
export interface WaitingMessage extends Message {
  readonly id: number;
  readonly createdAt: number;
  /** Deliveries tried before. */
  readonly attempts: number;
}

export type Delivery = { done: true } | { done: false; retryInMs: number };

export interface CheckParts {
  rules: Rules;
  decide: typeof checkHomes;
  toMessages: (outcome: Outcome) => Message[];
}

export interface CheckResult {
  now: number;
  outcome: Outcome;
  /** As they are now; good until the next call. */
  homes: readonly StoredHome[];
  isIsolated: boolean;
  /** The same as last time: no home came, went or has other settings. */
  generation: number;
}

/** Where homes, their signs and what is to be told are kept. All of it survives a crash. */
export interface Store {
  /** Time in which signs reach the store, milliseconds; several workers need it short. */
  readonly flushMs: number;
  /** How far the homes that another process has read may lag behind, milliseconds. */
  readonly staleMs: number;
  homes(): Promise<StoredHome[]>;
  /** False when there is a home of that id. */
  add(home: NewHome): Promise<boolean>;
  /** False when there is no such home. */
  remove(id: string): Promise<boolean>;
  change(id: string, change: HomeChange): Promise<boolean>;
  setToken(id: string, tokenHash: string): Promise<boolean>;
  /** Adds what was heard; `now` is the clock that the signs' times are of. Gives the ids of homes that were down. */
  addSigns(signs: readonly HeardSigns[], now: number): Promise<string[]>;
  /** Judges all homes, and keeps the outcome and its messages as one; never at the same time as another worker. */
  check(parts: CheckParts): Promise<CheckResult>;
  /**
   * Hands over the oldest message of the channel, and forgets it once delivered. False when there is none, when it is not due
   * yet, or when another worker has it.
   */
  deliverNext(channel: string, deliver: (message: WaitingMessage) => Promise<Delivery>): Promise<boolean>;
  countWaiting(): Promise<number>;
  close(): Promise<void>;
}
