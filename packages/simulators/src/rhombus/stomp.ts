/** A STOMP 1.2 frame. */
export interface Frame {
  command: string;
  headers: Record<string, string>;
  body: string;
}

/** Writes a frame as one text message. */
export function writeFrame({ command, headers, body }: Frame): string {
  const lines = Object.entries(headers).map(([name, value]) => `${name}:${value}`);
  return `${[command, ...lines].join('\n')}\n\n${body}\0`;
}

/** Reads one text message; undefined for a heart-beat (newlines only), and for what is no frame. */
export function readFrame(message: string): Frame | undefined {
  const text = message.replace(/^[\r\n]+/, '');
  const [head = '', ...rest] = text.split(/\r?\n\r?\n/);
  const end = text.indexOf('\0');
  if (end < 0) return undefined;
  const [command = '', ...lines] = head.split(/\r?\n/);
  const headers: Record<string, string> = {};
  for (const line of lines) {
    const colon = line.indexOf(':');
    // The first of repeated headers counts.
    if (colon > 0) headers[line.slice(0, colon)] ??= line.slice(colon + 1);
  }
  return { command, headers, body: rest.join('\n\n').replace(/\0[\s\S]*$/, '') };
}

/** The heart-beat both sides agree on, in ms for each direction as the server sees it; 0 means none. */
export function agreeHeartBeat(asked: string | undefined, ownMs: number): { sendMs: number; expectMs: number } {
  const [canSend = 0, wants = 0] = (asked ?? '0,0').split(',').map(Number);
  return {
    sendMs: wants > 0 && ownMs > 0 ? Math.max(wants, ownMs) : 0,
    expectMs: canSend > 0 && ownMs > 0 ? Math.max(canSend, ownMs) : 0,
  };
}
