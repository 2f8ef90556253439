import type { Grade } from './domain/grade.ts';
import type { Reading } from './domain/reading.ts';

/** A plug, whoever made it. Every call ends within a few seconds, or when the signal aborts. */
export interface PlugPort {
  /** What the way to it promises; it may become better once the plug has been asked. */
  readonly grade: Grade;
  /** Make and model, as far as they are known. */
  readonly identity: { manufacturer?: string; model?: string; serial?: string; firmware?: string };
  /** Rejects with `plug.…` when it cannot be read. */
  read(signal: AbortSignal): Promise<Reading>;
  switch(on: boolean, signal: AbortSignal): Promise<void>;
  /**
   * Off, and where the grade is A or B on again after `offSeconds`, all in one message. Rejects with
   * `plug.unreachable`, `plug.login` or `plug.refused` only when the power is certainly as it was.
   */
  cut(offSeconds: number, signal: AbortSignal): Promise<void>;
  /** Calls back when the plug tells of a change by itself. */
  onReading?(listener: (reading: Reading) => void): void;
  close(): Promise<void>;
}
