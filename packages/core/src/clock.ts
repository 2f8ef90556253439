/** The only source of time and waiting. Services get it injected; tests inject a fake. */
export interface Clock {
  /** Wall clock, epoch milliseconds. It may jump; use it for the times people see. */
  now(): number;
  /** Milliseconds from an arbitrary start that never go back. Use it for durations. */
  monotonic(): number;
  /** Waits. Rejects with the signal's reason as soon as it aborts. */
  sleep(ms: number, signal?: AbortSignal): Promise<void>;
}
