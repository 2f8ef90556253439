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

/** Reads one text message; undefined for a heart-beat and for what is no frame. */
export function readFrame(message: string): Frame | undefined {
  const text = message.replace(/^[\r\n]+/, '');
  const split = /\r?\n\r?\n/.exec(text);
  const end = text.indexOf('\0');
  if (!split || end < split.index) return undefined;
  const [command = '', ...lines] = text.slice(0, split.index).split(/\r?\n/);
  const headers: Record<string, string> = {};
  for (const line of lines) {
    const colon = line.indexOf(':');
    if (colon > 0) headers[line.slice(0, colon)] ??= line.slice(colon + 1);
  }
  return { command, headers, body: text.slice(split.index + split[0].length, end) };
}
