import type { Log } from '../log.ts';

export interface CaptureLog extends Log {
  /** `level: message`, oldest first, without debug lines. */
  readonly lines: string[];
}

/** A log that remembers what a user would have read. */
export function createCaptureLog(): CaptureLog {
  const lines: string[] = [];
  return {
    lines,
    error: (message) => void lines.push(`error: ${message}`),
    warn: (message) => void lines.push(`warn: ${message}`),
    info: (message) => void lines.push(`info: ${message}`),
    debug: () => undefined,
  };
}
