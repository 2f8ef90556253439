import type { Screen } from '../../ports.ts';

export interface Streams {
  out: (text: string) => void;
  err: (text: string) => void;
}

export interface ScreenOptions {
  isQuiet: boolean;
  isDebug: boolean;
  /** Takes secrets out of a line. */
  redact: (text: string) => string;
  now: () => number;
}

/** One line with its time for everything that is said; troubles go to the standard error. */
export function createPlainScreen({ out, err }: Streams, { isQuiet, isDebug, redact, now }: ScreenOptions): Screen {
  const line = (level: string, message: string): string =>
    `${new Date(now()).toISOString()} ${level.padEnd(5)} ${redact(message)}\n`;
  return {
    info: (message) => void (isQuiet || out(line('INFO', message))),
    warn: (message) => err(line('WARN', message)),
    error: (message) => err(line('ERROR', message)),
    debug: (message) => void (isDebug && err(line('DEBUG', message))),
    event: () => undefined,
    progress: () => undefined,
    close: () => undefined,
  };
}

/** One JSON object a line for programs; what people read goes to the standard error. */
export function createJsonScreen(streams: Streams, options: ScreenOptions): Screen {
  const plain = createPlainScreen({ ...streams, out: streams.err }, options);
  return {
    ...plain,
    event(event) {
      const at = new Date(options.now()).toISOString();
      streams.out(`${options.redact(JSON.stringify({ at, ...event }))}\n`);
    },
  };
}
