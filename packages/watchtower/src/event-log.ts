import type { Log } from '@porchlight/core';

export type LogFields = Record<string, string | number>;

/** A log that takes fields beside the sentence, for machines. Any log will do; plain ones leave the fields out. */
export interface EventLog extends Log {
  info(message: string, fields?: LogFields): void;
}

/** One JSON object a line: `{"time":"…","level":"info","message":"…"}` and the fields. */
export function createJsonLog(write: (line: string) => void, now: () => Date = () => new Date()): EventLog {
  const line =
    (level: string) =>
    (message: string, fields: LogFields = {}): void =>
      write(JSON.stringify({ time: now().toISOString(), level, message, ...fields }));
  return { error: line('error'), warn: line('warn'), info: line('info'), debug: () => undefined };
}

/** The same log, whose sentences pass through `redact`. Fields are ours and hold no secrets. */
export function redactLog(log: EventLog, redact: (text: string) => string): EventLog {
  return {
    error: (message) => log.error(redact(message)),
    warn: (message) => log.warn(redact(message)),
    info: (message, fields) => (fields ? log.info(redact(message), fields) : log.info(redact(message))),
    debug: (message) => log.debug(redact(message)),
  };
}
