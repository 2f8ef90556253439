import type { Notice, Severity } from './domain/notice.ts';

/** One way to reach people. */
export interface Channel {
  /** For logs: kind and name, nothing secret. */
  readonly label: string;
  readonly minSeverity: Severity;
  /** Sends once. Rejects with a coded error that says whether another try makes sense. */
  send(notice: Notice, signal: AbortSignal): Promise<void>;
}
