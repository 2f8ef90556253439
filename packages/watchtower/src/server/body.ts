import type { IncomingMessage } from 'node:http';

/** The body as text; undefined when it is longer than `maxBytes`, however it is sent. Rejects when the peer goes away. */
export async function readBody(request: IncomingMessage, maxBytes: number): Promise<string | undefined> {
  if (Number(request.headers['content-length'] ?? 0) > maxBytes) return undefined;
  const parts: Buffer[] = [];
  let size = 0;
  // The socket must outlive a refusal, or the peer would never learn why.
  for await (const part of request.iterator({ destroyOnReturn: false }) as AsyncIterable<Buffer>) {
    size += part.length;
    if (size > maxBytes) return undefined;
    parts.push(part);
  }
  return Buffer.concat(parts).toString();
}
