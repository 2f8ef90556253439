import type { ServerResponse } from 'node:http';

export interface Answer {
  status: number;
  headers?: Record<string, string>;
  body?: string;
  /** Ends the connection, too: for peers that we do not know or that went too far. */
  isFinal?: boolean;
}

const common = { 'Cache-Control': 'no-store', 'X-Content-Type-Options': 'nosniff' };

export function sendAnswer(response: ServerResponse, { status, headers, body = '', isFinal }: Answer): void {
  if (response.headersSent || response.destroyed) return;
  const length = { 'Content-Length': String(Buffer.byteLength(body)) };
  response.writeHead(status, { ...common, ...length, ...headers, ...(isFinal && { Connection: 'close' }) });
  response.end(body, () => isFinal && response.req.socket.destroySoon());
}

export function jsonAnswer(status: number, value: object, rest: Partial<Answer> = {}): Answer {
  return {
    status,
    body: JSON.stringify(value),
    ...rest,
    headers: { 'Content-Type': 'application/json', ...rest.headers },
  };
}
