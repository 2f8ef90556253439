import type { DeviceEvent } from '@porchlight/core';
import type { Incident } from './domain/alarm.ts';

/** Lamps and sirens that go with the alarm. */
export interface Switches {
  /** After a start of the process: goes on, or brings back what an earlier run left on. */
  resume(phase: { isRinging: boolean; isArmed: boolean }): Promise<void>;
  /** From now on it may ring: what each switch is now is kept on disk, ahead of time. */
  guard(): void;
  /** It can no longer ring. */
  release(): void;
  /** Switches them on at once; each for itself, repeated until it has worked. */
  start(): void;
  /** Ends it, and brings each back to what it was before. */
  stop(): void;
  /** A clean stop of the process: what is not under way is forgotten. Resolves when that is on the disk. */
  close(): Promise<void>;
  /** One sentence when a switch does not do what it should. */
  problem(): string | undefined;
}

/** Messages to people. */
export interface People {
  tellIncident(incident: Incident): void;
  warn(key: string, title: string, text: string): void;
  stop(): Promise<void>;
}

/** Motions of other systems. */
export interface Inputs {
  start(onEvent: (event: DeviceEvent) => void): void;
  stop(): void;
}
