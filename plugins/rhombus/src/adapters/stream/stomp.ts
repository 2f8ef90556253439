export interface Frame {
  command: string;
  headers: Readonly<Record<string, string>>;
  body: string;
}

/** A STOMP 1.2 frame as one text message. */
export function writeFrame(command: string, headers: Readonly<Record<string, string>>): string {
  const lines = Object.entries(headers).map(([name, value]) => `${name}:${value}`);
  return `${[command, ...lines].join('\n')}\n\n\0`;
}

/** The frames of one text message; none in a heart-beat and in what is no frame. */
export function readFrames(message: string): Frame[] {
  // Every frame ends with a NUL; what stands behind the last one is not whole.
  const texts = message.split('\0').slice(0, -1);
  return texts.flatMap((text) => readFrame(text.replace(/^[\r\n]+/, '')) ?? []);
}

function readFrame(text: string): Frame | undefined {
  const split = /\r?\n\r?\n/.exec(text);
  if (!split) return undefined;
  const [command = '', ...lines] = text.slice(0, split.index).split(/\r?\n/);
  const headers: Record<string, string> = {};
  for (const line of lines) {
    const colon = line.indexOf(':');
    if (colon > 0) headers[line.slice(0, colon)] ??= line.slice(colon + 1);
  }
  return { command, headers, body: text.slice(split.index + split[0].length) };
}

const longestBeatMs = 300_000;

/** The header of CONNECTED: how often they send a beat, and how often they want one, in ms; 0 for never. */
export function readHeartBeat(header: string | undefined): { sendsMs: number; wantsMs: number } {
  const [, sends = '0', wants = '0'] = /^(\d{1,9}),(\d{1,9})$/.exec(header?.trim() ?? '') ?? [];
  return { sendsMs: Math.min(Number(sends), longestBeatMs), wantsMs: Math.min(Number(wants), longestBeatMs) };
}
