import type { Clock } from '@porchlight/core';
import type { Notice, Severity } from './domain/notice.ts';
import type { Progress } from './each-once.ts';

/** One way to reach people. */
export interface Channel {
  /** For logs: kind and name, nothing secret; no two channels of a house share one. */
  readonly label: string;
  readonly minSeverity: Severity;
  /**
   * Sends once. Rejects with a coded error that says whether another try makes sense; called again with the same notice,
   * or with the progress it has noted, it sends only what is missing.
   */
  send(notice: Notice, signal: AbortSignal, progress?: Progress): Promise<void>;
}

/** What every channel is given beside its configuration. */
export interface ChannelContext {
  label: string;
  clock: Clock;
}
